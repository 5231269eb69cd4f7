//! R8: a crate with statics that is in the program twice. (stub)
use std::path::PathBuf;
use crate::finding::{Finding, Span};
/// A lock file.
#[derive(Debug)]
pub struct LockInput {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The packages in it.
    pub packages: Vec<LockPackage>,
}
/// A package in a lock file.
#[derive(Debug)]
pub struct LockPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The line with its name.
    pub span: Span,
    /// As in the lock.
    pub dependencies: Vec<String>,
    /// Where its sources lie.
    pub sources: Option<PathBuf>,
}
impl LockInput {
    /// Reads it.
    pub fn parse(path: PathBuf, text: String, _sources_of: impl Fn(&str, &str) -> Option<PathBuf>) -> Self {
        Self { path, text, packages: Vec::new() }
    }
}
/// What this rule finds.
#[must_use]
pub fn check(_lock: &LockInput) -> Vec<Finding> {
    Vec::new()
}
