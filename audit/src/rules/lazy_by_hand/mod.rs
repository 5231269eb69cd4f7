//! R7: a lock around an `Option` or a map, where a lazy value, a registry or a memo is meant; and the lazies
//! of older crates.
//!
//! What is done under the lock decides (`shapes`): filled once and never emptied is a lazy value; a map that
//! only grows is a registry, or a memo if its values are computed when they are asked for. Slots that are
//! emptied, maps with removals, values that change in place, queues and lists are what locks are for.

mod behind;
mod inside;
mod older;
mod shapes;

use super::{
    conditions::Conditions,
    words::{at, at_use, row},
};
use crate::{
    facts::Static,
    finding::{Answer, Finding, Verdict},
    resolve::{ItemRef, Resolved, UseRef},
    rule::Rule,
};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let conditions = Conditions::of(resolved);
    let mut found = Vec::new();
    for (item, of, uses) in resolved.statics().filter(|(_, of, _)| !of.mutable) {
        let shape = shapes::judge(resolved, &conditions, item, of, uses);
        let older = older::of_static(resolved, item, of);
        let uses: Vec<UseRef> = shape.iter().flat_map(|(_, uses)| uses.clone()).collect();
        let verdicts: Vec<Verdict> = shape
            .map(|(verdict, _)| verdict)
            .into_iter()
            .chain(older)
            .collect();
        if !verdicts.is_empty() {
            found.push(finding(resolved, item, of, verdicts, &uses));
        }
    }
    found.extend(older::of_macros(resolved));
    found
}

fn finding(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Static,
    verdicts: Vec<Verdict>,
    uses: &[UseRef],
) -> Finding {
    let (what, duplicated) = match verdicts[0].name {
        "lazy" => ("a lazy value by hand", Answer::Possible),
        "registry" => ("a registry by hand", Answer::No),
        "once-map" => (
            "a memo by hand: a value per key, computed when it is asked for",
            Answer::Possible,
        ),
        _ => ("a cell of the crate `once_cell`", Answer::No),
    };
    let labels = uses
        .iter()
        .take(4)
        .map(|used| at_use(resolved, *used, "filled here"));
    Finding {
        rule: Rule::LazyByHand,
        title: format!("`static {}` is {what}", of.name),
        primary: at(item.0, &of.head_span, verdicts[0].name),
        labels: labels.collect(),
        notes: Vec::new(),
        row: row(resolved, item, of, Answer::No, duplicated),
        verdicts,
    }
}
