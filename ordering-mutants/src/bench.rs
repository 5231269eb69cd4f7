//! Where mutants are tried: built, and run model by model.

use std::time::Duration;

use crate::{mutant::Mutant, trouble::Trouble};

/// How one model went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) end: End,
    pub(crate) took: Duration,
    /// The messages of its panics, also of those that belong to the model.
    pub(crate) said: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Passed,
    Failed,
    TimedOut,
}

/// A copy of the workspace of one's own.
pub(crate) trait Bench: Send {
    /// Builds the models with the mutant, or without any.
    fn build(&mut self, mutant: Option<&Mutant>) -> Result<(), Trouble>;

    /// The models that were built; no canaries.
    fn models(&mut self) -> Result<Vec<String>, Trouble>;

    /// Runs one model, but for no longer than that.
    fn run(&mut self, model: &str, limit: Duration) -> Result<Run, Trouble>;
}
