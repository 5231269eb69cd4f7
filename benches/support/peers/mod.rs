//! The cells that are compared, behind one trait.
//!
//! A cell of any make is created empty and asked for its value by many threads; how it brings the
//! value about is its own affair. Ids are for ever: `first_use/2us/onset_once/2`.

mod field;
mod onset_cells;

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;
use crossbeam_utils::CachePadded;
use serde::Serialize;

use super::{
    rounds::Named,
    work::{self, Runs},
};
pub(crate) use onset_cells::PATIENCE;

/// A cell that is computed by [`work::initialise`] on first use.
pub(crate) trait Peer: Send + Sync + Sized + 'static {
    fn fresh() -> Self;

    /// The value; the first callers compute it. Always inlined, so that every call that is left
    /// is the cell's own.
    fn value(&self) -> u64;
}

/// What one caller saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) start: Instant,
    /// From its own start until it has the value.
    pub(crate) latency: Duration,
    /// The processor time it used for that, if asked for.
    pub(crate) cpu: Option<Duration>,
    pub(crate) runs: Runs,
}

/// A cell of any make. The clock stands inside the call, so that finding the cell isn't timed.
pub(crate) trait Cell: Send + Sync {
    /// Takes the time of one call.
    fn call(&self, with_cpu: bool) -> Call;

    /// Reads so many times.
    fn read(&self, times: u64);

    /// Reads until told to stop.
    fn read_until(&self, stop: &AtomicBool);
}

/// Neighbours in memory share no cache line.
impl<P: Peer> Cell for CachePadded<P> {
    fn call(&self, with_cpu: bool) -> Call {
        let cpu_start = with_cpu.then(ThreadTime::now);
        let start = Instant::now();
        let value = black_box(self.value());
        let latency = start.elapsed();
        let cpu = cpu_start.map(|at| at.elapsed());
        assert_eq!(value, work::VALUE, "the cell holds something else");
        Call {
            start,
            latency,
            cpu,
            runs: work::runs(),
        }
    }

    fn read(&self, times: u64) {
        let cell: &P = black_box(self);
        for _ in 0..times {
            black_box(cell.value());
        }
    }

    fn read_until(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            self.read(64);
        }
    }
}

/// How a cell treats those who arrive while the value is being computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Policy {
    /// No cell at all: everyone computes for themselves.
    Control,
    /// Everyone computes, one result is published.
    Racing,
    /// One computes, the others wait.
    Locking,
    /// One computes, the others wait so long and no longer.
    Hedged,
}

/// One row of every table.
#[derive(Clone, Copy)]
pub(crate) struct Contestant {
    pub(crate) id: &'static str,
    pub(crate) policy: Policy,
    make: fn() -> Box<dyn Cell>,
}

impl Contestant {
    pub(crate) const fn new<P: Peer>(id: &'static str, policy: Policy) -> Self {
        Self {
            id,
            policy,
            make: || Box::new(CachePadded::new(P::fresh())),
        }
    }

    /// An empty cell of this make.
    pub(crate) fn fresh(&self) -> Box<dyn Cell> {
        (self.make)()
    }

    pub(crate) fn is_onset(&self) -> bool {
        self.id.starts_with("onset_")
    }
}

impl Named for Contestant {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// Everyone whose first use is raced.
pub(crate) fn racers() -> Vec<Contestant> {
    [field::CONTROL, onset_cells::CELLS, field::CELLS].concat()
}

/// Everyone whose hit path is timed; the first is what the others are compared with.
pub(crate) fn readers() -> Vec<Contestant> {
    [
        field::BASELINE,
        onset_cells::CELLS,
        onset_cells::BY_VALUE,
        onset_cells::LAZY,
        field::CELLS,
    ]
    .concat()
}
