//! What is true of `HedgedCell` besides the conformance suite: the wait is bounded, and whoever
//! finishes first publishes.

use std::{
    thread::{Result as Joined, Scope},
    time::Duration,
};

use onset::HedgedCell;

use crate::support::{self, Held, Stall, Tracked, catch};

mod publishing;
mod recursion;
mod takeover;

/// Longer than any test runs, and yet not endless.
const LONG: Duration = Duration::from_secs(600);

type Outcome<V> = Result<V, &'static str>;

/// Computes in `cell`, on a thread of its own, what `end` says when the stall is over.
fn hold<'s>(
    s: &'s Scope<'s, '_>,
    cell: &'s HedgedCell<Tracked>,
    stall: &'s Stall,
    end: impl FnOnce() -> Outcome<Tracked> + Send + 's,
) -> Held<'s, Joined<Outcome<&'s Tracked>>> {
    let compute = move || {
        stall.stand();
        end()
    };
    support::hold(s, stall, move || catch(|| cell.get_or_try_init(compute)))
}
