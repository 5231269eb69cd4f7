//! The flag goes up, and then the value is written that it announces.

use super::{Atomic, Within, verdict};
use crate::{
    effect::{Effect, effect, known_method},
    facts::Step,
    finding::{Answer, Confidence, Finding},
    resolve::{ItemRef, UseRef, lies_in, outwards},
    rules::{
        conditions::asks_whether_unset,
        words::{at_use, first_method, is_atomic, methods},
    },
};

/// The findings, each with the function that it is in.
pub(super) fn check(atomic: &Atomic<'_>) -> Vec<(Within, Finding)> {
    let mut found: Vec<(Within, Finding)> = Vec::new();
    for (raise, args) in atomic.calls(&["store", "swap", "compare_exchange", "fetch_or"]) {
        let within = atomic.within(raise);
        let raises = first_method(atomic.used(raise)).is_some_and(|(name, _)| name != "store")
            || !args[0].contains("false") && args[0] != "0";
        if !raises || found.iter().any(|(known, _)| *known == within) {
            continue;
        }
        let Some(check) = check_of(atomic, raise).filter(|check| !atomic.is_locked(*check, raise))
        else {
            continue;
        };
        if let Some(write) = late_write(atomic, raise) {
            found.push((within, finding(atomic, check, raise, write)));
        }
    }
    found
}

/// The look at the flag under which it is raised: another use, or the raise itself.
fn check_of(atomic: &Atomic<'_>, raise: UseRef) -> Option<UseRef> {
    let used = atomic.used(raise);
    if used.in_condition.is_some() {
        return Some(raise);
    }
    let condition = atomic.conditions.on(raise, atomic.item)?;
    if !asks_whether_unset(condition, &format!("{}.load", atomic.of.name), "false")
        && !unset(condition)
    {
        return None;
    }
    let is_it = |at: &&UseRef| {
        at.file == raise.file && atomic.used(**at).in_condition.as_ref() == Some(&condition.span)
    };
    atomic.uses.iter().find(is_it).copied()
}

fn unset(condition: &crate::facts::Condition) -> bool {
    let negated = condition.text.trim_start().starts_with('!') || condition.text.contains("== 0");
    negated == condition.holds
}

/// A value that is written after the flag was raised, in the same branch, with nothing after it that says
/// so, and that others read.
fn late_write(atomic: &Atomic<'_>, raise: UseRef) -> Option<(ItemRef, UseRef)> {
    let resolved = atomic.resolved;
    let facts = resolved.facts(raise.file);
    let used = atomic.used(raise);
    let branch = branch_of(atomic, raise)?;
    let follows = |at: &UseRef| {
        let other = resolved.used(*at);
        at.file == raise.file
            && other.function == used.function
            && other.span.start > used.whole.end
            && lies_in(facts, other.scope, branch)
    };
    let mut values = resolved.statics().filter(|(item, ..)| *item != atomic.item);
    let (item, write) = values.find_map(|(item, of, uses)| {
        let write = *uses
            .iter()
            .find(|at| follows(at) && writes(atomic, of.mutable, **at))?;
        let read_outside = uses
            .iter()
            .any(|at| !follows(at) && !writes(atomic, of.mutable, *at));
        read_outside.then_some((item, write))
    })?;
    let after = |at: &UseRef| {
        follows(at) && resolved.used(*at).span.start > resolved.used(write).span.start
    };
    let lowered = atomic.calls(&["store", "swap"]).any(|(at, _)| after(&at));
    let announced = resolved.statics().any(|(other, of, uses)| {
        let stored = uses.iter().any(|at| {
            after(at)
                && matches!(
                    first_method(resolved.used(*at)),
                    Some(("store" | "swap", _))
                )
        });
        let asked = uses
            .iter()
            .any(|at| resolved.used(*at).in_condition.is_some());
        other != item && other != atomic.item && is_atomic(&of.ty) && stored && asked
    });
    (!lowered && !announced).then_some((item, write))
}

/// The scope in which the flag has just been raised.
fn branch_of(atomic: &Atomic<'_>, raise: UseRef) -> Option<usize> {
    let facts = atomic.resolved.facts(raise.file);
    let used = atomic.used(raise);
    let Some(condition) = &used.in_condition else {
        // What an early return leaves is a branch of its own; blocks in it do not matter.
        return outwards(facts, used.scope)
            .find(|scope| !matches!(facts.scopes[*scope].kind, crate::facts::ScopeKind::Unsafe));
    };
    facts.scopes.iter().position(|scope| match &scope.kind {
        crate::facts::ScopeKind::Branch(found) => {
            let negated = found.text.trim_start().starts_with('!')
                || found.text.contains("is_ok")
                || found.text.contains("== false");
            found.span == *condition && found.holds == negated
        }
        _ => false,
    })
}

/// Whether a use writes: the static itself, what a lock holds, or an atomic.
fn writes(atomic: &Atomic<'_>, mutable: bool, at: UseRef) -> bool {
    let used = atomic.resolved.used(at);
    let stores = matches!(first_method(used), Some(("store" | "set", _)));
    let locks = methods(used)
        .iter()
        .any(|name| matches!(*name, "lock" | "write" | "borrow_mut"));
    let found = effect(used, known_method);
    let by_lock = locks
        && matches!(
            found,
            Effect::Mutate(_) | Effect::Replace(_) | Effect::WritePart
        );
    let in_cell = used
        .steps
        .iter()
        .any(|step| matches!(step, Step::Method { name, .. } if name == "get"))
        && matches!(found, Effect::Replace(_) | Effect::WritePart);
    stores || by_lock || in_cell || mutable && found.may_write()
}

fn finding(
    atomic: &Atomic<'_>,
    check: UseRef,
    raise: UseRef,
    (item, write): (ItemRef, UseRef),
) -> Finding {
    let flag = &atomic.of.name;
    let value = &atomic.resolved.facts(item.0).statics[item.1].name;
    let mut labels = vec![at_use(
        atomic.resolved,
        write,
        "the value is written only here",
    )];
    if check != raise {
        labels.insert(0, at_use(atomic.resolved, raise, "the flag is set here"));
    }
    let interleaving = format!(
        "thread A sets `{flag}`; thread B finds it set and reads `{value}`, which thread A has not written yet"
    );
    let replacement = format!(
        "`onset::Lazy` or `onset::OnceCell` around `{value}`, and no flag: the cell announces what is whole"
    );
    let verdict = verdict(
        "flag-before-value",
        Confidence::High,
        replacement,
        "the flag is set before the value is there",
    );
    let title = format!("`{flag}` says that `{value}` is there before it is");
    let primary = at_use(
        atomic.resolved,
        check,
        if check == raise {
            "checked and set here"
        } else {
            "checked here"
        },
    );
    atomic.finding(
        title,
        primary,
        labels,
        interleaving,
        verdict,
        (Answer::Yes, Answer::Possible),
    )
}
