//! Values for a thread whose own values are being dropped.

use std::{
    cell::RefCell,
    panic::resume_unwind,
    sync::{Arc, mpsc::channel},
    thread,
};

use onset::Stale;

use super::{BOTH, Reload, Why, World, eager, got, patient, refused, stall_load};
use crate::support::{Gate, Ledger, catch, hold, settle, watchdog};

struct Last(Option<Box<dyn FnOnce()>>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.take().expect("dropped once")();
    }
}

thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });

/// When the thread reads before it goes: the caches of a thread are dropped before or after its
/// other values, as they were first used.
#[derive(Clone, Copy)]
enum Reads {
    Never,
    First,
    Last,
}

const ALL: [Reads; 3] = [Reads::Never, Reads::First, Reads::Last];

/// Runs `read` on a thread as it is told, and `f` in the destructor of a thread-local there.
fn at_exit<R: Send + 'static>(
    reads: Reads,
    read: impl FnOnce() + Send + 'static,
    f: impl FnOnce() -> R + Send + 'static,
) -> R {
    let (outcome, result) = channel();
    let last = move || outcome.send(catch(f)).expect("the test waits");
    let run = move || {
        let dying = || LAST.set(Some(Last(Some(Box::new(last)))));
        match reads {
            Reads::Never => dying(),
            Reads::First => {
                read();
                dying();
            }
            Reads::Last => {
                dying();
                read();
            }
        }
    };
    thread::spawn(run).join().expect("it ends as it should");
    let outcome = result.recv().expect("it answers");
    outcome.unwrap_or_else(|p| resume_unwind(p))
}

/// Reads the reload on a thread, and then `f` of it in a destructor there.
fn read_then<R: Send + 'static>(
    reads: Reads,
    reload: &Arc<Reload<World>>,
    f: fn(&Reload<World>) -> R,
) -> R {
    let (before, after) = (Arc::clone(reload), Arc::clone(reload));
    let read = move || assert_eq!(got(&before), 1);
    at_exit(reads, read, move || f(&after))
}

#[test]
fn the_first_load() {
    let reload = Arc::new(patient(World::new(), Stale::Serve));
    assert_eq!(read_then(Reads::Never, &reload, got), 1);
    assert_eq!(got(&reload), 1);
    assert_eq!(reload.source().calls(), (1, 1));
}

#[test]
fn a_later_load() {
    for (reads, stale) in ALL.into_iter().zip(BOTH.into_iter().cycle()) {
        let ledger = Ledger::new();
        let reload = Arc::new(eager(World::of(ledger), stale));
        assert_eq!(got(&reload), 1);
        let change = |reload: &Reload<World>| {
            reload.source().set(2);
            (got(reload), got(reload))
        };
        assert_eq!(read_then(reads, &reload, change), (2, 2));
        assert_eq!(got(&reload), 2);
        assert_eq!(ledger.alive(), 1, "the thread has kept nothing");
    }
}

#[test]
fn a_load_that_fails() {
    let reload = Arc::new(patient(World::new(), Stale::Serve));
    reload.source().spoil(4);
    assert_eq!(read_then(Reads::Never, &reload, refused), Why::Failed(4));
    reload.source().set(5);
    reload.invalidate();
    assert_eq!(got(&reload), 5);
}

#[test]
fn waiting_for_somebody_else() {
    let (_watch, dying) = (watchdog(), Arc::new(Gate::new()));
    let reload = Arc::new(patient(World::new(), Stale::Wait));
    let stall = stall_load(&reload);
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let (wants, goes) = (Arc::clone(&reload), Arc::clone(&dying));
        let wait = move || {
            goes.open();
            got(&wants)
        };
        let other = s.spawn(|| at_exit(Reads::Never, || (), wait));
        dying.pass();
        settle();
        assert_eq!(first.end(), 1);
        assert_eq!(other.join().unwrap(), 1);
    });
    assert_eq!(reload.source().calls(), (1, 1));
}
