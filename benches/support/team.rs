//! Threads that exist before the clock starts, and the gate at which they begin together.
//!
//! The gate is a counter on which everyone spins. A barrier that parks would wake the threads one
//! after the other, and the first would be done before the second is awake. Nobody is pinned.
//!
//! Nobody spins for long: with more threads than cores, the core is offered to the others almost
//! at once. If every thread can have a core of its own, a long wait means that two share one; they
//! keep spinning for about as long as the scheduler takes to notice, and then take turns.

use std::{
    cell::Cell,
    hint, process,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crossbeam_utils::CachePadded;

/// How often the gate is looked at before the core is given away: some hundred microseconds if
/// every thread can have a core, next to nothing if they have to take turns.
const LOOKS: usize = 40_000;
const LOOKS_CROWDED: usize = 40;

/// The number of threads that this machine runs at the same time.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// A fixed number of threads, kept for as long as this lives.
pub(crate) struct Team {
    pool: rayon::ThreadPool,
    threads: usize,
}

/// One thread's place in a [`Team`] while it runs a job.
pub(crate) struct Seat<'g> {
    /// From zero.
    pub(crate) index: usize,
    gate: &'g Gate,
    passed: Cell<usize>,
}

struct Gate {
    threads: usize,
    crowded: bool,
    arrived: CachePadded<AtomicUsize>,
}

impl Team {
    pub(crate) fn new(threads: usize) -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        Self {
            pool: pool.expect("the benchmark's threads start"),
            threads,
        }
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Runs the job once on every thread at the same time and returns what each returned. The
    /// calling thread sleeps meanwhile.
    pub(crate) fn run<R: Send>(&self, job: impl Fn(&Seat<'_>) -> R + Sync) -> Vec<R> {
        let gate = Gate::new(self.threads);
        self.pool.broadcast(|context| {
            let _all_or_none = AbortOnPanic;
            let seat = Seat {
                index: context.index(),
                gate: &gate,
                passed: Cell::new(0),
            };
            let result = job(&seat);
            // Nobody leaves early: a thread that looks for other work would disturb the rest.
            seat.line_up();
            result
        })
    }
}

impl Seat<'_> {
    /// Returns when every thread of the team has called this as often as this thread has. Twice
    /// through the gate: the first time some may be far behind, the second time everyone is about
    /// to arrive.
    #[inline]
    pub(crate) fn line_up(&self) {
        let passed = self.passed.get();
        self.passed.set(passed + 2);
        self.gate.pass(passed + 1);
        self.gate.pass(passed + 2);
    }
}

impl Gate {
    fn new(threads: usize) -> Self {
        Self {
            threads,
            crowded: threads > cores(),
            arrived: CachePadded::new(AtomicUsize::new(0)),
        }
    }

    #[inline]
    fn pass(&self, time: usize) {
        let all = time * self.threads;
        // Release: the results written before are handed over. Acquire: by everyone's load.
        let mut arrived = self.arrived.fetch_add(1, Ordering::AcqRel) + 1;
        let patience = if self.crowded { LOOKS_CROWDED } else { LOOKS };
        let mut looks = 0;
        while arrived < all {
            looks += 1;
            if looks < patience {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
            arrived = self.arrived.load(Ordering::Acquire);
        }
    }
}

/// The others would wait at the gate for ever if one thread panicked.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("a thread of the benchmark panicked");
            process::abort();
        }
    }
}
