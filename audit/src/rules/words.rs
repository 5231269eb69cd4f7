//! What the rules have in common: types that are known by name, and short ways to say things.

use crate::{
    facts::{Static, Ty, Use},
    finding::{Answer, Label, Place, Row, Span},
    resolve::{ItemRef, Resolved, UseRef},
};

/// Atomic types.
pub(super) fn is_atomic(ty: &Ty) -> bool {
    ty.name().is_some_and(|name| name.starts_with("Atomic"))
}

/// Types that hold a value behind a lock.
pub(super) const LOCKS: &[&str] = &[
    "Mutex",
    "RwLock",
    "ReentrantMutex",
    "FairMutex",
    "SpinMutex",
    "SpinLock",
    "SpinNoIrq",
];

/// Cells that are filled once, and lazy values.
pub(super) const LAZY: &[&str] = &[
    "OnceLock",
    "OnceCell",
    "LazyLock",
    "LazyCell",
    "Lazy",
    "TryLazy",
    "OnceBox",
    "RaceCell",
    "RaceArc",
    "RaceWord",
    "RaceRef",
    "HedgedCell",
    "TakeCell",
    "OnceMap",
    "RaceMap",
    "Registry",
    "SnapshotCell",
    "Pending",
    "PerThread",
];

/// A label at a part of a file.
pub(super) fn at(file: usize, span: &Span, text: impl Into<String>) -> Label {
    Label {
        place: Place {
            file,
            span: span.clone(),
        },
        text: text.into(),
    }
}

/// A label at a use.
pub(super) fn at_use(resolved: &Resolved<'_>, used: UseRef, text: impl Into<String>) -> Label {
    at(used.file, &resolved.used(used).whole, text)
}

/// The line of a static in the summary table.
pub(super) fn row(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Static,
    incomplete: Answer,
    duplicated: Answer,
) -> Row {
    let keyword = if of.mutable { "static mut" } else { "static" };
    Row {
        module: resolved.module_path(item.0, &of.module),
        name: of.name.clone(),
        kind: format!("{keyword} {}", of.ty),
        incomplete,
        duplicated,
    }
}

/// The last method of a use's steps that is called on the static itself: `store` in `X.store(…)`.
pub(super) fn first_method(used: &Use) -> Option<(&str, &[String])> {
    used.steps.iter().find_map(|step| match step {
        crate::facts::Step::Method { name, args, .. } => Some((name.as_str(), args.as_slice())),
        _ => None,
    })
}

/// All methods of a use's steps, from the inside out: `["lock", "unwrap", "insert"]`.
pub(super) fn methods(used: &Use) -> Vec<&str> {
    let names = used.steps.iter().filter_map(|step| match step {
        crate::facts::Step::Method { name, .. } => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}
