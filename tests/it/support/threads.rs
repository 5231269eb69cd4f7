//! Gates that put threads in order, and threads that start together.

use std::{
    env,
    hint::spin_loop,
    io::{Write as _, stderr},
    panic::resume_unwind,
    process::abort,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Counts what happens; threads block until it has happened often enough.
pub(crate) struct Tally {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Tally {
    pub(crate) const fn new() -> Self {
        let (count, changed) = (Mutex::new(0), Condvar::new());
        Self { count, changed }
    }

    pub(crate) fn add(&self) {
        *self.count.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    pub(crate) fn count(&self) -> usize {
        *self.count.lock().unwrap()
    }

    pub(crate) fn wait_for(&self, count: usize) {
        let guard = self.count.lock().unwrap();
        drop(self.changed.wait_while(guard, |c| *c < count).unwrap());
    }
}

/// A tally that happens once: closed, then open.
pub(crate) struct Gate(Tally);

impl Gate {
    pub(crate) const fn new() -> Self {
        Self(Tally::new())
    }

    pub(crate) fn open(&self) {
        self.0.add();
    }

    pub(crate) fn pass(&self) {
        self.0.wait_for(1);
    }
}

/// An initialiser that stalls until the test lets it go on.
pub(crate) struct Stall {
    begun: Gate,
    goes_on: Gate,
}

impl Stall {
    pub(crate) const fn new() -> Self {
        let (begun, goes_on) = (Gate::new(), Gate::new());
        Self { begun, goes_on }
    }

    /// For the initialiser: it has begun, and stays here.
    pub(crate) fn stand(&self) {
        self.begun.open();
        self.goes_on.pass();
    }

    pub(crate) fn end(&self) {
        self.goes_on.open();
    }
}

/// A thread whose initialiser stands. It goes on when this is dropped, at the latest: a test that
/// fails in the meantime leaves nobody behind for whom its scope would wait.
pub(crate) struct Held<'s, R> {
    thread: thread::ScopedJoinHandle<'s, R>,
    at_last: EndAtLast<'s>,
}

struct EndAtLast<'s>(&'s Stall);

impl Drop for EndAtLast<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Runs `f` on a thread of its own, until its initialiser stands.
pub(crate) fn hold<'s, R: Send + 's>(
    s: &'s thread::Scope<'s, '_>,
    stall: &'s Stall,
    f: impl FnOnce() -> R + Send + 's,
) -> Held<'s, R> {
    let (thread, at_last) = (s.spawn(f), EndAtLast(stall));
    stall.begun.pass();
    Held { thread, at_last }
}

impl<R> Held<'_, R> {
    /// Lets the initialiser go on, and returns what became of its caller.
    #[track_caller]
    pub(crate) fn end(self) -> R {
        self.at_last.0.end();
        self.thread.join().unwrap_or_else(|p| resume_unwind(p))
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    pub(crate) fn thread(&self) -> thread::ThreadId {
        self.thread.thread().id()
    }
}

/// Gives the other threads ample time to spin out and park. Whether they did cannot be seen from
/// outside, and no verdict depends on it: it makes the interesting order likely, not the boring one
/// wrong.
pub(crate) fn settle() {
    let end = Instant::now() + Duration::from_millis(5);
    while Instant::now() < end {
        thread::yield_now();
    }
}

/// How long a test may take. Under sanitizers and emulators it is more than a minute.
fn patience() -> Duration {
    let seconds = env::var("ONSET_TEST_PATIENCE").map(|text| text.parse().expect("seconds"));
    Duration::from_secs(seconds.unwrap_or(60))
}

/// Ends the program, with the test's name, if the guard is still there after a minute.
#[must_use]
pub(crate) fn watchdog() -> Sender<()> {
    let test = thread::current().name().unwrap_or("unnamed").to_string();
    let (guard, gone) = channel::<()>();
    thread::spawn(move || {
        if gone.recv_timeout(patience()) == Err(RecvTimeoutError::Timeout) {
            // Not `eprintln!`, which the test harness would keep to itself.
            let _ = writeln!(stderr(), "\n{test} hangs: run it alone, with --nocapture");
            abort();
        }
    });
    guard
}

/// Where threads line up, again and again, and leave together. They spin, and give their core away
/// while they do: threads that a barrier has parked come back one by one and hardly overlap.
pub(crate) struct StartLine {
    threads: usize,
    arrived: AtomicUsize,
    broken: AtomicBool,
}

impl StartLine {
    pub(crate) const fn new(threads: usize) -> Self {
        Self {
            threads,
            arrived: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// For each thread: one that leaves by a panic lets the others go, who would wait for it for
    /// ever.
    #[must_use]
    pub(crate) const fn member(&self) -> Member<'_> {
        Member(self)
    }

    pub(crate) fn line_up(&self) {
        let ticket = self.arrived.fetch_add(1, Ordering::Relaxed);
        let all = (ticket / self.threads + 1) * self.threads;
        let alone =
            || self.arrived.load(Ordering::Relaxed) < all && !self.broken.load(Ordering::Relaxed);
        // Two threads may have a core each; many had better let each other run.
        let looks = 4096 / self.threads.pow(2);
        let spin = |_| {
            spin_loop();
            alone()
        };
        while (0..looks).all(spin) {
            thread::yield_now();
        }
    }
}

pub(crate) struct Member<'l>(&'l StartLine);

impl Drop for Member<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.broken.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs `f(0)`, `f(1)`, … on threads named `racer 0`, `racer 1`, … that are released together. A
/// panic goes on.
pub(crate) fn run_together<R: Send>(threads: usize, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let _watch = watchdog();
    let line = StartLine::new(threads);
    let racer = |number| {
        let _member = line.member();
        line.line_up();
        f(number)
    };
    thread::scope(|s| {
        let start = |number| {
            let builder = thread::Builder::new().name(format!("racer {number}"));
            builder.spawn_scoped(s, move || racer(number)).unwrap()
        };
        let started: Vec<_> = (0..threads).map(start).collect();
        let join =
            |t: thread::ScopedJoinHandle<'_, R>| t.join().unwrap_or_else(|p| resume_unwind(p));
        started.into_iter().map(join).collect()
    })
}
