//! The storm: one thread stores without a pause, the others load, and every load is looked at.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{Counts, Read, Whole, Write};
use crate::support::figures::Times;

/// So many stores between two looks at the clock, which takes about as long as one store.
const BETWEEN_LOOKS: u64 = 32;

/// What the storing thread is told.
pub(crate) struct Storming<'s> {
    pub(crate) time: Duration,
    pub(crate) counts: &'static Counts,
    pub(crate) stop: &'s AtomicBool,
}

/// What the storing thread did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stored {
    pub(crate) stores: u64,
    /// The most values that there were at once.
    pub(crate) most_live: u64,
}

/// How long each load takes, from its start until the value is there, and from the end of the
/// reading until it is let go of. The look at the value lies between these, and isn't counted.
pub(super) fn loads(reader: &mut impl Read, stop: &AtomicBool) -> Times {
    let mut times = Times::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        let (there, seen) = reader.with(|value| {
            black_box(value.number());
            let there = Instant::now();
            assert!(value.is_whole(), "half a value");
            (there, Instant::now())
        });
        times.add((there - start) + seen.elapsed());
    }
    times
}

/// Stores until the time is up.
pub(super) fn stores(writer: &mut impl Write, storming: &Storming<'_>) -> Stored {
    let Storming { time, counts, stop } = *storming;
    let mut stored = Stored::default();
    let begin = Instant::now();
    while begin.elapsed() < time {
        for _ in 0..BETWEEN_LOOKS {
            stored.stores += 1;
            writer.store(Whole::counted(stored.stores, counts));
            stored.most_live = stored.most_live.max(counts.live());
        }
    }
    stop.store(true, Ordering::Relaxed);
    stored
}
