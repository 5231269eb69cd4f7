//! The rules, a file for each.

pub mod check_then_act;
mod conditions;
pub mod const_cell;
pub mod crate_twice;
pub mod incomplete_init;
pub mod lazy_by_hand;
pub mod many_statics;
pub mod once_and_unsafe;
mod state;
pub mod static_mut;
mod words;

use crate::{finding::Finding, package::Package, resolve::Resolved};

/// What the rules find in a package, in the order of its files. (What a lock file says of crates that
/// are there twice, [`crate_twice`] finds.)
#[must_use]
pub fn check(package: &Package) -> Vec<Finding> {
    let resolved = Resolved::of(package);
    let rules = [
        static_mut::check,
        once_and_unsafe::check,
        check_then_act::check,
        incomplete_init::check,
        const_cell::check,
        many_statics::check,
        lazy_by_hand::check,
    ];
    let mut found: Vec<Finding> = rules.iter().flat_map(|check| check(&resolved)).collect();
    found.sort_by_key(|finding| {
        (
            finding.primary.place.file,
            finding.primary.place.span.start,
            finding.rule,
        )
    });
    found
}
