//! A pointer that is published `Relaxed`.

use super::{Atomic, verdict};
use crate::{
    finding::{Answer, Confidence, Finding},
    rules::words::{at_use, first_method},
};

/// A finding for each publication.
pub(super) fn check(atomic: &Atomic<'_>) -> Vec<Finding> {
    let pointer = atomic.of.ty.is_one_of(&["AtomicPtr"]);
    let published = atomic.calls(&["store", "swap", "compare_exchange", "compare_exchange_weak"]).filter(|(at, args)| {
        let exchange = first_method(atomic.used(*at)).is_some_and(|(name, _)| name.starts_with("compare"));
        let (value, order) = if exchange { (1, 2) } else { (0, 1) };
        let is_relaxed = args.get(order).is_some_and(|order| order.ends_with("Relaxed"));
        is_relaxed && args.get(value).is_some_and(|value| points_to_something_new(value, pointer))
    });
    published.map(|(at, _)| finding(atomic, at)).collect()
}

/// Whether a value is a pointer to something that was just made: not null, not a function, which has been
/// in the program from the beginning.
fn points_to_something_new(value: &str, pointer: bool) -> bool {
    let made = ["into_raw", "leak", "&mut ", "&raw mut", "from_mut", "as_ptr"].iter().any(|way| value.contains(way));
    let plain = !value.contains("null") && !value.contains(" as ");
    made || pointer && plain && !value.contains("dangling")
}

fn finding(atomic: &Atomic<'_>, at: crate::resolve::UseRef) -> Finding {
    let name = &atomic.of.name;
    let notes = vec![format!(
        "thread A writes the value and then `{name}`; thread B may see the pointer, and at that address what was there before"
    )];
    let replacement = format!(
        "`static {name}: onset::RaceCell<T>` (or `RaceRef`), if it is published once; or `Release` here and `Acquire` at its loads"
    );
    let verdict = verdict("relaxed-pointer", Confidence::High, replacement, "`Relaxed` orders nothing but the pointer itself");
    let loads = atomic.calls(&["load"]).take(2).map(|(load, _)| at_use(atomic.resolved, load, "its partner: `Acquire`"));
    let labels = loads.collect();
    let title = format!("`{name}` publishes a pointer, but not what it points to");
    let primary = at_use(atomic.resolved, at, "`Relaxed`");
    atomic.finding(title, primary, labels, notes, verdict, Answer::Yes, Answer::No)
}
