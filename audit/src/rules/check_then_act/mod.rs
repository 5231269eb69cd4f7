//! R3: an atomic that is checked, and then acted upon.
//!
//! Three mistakes: the flag goes up before the value that it announces is whole (`flag_first`); check and
//! change are two operations, and two threads pass the check (`two_steps`); a pointer is published
//! `Relaxed`, so that it may be seen before what it points to (`relaxed`). A number that is computed again
//! to the same result, a flag that one sets and others look at, and whatever a lock is held around, are
//! left alone.

mod flag_first;
mod relaxed;
mod two_steps;

use super::{
    conditions::Conditions,
    words::{first_method, is_atomic, row},
};
use crate::{
    facts::{FnId, ScopeKind, Static, Use},
    finding::{Answer, Confidence, Finding, Label, Verdict},
    resolve::{ItemRef, Resolved, UseRef, outwards},
    rule::Rule,
};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let conditions = Conditions::of(resolved);
    let mut found = Vec::new();
    for (item, of, uses) in resolved.statics().filter(|(_, of, _)| is_atomic(&of.ty)) {
        let atomic = Atomic {
            resolved,
            conditions: &conditions,
            item,
            of,
            uses,
        };
        let first = flag_first::check(&atomic);
        found.extend(two_steps::check(&atomic, &first));
        found.extend(relaxed::check(&atomic));
        found.extend(first.into_iter().map(|(_, finding)| finding));
    }
    found
}

/// An atomic static, and its uses.
struct Atomic<'a> {
    resolved: &'a Resolved<'a>,
    conditions: &'a Conditions<'a>,
    item: ItemRef,
    of: &'a Static,
    uses: &'a [UseRef],
}

/// A function of the package, by file and number.
type Within = (usize, Option<FnId>);

impl Atomic<'_> {
    fn used(&self, at: UseRef) -> &Use {
        self.resolved.used(at)
    }

    fn within(&self, at: UseRef) -> Within {
        (at.file, self.used(at).function)
    }

    /// The uses that call one of these methods, with its arguments.
    fn calls<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = (UseRef, &'a [String])> {
        let calls = self
            .uses
            .iter()
            .filter_map(|at| Some((*at, first_method(self.used(*at))?)));
        calls
            .filter(|(_, (name, _))| names.contains(name))
            .map(|(at, (_, args))| (at, args))
    }

    /// Whether a function exchanges it in one step.
    fn exchanges_in(&self, within: Within) -> bool {
        let names = [
            "compare_exchange",
            "compare_exchange_weak",
            "compare_and_swap",
            "swap",
            "fetch_update",
            "fetch_or",
            "fetch_and",
            "fetch_max",
            "fetch_min",
        ];
        self.calls(&names).any(|(at, _)| self.within(at) == within)
    }

    /// The type that it points to, if it is a pointer.
    fn pointee(&self) -> String {
        let to = self.of.ty.args().first();
        to.map_or_else(|| "T".to_owned(), ToString::to_string)
    }

    /// Whether a lock is held, or nothing else runs, at both uses.
    fn is_locked(&self, first: UseRef, second: UseRef) -> bool {
        let facts = self.resolved.facts(second.file);
        let around: Vec<usize> = outwards(facts, self.used(first).scope).collect();
        outwards(facts, self.used(second).scope).any(|scope| {
            let exclusive = match &facts.scopes[scope].kind {
                ScopeKind::Held { .. } | ScopeKind::Critical => true,
                ScopeKind::Closure {
                    callee: Some(callee),
                    ..
                } => matches!(
                    callee.as_str(),
                    "call_once" | "get_or_init" | "call_once_force"
                ),
                _ => false,
            };
            exclusive && around.contains(&scope)
        })
    }

    fn finding(
        &self,
        title: String,
        primary: Label,
        labels: Vec<Label>,
        interleaving: String,
        verdict: Verdict,
        (incomplete, duplicated): (Answer, Answer),
    ) -> Finding {
        let row = row(self.resolved, self.item, self.of, incomplete, duplicated);
        Finding {
            rule: Rule::CheckThenAct,
            title,
            primary,
            labels,
            notes: vec![interleaving],
            verdicts: vec![verdict],
            row,
        }
    }
}

fn verdict(
    name: &'static str,
    confidence: Confidence,
    replacement: String,
    because: &str,
) -> Verdict {
    Verdict {
        name,
        replacement,
        confidence,
        because: because.to_owned(),
        look_at: None,
    }
}
