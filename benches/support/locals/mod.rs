//! Per-thread values: one object, and every thread that asks it has a value of its own.
//!
//! The value is an atomic number that its thread only loads: one plain instruction, which no
//! compiler leaves out, and which the recipes that share their values between threads may use as
//! well. Ids are for ever: `per_thread/onset_per_thread/2`.

mod field;
mod onset;

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use crossbeam_utils::CachePadded;

use super::{
    rounds::{Named, Turn},
    team::Seat,
};

/// What every value is initialised to.
const VALUE: u64 = 0x00c0_ffee;

/// The initialiser of every value.
fn initialise() -> AtomicU64 {
    AtomicU64::new(VALUE)
}

/// What is done with every value.
#[inline(always)]
fn look_at(value: &AtomicU64) -> u64 {
    value.load(Ordering::Relaxed)
}

/// One value for each thread.
pub(crate) trait Local: Send + Sync + Sized + 'static {
    /// An object that no thread has asked yet, unless it stands for a static.
    fn fresh() -> Self;

    /// The calling thread's value; its first call initialises it. Always inlined, so that every
    /// call that is left is the object's own.
    fn value(&self) -> u64;
}

/// An object of any make that has been asked before.
pub(crate) trait Object: Send + Sync {
    /// The time that the first thread takes for its accesses, while the others make theirs.
    fn accesses(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;
}

/// Neighbours in memory share no cache line.
impl<L: Local> Object for CachePadded<L> {
    fn accesses(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let local: &L = black_box(self);
        assert_eq!(local.value(), VALUE, "the object holds something else");
        let access = |times| {
            for _ in 0..times {
                black_box(local.value());
            }
        };
        let beside = |stop: &AtomicBool| {
            while !stop.load(Ordering::Relaxed) {
                access(64);
            }
        };
        turn.time(seat, access, beside)
    }
}

/// Many objects of one make, none of which has been asked.
pub(crate) trait Objects: Send + Sync {
    /// The time that the first thread takes to ask each of them for the first time, while the
    /// others do the same in the same order.
    fn first_uses(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;
}

impl<L: Local> Objects for Vec<CachePadded<L>> {
    fn first_uses(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let ask = || {
            for local in self {
                black_box(local.value());
            }
        };
        turn.time(seat, |_| ask(), |_| ask())
    }
}

/// One row of every table.
#[derive(Clone, Copy)]
pub(crate) struct Contestant {
    id: &'static str,
    one: fn() -> Box<dyn Object>,
    many: fn(usize) -> Box<dyn Objects>,
}

impl Contestant {
    const fn new<L: Local>(id: &'static str) -> Self {
        Self {
            id,
            one: || Box::new(CachePadded::new(L::fresh())),
            many: |count| {
                let fresh = || CachePadded::new(L::fresh());
                Box::new(
                    std::iter::repeat_with(fresh)
                        .take(count)
                        .collect::<Vec<_>>(),
                )
            },
        }
    }

    pub(crate) fn object(&self) -> Box<dyn Object> {
        (self.one)()
    }

    pub(crate) fn objects(&self, count: usize) -> Box<dyn Objects> {
        (self.many)(count)
    }
}

impl Named for Contestant {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// Everyone whose accesses are timed; the first is what the others are compared with.
pub(crate) fn all() -> Vec<Contestant> {
    [
        field::OBJECTS,
        onset::OBJECTS,
        onset::STATICS,
        field::STATICS,
    ]
    .concat()
}

/// Everyone whose first use is timed: those of whom there can be a fresh one at any time.
pub(crate) fn objects() -> Vec<Contestant> {
    [field::OBJECTS, onset::OBJECTS].concat()
}
