//! Finds what has no place in a `static`, and names what to put there.
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`] | the arguments, and what the program does with them |
//! | [`load`] | which files to read: packages by `cargo metadata`, plain folders, lock files |
//! | [`audit`] | from a package's files to its findings, on all cores |
//! | [`facts`], [`names`] | what is known of a file: plain data, taken from its syntax tree in one walk |
//! | [`resolve`], [`effect`] | which static a use means, and what it does to it |
//! | [`rules`], [`rule`], [`finding`] | the rules, their names and pages, what they say |
//! | [`allow`] | comments that allow a finding |
//! | `tokens`, `nesting` | texts and comments told apart from code; what nests too deep to be parsed |
//! | [`report`] | for people, and as JSON, SARIF and Markdown |

pub mod allow;
pub mod audit;
pub mod cli;
pub mod effect;
pub mod facts;
pub mod finding;
pub mod load;
pub mod names;
mod nesting;
pub mod package;
pub mod report;
pub mod resolve;
pub mod rule;
pub mod rules;
mod tokens;
