//! What was found, for people and for programs.

mod excerpts;
pub mod human;
pub mod json;
pub mod lines;
pub mod markdown;
pub mod sarif;
mod table;

use std::collections::HashSet;

use crate::rule::Rule;

/// How much weight each rule has.
#[derive(Debug, Default)]
pub struct Levels {
    /// Rules whose findings are errors.
    pub denied: HashSet<Rule>,
    /// Rules that were switched off.
    pub left_out: HashSet<Rule>,
}
