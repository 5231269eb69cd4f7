//! A pointer that is published `Relaxed`.

use super::{Atomic, verdict};
use crate::{
    finding::{Answer, Confidence, Finding},
    resolve::UseRef,
    rules::words::{at_use, first_method},
};

/// A finding for each publication.
pub(super) fn check(atomic: &Atomic<'_>) -> Vec<Finding> {
    let published = atomic
        .calls(&["store", "swap", "compare_exchange", "compare_exchange_weak"])
        .filter_map(|(at, args)| {
            let exchange =
                first_method(atomic.used(at)).is_some_and(|(name, _)| name.starts_with("compare"));
            let (value, order) = if exchange { (1, 2) } else { (0, 1) };
            args.get(order).filter(|order| order.ends_with("Relaxed"))?;
            let confidence = newness(atomic, at, args.get(value)?)?;
            Some(finding(atomic, at, confidence))
        });
    published.collect()
}

/// How likely a value points to something that was just made. Not null; not a function, which has been in the
/// program from the beginning.
fn newness(atomic: &Atomic<'_>, at: UseRef, value: &str) -> Option<Confidence> {
    if makes(value) || is_made_here(atomic, at, value) {
        return Some(Confidence::High);
    }
    let pointer = atomic.of.ty.is_one_of(&["AtomicPtr"]);
    let known = ["null", " as ", "dangling"]
        .iter()
        .any(|word| value.contains(word));
    (pointer && !known).then_some(Confidence::Low)
}

fn makes(value: &str) -> bool {
    ["into_raw", "leak", "&mut ", "&raw mut", "from_mut"]
        .iter()
        .any(|way| value.contains(way))
}

/// Whether a variable's `let` in the same function makes what it points to.
fn is_made_here(atomic: &Atomic<'_>, at: UseRef, value: &str) -> bool {
    let used = atomic.used(at);
    let Some(function) = used.function else {
        return false;
    };
    let start = atomic.resolved.facts(at.file).functions[function]
        .span
        .start;
    let before = &atomic.resolved.package().files[at.file].text[start..used.span.start];
    let bound = |keyword: &str| {
        before
            .rsplit_once(&format!("{keyword}{value}"))
            .map(|(_, rest)| rest)
    };
    let rest = bound("let ").or_else(|| bound("let mut "));
    rest.is_some_and(|rest| makes(rest.split(';').next().unwrap_or_default()))
}

fn finding(atomic: &Atomic<'_>, at: UseRef, confidence: Confidence) -> Finding {
    let name = &atomic.of.name;
    let interleaving = format!(
        "thread A writes the value and then `{name}`; thread B may see the pointer, and at that address what was there before"
    );
    let to = atomic.pointee();
    let replacement = format!(
        "`static {name}: onset::RaceCell<{to}>` (or `RaceRef`), if it is published once; or `Release` here and `Acquire` at its loads"
    );
    let mut verdict = verdict(
        "relaxed-pointer",
        confidence,
        replacement,
        "`Relaxed` orders nothing but the pointer itself",
    );
    if confidence == Confidence::Low {
        verdict.look_at = Some("whether what it points to was made just now, or has been there since before there were threads".to_owned());
    }
    let loads = atomic
        .calls(&["load"])
        .take(2)
        .map(|(load, _)| at_use(atomic.resolved, load, "its partner: `Acquire`"));
    let labels = loads.collect();
    let title = format!("`{name}` publishes a pointer, but not what it points to");
    let primary = at_use(atomic.resolved, at, "`Relaxed`");
    atomic.finding(
        title,
        primary,
        labels,
        interleaving,
        verdict,
        (Answer::Yes, Answer::No),
    )
}
