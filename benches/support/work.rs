//! What the initialiser does: a calibrated amount of arithmetic, a sleep, or a stall.
//!
//! Every cell is given the same plain function, [`initialise`], as a `static` would. What it does
//! is set per thread beforehand, and the thread counts its runs, so that neither the work nor the
//! counting adds anything to what the cells share.

use std::{
    cell::Cell,
    fmt,
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What every initialiser returns.
pub(crate) const VALUE: u64 = 0x00c0_ffee;

/// What the initialiser does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// That many dependent steps of arithmetic: no clock is read meanwhile.
    Steps(u64),
    /// Sleeps.
    Sleep(Duration),
    /// The first run in each race sleeps, every later one returns at once.
    StallFirst(Duration),
}

/// One race as the calling thread saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Runs {
    /// How often this thread ran the initialiser.
    pub(crate) count: u32,
    /// Whether it was the one that stalled.
    pub(crate) stalled: bool,
}

thread_local! {
    static WORK: Cell<Work> = const { Cell::new(Work::Steps(0)) };
    static RACE: Cell<u64> = const { Cell::new(0) };
    static RUNS: Cell<u32> = const { Cell::new(0) };
    static STALLED: Cell<bool> = const { Cell::new(false) };
}

/// The number of the latest race whose first initialiser has begun to stall. Races are numbered
/// upwards from one, hence nothing has to be reset between them.
static LATEST_STALLED: AtomicU64 = AtomicU64::new(0);

static RACES: AtomicU64 = AtomicU64::new(1);

/// The first of so many numbers for races.
pub(crate) fn take_numbers(races: u64) -> u64 {
    RACES.fetch_add(races, Ordering::Relaxed)
}

/// Sets what [`initialise`] does on this thread in the race of that number.
pub(crate) fn prepare(work: Work, race: u64) {
    WORK.set(work);
    RACE.set(race);
    RUNS.set(0);
    STALLED.set(false);
}

/// What [`initialise`] did on this thread since [`prepare`].
pub(crate) fn runs() -> Runs {
    Runs {
        count: RUNS.get(),
        stalled: STALLED.get(),
    }
}

/// The initialiser of every cell.
#[inline(never)]
pub(crate) fn initialise() -> u64 {
    RUNS.set(RUNS.get() + 1);
    match WORK.get() {
        Work::Steps(steps) => compute(steps),
        Work::Sleep(time) => thread::sleep(time),
        Work::StallFirst(time) => stall_first(time),
    }
    VALUE
}

/// Spends that much work here and now.
pub(crate) fn spend(work: Work) {
    WORK.set(work);
    initialise();
}

fn stall_first(time: Duration) {
    let race = RACE.get();
    // Relaxed: whoever raises the number first stalls; nothing else is handed over by it.
    if LATEST_STALLED.fetch_max(race, Ordering::Relaxed) < race {
        STALLED.set(true);
        thread::sleep(time);
    }
}

/// A chain of shifts (xorshift), each of which needs the one before.
#[inline(never)]
fn compute(steps: u64) {
    let mut x = black_box(0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..steps {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    black_box(x);
}

/// How fast this machine computes, found at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calibration {
    steps_per_ns: f64,
    checks: [(Duration, Duration); 3],
}

impl Calibration {
    /// Measures, and checks the result on batches of the very calls that the initialisers make.
    pub(crate) fn measure() -> Self {
        const STEPS: u64 = 200_000;
        let best = (0..60)
            .map(|_| timed(1, STEPS))
            .min()
            .unwrap_or(Duration::MAX);
        let steps_per_ns = STEPS as f64 / best.as_nanos() as f64;
        let mut calibration = Self {
            steps_per_ns,
            checks: [(Duration::ZERO, Duration::ZERO); 3],
        };
        calibration.checks = [200, 2_000, 20_000].map(|ns| {
            let asked = Duration::from_nanos(ns);
            (asked, calibration.check(asked))
        });
        calibration
    }

    /// The number of steps that takes about that long.
    pub(crate) fn work_of(self, time: Duration) -> Work {
        Work::Steps((time.as_nanos() as f64 * self.steps_per_ns).round() as u64)
    }

    fn check(self, asked: Duration) -> Duration {
        let Work::Steps(steps) = self.work_of(asked) else {
            return asked;
        };
        let calls = 2_000_000 / asked.as_nanos() as u32;
        (0..10)
            .map(|_| timed(calls, steps) / calls)
            .min()
            .unwrap_or(asked)
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "initialisers calibrated (asked for, takes):")?;
        self.checks
            .iter()
            .try_for_each(|(asked, takes)| write!(f, " {asked:?}, {takes:?};"))
    }
}

/// The time of that many calls of so many steps each.
fn timed(calls: u32, steps: u64) -> Duration {
    let start = Instant::now();
    (0..calls).for_each(|_| compute(steps));
    start.elapsed()
}
