//! Lets threads loose on an object, and records what they did.
//!
//! Each thread writes into a buffer of its own, so that recording adds no edge between the
//! threads that the object itself does not make. What orders their operations is the clock:
//! `Instant` is monotonic across threads, and is read before each call and after each return. If it
//! is coarse, or read too early or too late, the intervals become longer, never shorter, and equal
//! stamps overlap; so a history may allow orders that were impossible, but forbids none that was
//! possible. What is rejected is rejected for good.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc::channel},
    time::{Duration, Instant},
};

use crate::{
    history::{Event, History},
    pool::{Pool, StartLine},
    subject::{Pause, Subject},
};

/// A thread that takes longer for all rounds of a go is taken for one that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The history of a subject.
pub type HistoryOf<S> = History<<S as Subject>::Op, <S as Subject>::Outcome>;

/// One call, planned before the threads start.
struct Call<S: Subject> {
    /// Before the call.
    before: Pause,
    op: S::Op,
    /// Within it.
    within: Pause,
}

/// An object, and what each thread does to it.
struct Round<S: Subject> {
    object: S,
    plans: Vec<Vec<Call<S>>>,
    line: StartLine,
}

impl<S: Subject> Round<S> {
    /// Two to five calls for each thread.
    fn new(threads: usize, dice: &mut fastrand::Rng) -> Self {
        let mut fresh = 0;
        let mut call = |dice: &mut fastrand::Rng| {
            fresh += 1;
            Call {
                before: Pause::before(dice),
                op: S::op(dice, fresh),
                within: Pause::within(dice),
            }
        };
        let mut plan = |_| (0..dice.u8(2..=5)).map(|_| call(dice)).collect();
        Self {
            plans: (0..threads).map(&mut plan).collect(),
            object: S::new(),
            line: StartLine::new(threads),
        }
    }

    /// What one thread does.
    fn run(&self, thread: usize, epoch: Instant) -> HistoryOf<S> {
        let plan = &self.plans[thread];
        let mut events = Vec::with_capacity(plan.len());
        self.line.wait();
        for call in plan {
            call.before.pause();
            let called = epoch.elapsed();
            let outcome = self.object.apply(&call.op, call.within);
            let returned = epoch.elapsed();
            let op = call.op.clone();
            events.push(Event {
                thread,
                op,
                outcome,
                called,
                returned,
            });
        }
        events
    }
}

/// So many histories, each of an object of its own. The dice are thrown before the threads start.
///
/// # Panics
///
/// If a thread does, or if it hangs.
#[must_use]
pub fn record<S: Subject>(
    pool: &Pool,
    rounds: usize,
    dice: &mut fastrand::Rng,
) -> Vec<HistoryOf<S>> {
    let planned = (0..rounds).map(|_| Round::<S>::new(pool.len(), dice));
    let planned: Arc<Vec<_>> = Arc::new(planned.collect());
    let epoch = Instant::now();
    let (sender, results) = channel();
    for thread in 0..pool.len() {
        let (planned, sender) = (Arc::clone(&planned), sender.clone());
        pool.give(thread, move || {
            let all = || planned.iter().map(|round| round.run(thread, epoch));
            let events = catch_unwind(AssertUnwindSafe(|| all().collect::<Vec<_>>()));
            let _ = sender.send(events.ok());
        });
    }
    drop(sender);
    let mut histories: Vec<HistoryOf<S>> = (0..rounds).map(|_| Vec::new()).collect();
    for _ in 0..pool.len() {
        let events = match results.recv_timeout(PATIENCE) {
            Ok(Some(events)) => events,
            Ok(None) => panic!("{}: a thread panicked; see above", S::NAME),
            Err(_) => panic!("{}: a thread has hung for {PATIENCE:?}", S::NAME),
        };
        for (history, events) in histories.iter_mut().zip(events) {
            history.extend(events);
        }
    }
    histories
}
