//! Broken primitives: each of them must be rejected, or the verdict on the others is worth nothing.

mod cells;
mod collections;
mod snapshots;

use histories::{pool::Pool, run::run, subject::Subject};

/// With three threads nearly all of them are found within a few hundred.
const ROUNDS: usize = 20_000;

/// The rejected history's time-line, for a look.
#[track_caller]
fn rejected<S: Subject>() -> String {
    let (tally, violation) = run::<S>(&Pool::new(3), ROUNDS, 1, &mut |_| {});
    let violation = violation.unwrap_or_else(|| panic!("{} passes: {tally:?}", S::NAME));
    println!("{violation}");
    violation.timeline
}

#[track_caller]
fn passes<S: Subject>() {
    let (tally, violation) = run::<S>(&Pool::new(3), ROUNDS / 10, 1, &mut |_| {});
    assert!(violation.is_none(), "{}", violation.unwrap());
    assert!(
        tally.overlapping > 0,
        "{} proves nothing: {tally:?}",
        S::NAME
    );
}
