//! Check and change in two steps, where one is needed.

use super::{Atomic, Within, verdict};
use crate::{
    facts::{Condition, End, ScopeKind},
    finding::{Answer, Confidence, Finding},
    resolve::UseRef,
    rules::words::{at_use, first_method},
};

/// The findings, one for each function at most; not where the flag comes first, which is worse.
pub(super) fn check(atomic: &Atomic<'_>, first: &[(Within, Finding)]) -> Vec<Finding> {
    let mut seen: Vec<Within> = first.iter().map(|(within, _)| *within).collect();
    let mut found = Vec::new();
    for (change, args) in atomic.calls(&["store", "fetch_add", "fetch_sub"]) {
        let within = atomic.within(change);
        if within.1.is_none() || seen.contains(&within) || atomic.exchanges_in(within) {
            continue;
        }
        let plain = first_method(atomic.used(change)).is_some_and(|(name, _)| name == "store");
        let pair = under_condition(atomic, change, args, plain)
            .or_else(|| {
                if plain {
                    lost_update(atomic, change, args)
                } else {
                    None
                }
            })
            .or_else(|| {
                if plain {
                    spin_lock(atomic, change, args)
                } else {
                    None
                }
            });
        if let Some(pair) = pair.filter(|pair| !atomic.is_locked(pair.check, change)) {
            seen.push(within);
            found.push(finding(atomic, &pair, change));
        }
    }
    found
}

/// A look at the atomic, and what two threads do that both pass it.
struct Pair {
    check: UseRef,
    confidence: Confidence,
    because: &'static str,
}

/// A change under a condition that looks at the atomic, itself or through a variable.
fn under_condition(
    atomic: &Atomic<'_>,
    change: UseRef,
    args: &[String],
    plain: bool,
) -> Option<Pair> {
    let (condition, check) = condition_on(atomic, change)?;
    // Whoever counts under a condition that only asks whether it is there, counts whatever comes.
    if is_latch(atomic, condition, change, args) {
        return None;
    }
    let compares = condition.text.contains('<') || condition.text.contains('>');
    if !plain && !compares || plain && is_memo(atomic, condition, change, &args[0]) {
        return None;
    }
    Some(Pair {
        check,
        confidence: Confidence::High,
        because: "two threads may both pass the check before either changes it",
    })
}

/// Whether the change is a flag that never goes back, set because an attempt turned out so: "this does not
/// work here". Who tries twice, learns it twice.
fn is_latch(atomic: &Atomic<'_>, condition: &Condition, change: UseRef, args: &[String]) -> bool {
    let nested = atomic.conditions.around(change).next() != Some(condition);
    let goes_back = atomic
        .calls(&["store", "swap"])
        .any(|(_, other)| other[0] != args[0]);
    atomic.of.ty.is_one_of(&["AtomicBool"]) && nested && !goes_back
}

/// The innermost condition around a use that looks at the atomic, and the load in question.
fn condition_on<'a>(atomic: &'a Atomic<'_>, change: UseRef) -> Option<(&'a Condition, UseRef)> {
    let loads = || {
        atomic
            .calls(&["load"])
            .filter(|(at, _)| atomic.within(*at) == atomic.within(change))
    };
    for condition in atomic.conditions.around(change) {
        let direct =
            loads().find(|(at, _)| atomic.used(*at).in_condition.as_ref() == Some(&condition.span));
        let by_name = || {
            loads().find(|(at, _)| matches!(&atomic.used(*at).end, End::Bound(name) if mentions(&condition.text, name)))
        };
        if let Some((at, _)) = direct.or_else(by_name) {
            return Some((condition, at));
        }
    }
    None
}

fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| c != '_' && !c.is_alphanumeric())
        .any(|word| word == name)
}

/// Whether the change only keeps a number that was computed: done twice, it is the same number twice. Any
/// other change in that branch speaks against it.
fn is_memo(atomic: &Atomic<'_>, condition: &Condition, change: UseRef, value: &str) -> bool {
    let number = !atomic.of.ty.is_one_of(&["AtomicBool", "AtomicPtr"]);
    let function = value.contains(" as ") && atomic.of.ty.is_one_of(&["AtomicPtr"]);
    let asks_for_a_value = !(condition.text.contains('<') || condition.text.contains('>'));
    let literal = value.chars().all(|c| c.is_ascii_digit() || c == '_')
        || value == "true"
        || value == "false"
        || value
            .chars()
            .all(|c| c.is_uppercase() || c == '_' || c == ':');
    let same = |scope: &crate::facts::Scope| matches!(&scope.kind, ScopeKind::Branch(found) if found == condition);
    let facts = atomic.resolved.facts(change.file);
    let others = atomic.resolved.statics().any(|(item, of, uses)| {
        let writes = |at: &UseRef| {
            let used = atomic.resolved.used(*at);
            let inside = at.file == change.file
                && crate::resolve::outwards(facts, used.scope)
                    .any(|scope| same(&facts.scopes[scope]));
            inside
                && (of.mutable
                    && crate::effect::effect(used, crate::effect::known_method).may_write())
        };
        item != atomic.item && uses.iter().any(writes)
    });
    (number || function) && asks_for_a_value && !literal && !others
}

/// `let n = X.load(…); X.store(n + 1, …)`: what others stored in between is lost.
fn lost_update(atomic: &Atomic<'_>, change: UseRef, args: &[String]) -> Option<Pair> {
    let value = &args[0];
    let same = |at: UseRef| atomic.within(at) == atomic.within(change);
    let own = format!("{}.load", atomic.of.name);
    let mut loads = atomic.calls(&["load"]).filter(|(at, _)| same(*at));
    let (check, _) = loads.find(|(at, _)| match &atomic.used(*at).end {
        End::Bound(name) => mentions(value, name) && is_computed(value),
        _ => {
            value.contains(&own) && atomic.used(*at).whole.start >= atomic.used(change).whole.start
        }
    })?;
    Some(Pair {
        check,
        confidence: Confidence::High,
        because: "what another thread stores between the load and the store is lost",
    })
}

/// Whether a value is more than a variable in another type.
fn is_computed(value: &str) -> bool {
    [
        " + ",
        " - ",
        " * ",
        " / ",
        " | ",
        " & ",
        " ^ ",
        "wrapping_",
        "saturating_",
        "checked_",
        ".min(",
        ".max(",
    ]
    .iter()
    .any(|sign| value.contains(sign))
}

/// `while X.load(…) {} X.store(true, …)`: two threads see it free, and both take it.
fn spin_lock(atomic: &Atomic<'_>, change: UseRef, args: &[String]) -> Option<Pair> {
    if args[0] != "true" && args[0] != "1" {
        return None;
    }
    let waits = |at: UseRef| {
        let used = atomic.used(at);
        let text = &atomic.resolved.package().files[at.file].text;
        let negated = text[..used.whole.start].trim_end().ends_with('!');
        atomic.within(at) == atomic.within(change)
            && used.in_loop
            && used.in_condition.is_some()
            && used.span.start < atomic.used(change).span.start
            && !negated
    };
    let (check, _) = atomic.calls(&["load"]).find(|(at, _)| waits(*at))?;
    Some(Pair {
        check,
        confidence: Confidence::High,
        because: "two threads may both see it free, and both take it",
    })
}

fn finding(atomic: &Atomic<'_>, pair: &Pair, change: UseRef) -> Finding {
    let name = &atomic.of.name;
    let interleaving = format!(
        "thread A looks at `{name}`, thread B looks at `{name}` and sees the same; A changes it, and so does B"
    );
    let replacement = match atomic.of.ty.name() {
        Some("AtomicBool") => format!(
            "`onset::OnceCell`, if a value hangs on `{name}`; else one `{name}.compare_exchange(false, true, Acquire, Relaxed)` or `{name}.swap(true, AcqRel)`"
        ),
        Some("AtomicPtr") => {
            let to = atomic.pointee();
            format!(
                "`static {name}: onset::RaceCell<{to}>`, which publishes one value and drops the losers', or one `compare_exchange`"
            )
        }
        _ => {
            format!("one `{name}.fetch_update(…)`, `fetch_add`, `fetch_max` or `compare_exchange`")
        }
    };
    let verdict = verdict(
        "compare-exchange",
        pair.confidence,
        replacement,
        pair.because,
    );
    let primary = at_use(atomic.resolved, pair.check, "checked here");
    let labels = vec![at_use(
        atomic.resolved,
        change,
        "and changed here, in a second step",
    )];
    let title = format!("`{name}` is checked and changed in two steps");
    atomic.finding(
        title,
        primary,
        labels,
        interleaving,
        verdict,
        (Answer::No, Answer::Yes),
    )
}
