//! What is counted.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;
use onset::PerThread;

/// Of a thread, in microseconds. Nobody else writes to it; who reads it locks it for a moment. It goes
/// with its thread, but those that answer stay until the server stops.
type Latencies = Mutex<Histogram<u64>>;

/// What is counted. Nothing can be ordered by the counts.
pub struct Metrics {
    latencies: PerThread<Latencies>,
    /// By the first digit of the status code.
    answered: [AtomicU64; 6],
    in_flight: AtomicI64,
    threads_began: AtomicU64,
    threads_ended: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            latencies: PerThread::new(|| Mutex::new(histogram())),
            answered: Default::default(),
            in_flight: AtomicI64::new(0),
            threads_began: AtomicU64::new(0),
            threads_ended: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// A request began. It ends when the guard goes, answered or not.
    pub fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(&self.in_flight)
    }

    /// It was answered, after so long.
    pub fn answered(&self, status: u16, after: Duration) {
        let class = usize::from(status / 100).min(5);
        self.answered[class].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        self.latencies
            .with(|latencies| lock(latencies).saturating_record(micros));
    }

    /// How many requests were answered, by the first digit of the status code.
    pub fn by_class(&self) -> [u64; 6] {
        self.answered.each_ref().map(|n| n.load(Ordering::Relaxed))
    }

    /// How many requests are being answered.
    pub fn in_flight(&self) -> i64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A thread of the server begins.
    pub fn thread_begins(&self) {
        self.threads_began.fetch_add(1, Ordering::Relaxed);
    }

    /// A thread of the server ends.
    pub fn thread_ends(&self) {
        self.threads_ended.fetch_add(1, Ordering::Relaxed);
    }

    /// How many threads of the server began, and how many of them have ended.
    pub fn threads(&self) -> (u64, u64) {
        let ended = self.threads_ended.load(Ordering::Relaxed);
        (self.threads_began.load(Ordering::Relaxed), ended)
    }

    /// The latencies of all threads, in microseconds.
    pub fn latencies(&self) -> Histogram<u64> {
        let mut all = histogram();
        self.latencies
            .for_each(|of_one| all.add(&*lock(of_one)).expect("they are alike"));
        all
    }
}

/// A request that is being answered.
pub struct InFlight<'a>(&'a AtomicI64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Up to a minute, three digits.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are right")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
