pub mod facts;
pub mod finding;
pub mod names;
pub mod package;
pub mod rule;
pub mod effect;
pub mod resolve;
pub mod rules;
