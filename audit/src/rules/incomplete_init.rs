use crate::{finding::Finding, resolve::Resolved};

/// What this rule finds.
#[must_use]
pub fn check(_resolved: &Resolved<'_>) -> Vec<Finding> {
    Vec::new()
}
