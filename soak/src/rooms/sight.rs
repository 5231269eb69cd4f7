//! What the threads saw of one place: all of them the same value, computed as often as promised.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{tally::Tally, values::Value};

/// The first value that somebody saw; all others compare with it.
#[derive(Default)]
pub(crate) struct Sight(AtomicU64);

impl Sight {
    pub(crate) fn saw(&self, tally: &Tally, value: &Value) {
        self.saw_id(tally, value.id());
    }

    pub(crate) fn saw_id(&self, tally: &Tally, id: u64) {
        let first = self
            .0
            .compare_exchange(0, id, Ordering::Relaxed, Ordering::Relaxed);
        if let Err(first) = first {
            tally.require(
                first == id,
                "one value, seen by all",
                format_args!("value {first} and value {id}"),
            );
        }
    }
}

/// The computations of one place.
#[derive(Default)]
pub(crate) struct Turns {
    running: AtomicU64,
    made: AtomicU64,
}

/// A computation that is under way.
pub(crate) struct Turn<'t>(&'t Turns);

impl Turns {
    /// A computation begins; `once` says that there is never more than one at a time, and one in
    /// all that succeeds.
    pub(crate) fn begin(&self, tally: &Tally, once: bool) -> Turn<'_> {
        let running = self.running.fetch_add(1, Ordering::Relaxed);
        let made = self.made.load(Ordering::Relaxed);
        if once {
            tally.require(
                running == 0,
                "one computation at a time",
                format_args!("{running} are running"),
            );
            tally.require(
                made == 0,
                "computed once",
                format_args!("a value was made before"),
            );
        }
        Turn(self)
    }
}

impl Turn<'_> {
    /// It succeeds, whatever becomes of the value.
    pub(crate) fn made(self) {
        self.0.made.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}
