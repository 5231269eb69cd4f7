use crate::{finding::Finding, resolve::Resolved};

/// What this rule finds.
#[must_use]
pub fn check(_resolved: &Resolved<'_>) -> Vec<Finding> {
    Vec::new()
}

/// The statics that a `Once` guards.
pub(super) fn guarded(_resolved: &Resolved<'_>) -> std::collections::HashSet<crate::resolve::ItemRef> {
    std::collections::HashSet::new()
}
