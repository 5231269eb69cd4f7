//! R6: a `static` of which there are not as many as it looks like.
//!
//! In a generic function (or a method of a generic `impl`, or a trait's default method) there is one for all
//! types (`generics`). In the body of a macro there is one for each expansion (`macros`). Only statics that
//! hold state are meant: of plain data it makes no difference. Silent are lazy values that no type has a part
//! in, locks around nothing, functions that are generic in closures and conversions only, and statics of a
//! macro that the caller names, that are made from its arguments, or that stand in items of the expansion.
//! What stands in a `thread_local!` is one per thread anyhow.

mod generics;
mod macros;
mod signature;

use crate::{finding::Finding, resolve::Resolved};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let mut found = generics::in_generics(resolved);
    found.extend(macros::in_macros(resolved));
    found
}
