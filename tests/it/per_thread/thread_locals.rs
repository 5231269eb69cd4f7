//! Beside the thread-locals of std, whose destructors run before or after those of the values.

use std::cell::RefCell;

use onset::PerThread;

use super::{Log, OnDrop, elsewhere, numbered, sole};
use crate::support::{Ledger, Tally, Tracked};

thread_local! {
    /// What the tests do when a thread ends, in each of two places.
    static FIRST: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
}

/// Of std's thread-locals, one that is older than the thread's first value and one that is younger:
/// they find the value until it is dropped, and never after.
#[test]
fn beside_the_thread_locals_of_std() {
    static EVENTS: Log<&str> = Log::new();
    static OBJECT: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| EVENTS.push("dropped")));
    let look = || match OBJECT.try_with(|_| ()) {
        Ok(()) => EVENTS.push("found"),
        Err(_) => EVENTS.push("refused"),
    };
    elsewhere(|| {
        FIRST.set(Some(OnDrop::new(look)));
        OBJECT.with(|_| ());
        LAST.set(Some(OnDrop::new(look)));
    });
    let events = EVENTS.take();
    assert_eq!(events.len(), 3);
    let dropped = events.iter().position(|event| *event == "dropped");
    let (before, after) = events.split_at(dropped.unwrap());
    assert!(before.iter().all(|event| *event == "found"), "{events:?}");
    assert!(
        after[1..].iter().all(|event| *event == "refused"),
        "{events:?}"
    );
}

/// A first use in the destructor of a thread-local, in a thread that has used objects and in one
/// that has not: whoever gets a value has it dropped.
#[test]
fn a_first_use_in_a_thread_local_s_destructor() {
    static DROPS: Tally = Tally::new();
    static USES: Tally = Tally::new();
    static OLD: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| DROPS.add()));
    static NEW: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| DROPS.add()));
    let first_use = || {
        if NEW.try_with(|_| ()).is_ok() {
            USES.add();
        }
    };
    elsewhere(|| FIRST.set(Some(OnDrop::new(first_use))));
    assert_eq!((USES.count(), DROPS.count()), (1, 1), "a table of its own");
    elsewhere(|| {
        FIRST.set(Some(OnDrop::new(first_use)));
        OLD.with(|_| ());
        LAST.set(Some(OnDrop::new(first_use)));
    });
    assert_eq!(DROPS.count(), USES.count() + 1);
    assert!(OLD.is_empty() && NEW.is_empty());
}

/// An object that is itself a thread's own, and goes before or after the values.
#[test]
fn an_object_in_a_thread_local() {
    let ledger = Ledger::new();
    elsewhere(|| {
        let [first, last] = [(); 2].map(|()| sole(numbered(ledger)));
        first.with(Tracked::id);
        last.with(Tracked::id);
        FIRST.set(Some(OnDrop::new(move || drop(first))));
        LAST.set(Some(OnDrop::new(move || drop(last))));
    });
    assert_eq!((ledger.made(), ledger.alive()), (2, 0));
}
