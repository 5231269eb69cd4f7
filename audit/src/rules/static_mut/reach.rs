//! Patterns about who reaches a static: foreign code, nobody that writes, somebody who is handed it.

use super::{
    evidence::{Evidence, Runs},
    types, values, verdict,
};
use crate::{
    effect::Effect,
    facts::{End, ScopeKind, Static, Step, Ty},
    finding::{Confidence, Verdict},
    resolve::{ItemRef, Resolved, UseRef, outwards},
    rules::words,
};

/// It is passed to C, or C (the linker, assembly) reaches it by name.
pub(super) fn foreign(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    let given = evidence.given_to_foreign();
    let outside = evidence.reached_from_outside();
    let (confidence, because) = match (given.is_empty(), outside) {
        (false, _) => (
            Confidence::High,
            "a pointer to it is given to a function that is not Rust".to_owned(),
        ),
        (true, Some(why)) if words::is_atomic(&evidence.of.ty) => {
            return synchronised_outside(evidence, why);
        }
        (true, Some(why)) if evidence.writes().is_empty() => (Confidence::Medium, why),
        (true, _) => return None,
    };
    Some(vec![for_c(evidence, confidence, because)])
}

/// Beside what its uses say: it can be reached from outside.
pub(super) fn also_foreign(evidence: &Evidence<'_>) -> Option<Verdict> {
    evidence
        .reached_from_outside()
        .map(|why| for_c(evidence, Confidence::Medium, why))
}

fn for_c(evidence: &Evidence<'_>, confidence: Confidence, because: String) -> Verdict {
    let replacement = format!(
        "`static {}: ForC<{}>`, a `#[repr(transparent)]` wrapper around `UnsafeCell` with `unsafe impl Sync` and the reason; \
         hand out `.get()`, a raw pointer",
        evidence.of.name, evidence.of.ty
    );
    let mut found = verdict("foreign", confidence, replacement, because);
    found.look_at = Some(
        "when the foreign side reads and writes it: the reason for `Sync` is a promise about that"
            .to_owned(),
    );
    found
}

fn synchronised_outside(evidence: &Evidence<'_>, why: String) -> Option<Vec<Verdict>> {
    let mut found = synchronised(evidence)?;
    found[0].look_at = Some(why);
    Some(found)
}

/// Its type synchronises itself.
pub(super) fn synchronised(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    let ty = &evidence.of.ty;
    if !types::synchronises_itself(evidence.resolved, ty) || !evidence.hand_outs().is_empty() {
        return None;
    }
    if !evidence.replaces().is_empty() {
        return around_synchronisation(evidence);
    }
    let replacement = format!("`static {}: {ty}`, without `mut`", evidence.of.name);
    let because =
        format!("`{ty}` is changed behind a shared reference, and synchronises that itself");
    let clear = evidence.writes().is_empty() && evidence.unclear().is_empty();
    let confidence = if clear {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(vec![verdict(
        "synchronised",
        confidence,
        replacement,
        because,
    )])
}

/// It synchronises itself, but somebody goes around that.
fn around_synchronisation(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    let ty = &evidence.of.ty;
    if !words::is_atomic(ty) {
        return None;
    }
    let replacement = format!(
        "`static {}: {ty}`, with `store` in place of `get_mut` or assignment",
        evidence.of.name
    );
    let because = format!("`{ty}` synchronises itself, but one use goes around that");
    Some(vec![verdict(
        "atomic",
        Confidence::High,
        replacement,
        because,
    )])
}

/// Nobody writes it.
pub(super) fn unwritten(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    if evidence.uses.iter().any(|(_, effect)| effect.may_write())
        || evidence.reached_from_outside().is_some()
    {
        return None;
    }
    let of = evidence.of;
    if evidence.is_public() {
        let mut found = verdict(
            "mutex",
            Confidence::Low,
            format!(
                "`static {}: std::sync::Mutex<{}>`, or no `mut` and not `pub`",
                of.name, of.ty
            ),
            "nothing in this package writes it, but it is `pub`: others may".to_owned(),
        );
        found.look_at = Some("who writes it in other packages".to_owned());
        return Some(vec![found]);
    }
    let inside = evidence.that(|effect| matches!(effect, Effect::Interior(_)));
    if !inside.is_empty() && types::has_interior(evidence.resolved, &of.ty) {
        return Some(vec![changed_inside(evidence)]);
    }
    if types::lacks_sync(evidence.resolved, &of.ty) {
        let replacement = format!(
            "`static {}: Table({})`, a wrapper with `unsafe impl Sync` and the reason why sharing it is sound",
            of.name, of.ty
        );
        let because = format!(
            "nothing writes it, and `{}` is not `Sync`: without `mut` it would not compile",
            of.ty
        );
        return Some(vec![verdict(
            "missing-sync",
            Confidence::High,
            replacement,
            because,
        )]);
    }
    let because = match evidence.uses.len() {
        0 => "nothing uses it at all".to_owned(),
        1 => "its one use reads".to_owned(),
        uses => format!("all of its {uses} uses read"),
    };
    // A `*const` that leaves may come back as a `*mut`.
    let leaves = evidence
        .uses
        .iter()
        .any(|(_, effect)| matches!(effect, Effect::Share(_) | Effect::Show));
    let confidence = if leaves && !is_reference_only(evidence) {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let replacement = format!("`static {}: {}`, without `mut`", of.name, of.ty);
    let mut found = verdict("never-written", confidence, replacement, because);
    if is_borrowed_mutably(evidence) {
        found.confidence = Confidence::Medium;
        found.look_at = Some(format!(
            "what the `&mut` to `{}` is for: nothing is written through it here",
            of.name
        ));
    }
    Some(vec![found])
}

/// Whether somebody makes a `&mut` or `*mut` to it.
fn is_borrowed_mutably(evidence: &Evidence<'_>) -> bool {
    let borrows = |step: &Step| matches!(step, Step::Borrow { mutable: true, .. });
    let uses = evidence.all_uses();
    uses.iter()
        .any(|at| evidence.resolved.used(*at).steps.iter().any(borrows))
}

/// It is changed through a cell in it, which is not made for several threads.
fn changed_inside(evidence: &Evidence<'_>) -> Verdict {
    let of = evidence.of;
    let replacement = format!(
        "`static {}`: atomics or a `Mutex` in place of the cells, or `onset::PerThread<{}>`",
        of.name, of.ty
    );
    let because =
        "no `&mut` to it is made, but a cell inside is written: it is not `Sync`".to_owned();
    verdict("mutex", Confidence::High, replacement, because)
}

/// Whether what leaves is a `&`, through which nothing can be written.
fn is_reference_only(evidence: &Evidence<'_>) -> bool {
    let pointer = |step: &Step| match step {
        Step::Borrow { raw, .. } => *raw,
        Step::Method { name, .. } => name == "as_ptr" || name == "as_mut_ptr",
        Step::Cast(ty) => ty.starts_with('*'),
        _ => false,
    };
    !evidence
        .all_uses()
        .iter()
        .any(|at| evidence.resolved.used(*at).steps.iter().any(pointer))
}

/// A function gives out `&'static mut`, once.
pub(super) fn taken(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    let handed = evidence.hand_outs();
    let by_take = evidence
        .mutations()
        .into_iter()
        .filter(|(_, name)| *name == "take")
        .map(|(at, _)| at);
    let taken: Vec<UseRef> = by_take
        .filter(|at| evidence.resolved.used(*at).end == End::Returned)
        .collect();
    let ty = types::value(&evidence.of.ty);
    let replacement = format!(
        "`static {}: onset::TakeCell<{ty}>`: `take()` gives the first caller `&'static mut`, others `None`",
        evidence.of.name
    );
    if !taken.is_empty() && evidence.replaces().is_empty() {
        let because = "it is `take`n out of its `Option`, and never put back".to_owned();
        return Some(vec![verdict(
            "taken",
            Confidence::High,
            replacement,
            because,
        )]);
    }
    if let Some(found) = lent_once(evidence, &replacement) {
        return Some(vec![found]);
    }
    let first = handed.first()?;
    let behind_flag = handed.iter().all(|at| is_behind_flag(evidence, *at));
    if behind_flag {
        let because =
            "a function returns `&mut` to it, behind a flag that says whether it was taken"
                .to_owned();
        return Some(vec![verdict(
            "taken",
            Confidence::High,
            replacement,
            because,
        )]);
    }
    let function = evidence.function(*first)?;
    let everybody =
        evidence.functions(&handed).len() == evidence.functions(&evidence.all_uses()).len();
    if !everybody {
        return None;
    }
    let mut once = verdict(
        "taken",
        Confidence::Low,
        replacement,
        format!(
            "`{}` returns `&mut` to it, to everybody who calls",
            function.name
        ),
    );
    once.look_at = Some(format!(
        "how often `{}` is called: two callers have two `&mut` to one value",
        function.name
    ));
    let mut lock = verdict(
        "mutex",
        Confidence::Medium,
        format!(
            "`static {}: std::sync::Mutex<{ty}>`, and a function that returns the guard",
            evidence.of.name
        ),
        format!(
            "`{}` returns `&mut` to it, to everybody who calls",
            function.name
        ),
    );
    lock.look_at = Some(format!("how often `{}` is called", function.name));
    Some(vec![lock, once])
}

/// One place lends it, and nobody else uses it.
fn lent_once(evidence: &Evidence<'_>, replacement: &str) -> Option<Verdict> {
    // `let p = &mut X;` is no use yet.
    let bound = |at: &UseRef| matches!(evidence.resolved.used(*at).end, End::Bound(_));
    let mut uses = evidence
        .uses
        .iter()
        .filter(|(at, effect)| !(bound(at) && *effect == Effect::Read));
    let (Some((at, Effect::Lend(to))), None) = (uses.next(), uses.next()) else {
        return None;
    };
    if evidence.resolved.used(*at).in_loop {
        return None;
    }
    let to = if to.is_empty() { "a function" } else { to };
    let (confidence, because) = match evidence.runs(*at) {
        Runs::Once => (
            Confidence::High,
            format!("it is lent to `{to}` once, in a function that runs once"),
        ),
        Runs::Unknown => (
            Confidence::Medium,
            format!("it is lent to `{to}` at one place, and used nowhere else"),
        ),
        Runs::Often => return None,
    };
    let mut found = verdict("taken", confidence, replacement.to_owned(), because);
    if confidence == Confidence::Medium {
        found.look_at = Some(
            "whether that place is passed more than once: then two have `&mut` to one value"
                .to_owned(),
        );
    }
    Some(found)
}

/// Whether a use runs behind a flag that is never set back.
fn is_behind_flag(evidence: &Evidence<'_>, at: UseRef) -> bool {
    let goes_back = |item: &ItemRef| {
        let of = &evidence.resolved.facts(item.0).statics[item.1];
        evidence.resolved.uses_of(*item).iter().any(|other| {
            let used = evidence.resolved.used(*other);
            let stored = words::first_method(used).is_some_and(|(name, args)| {
                matches!(name, "store" | "swap")
                    && args
                        .first()
                        .is_some_and(|value| of.init.text.contains(&format!("({value})")))
            });
            stored || matches!(&used.end, End::Assigned(shape) if shape.text == of.init.text)
        })
    };
    let flags = values::flags_set_here(evidence, at);
    !flags.is_empty() && !flags.iter().any(goes_back)
}

/// `#[entry]`, `#[interrupt]` and the like of the embedded crates make a `static mut` in a function a local
/// `&mut`: then it is used without `unsafe`, which no other `static mut` can be.
pub(super) fn is_rewritten(
    resolved: &Resolved<'_>,
    file: usize,
    of: &Static,
    uses: &[UseRef],
) -> bool {
    let facts = resolved.facts(file);
    let Some(function) = of.function.map(|function| &facts.functions[function]) else {
        return false;
    };
    let known = [
        "entry",
        "interrupt",
        "exception",
        "pre_init",
        "app",
        "main",
        "core_interrupt",
        "external_interrupt",
    ];
    let marked = function
        .attributes
        .iter()
        .any(|name| known.contains(&name.rsplit("::").next().unwrap_or_default()));
    let safely = |at: &UseRef| {
        !outwards(facts, resolved.used(*at).scope)
            .any(|scope| matches!(facts.scopes[scope].kind, ScopeKind::Unsafe))
    };
    marked && uses.iter().all(safely)
}

/// Whether a use runs in an interrupt handler, or in a critical section.
pub(super) fn runs_in_interrupt(evidence: &Evidence<'_>, at: UseRef) -> bool {
    let facts = evidence.resolved.facts(at.file);
    let critical = outwards(facts, evidence.resolved.used(at).scope)
        .any(|scope| matches!(facts.scopes[scope].kind, ScopeKind::Critical));
    let handler = evidence.function(at).is_some_and(|function| {
        let marked = |name: &String| {
            matches!(
                name.rsplit("::").next().unwrap_or_default(),
                "interrupt" | "exception" | "handler"
            )
        };
        function.attributes.iter().any(marked) || function.abi.as_deref() == Some("x86-interrupt")
    });
    critical || handler
}

/// Whether a type is a pointer.
pub(super) fn is_pointer(ty: &Ty) -> bool {
    matches!(ty, Ty::Ptr { .. } | Ty::Ref { .. } | Ty::Fn(_))
}
