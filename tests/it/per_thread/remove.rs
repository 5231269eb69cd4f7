//! `remove`: the thread's value, which it then has no more.

use std::{sync::Arc, thread};

use super::{elsewhere, id_at, ids, numbered, sole};
use crate::support::{Ledger, Tracked, Worker, watchdog};

#[test]
fn what_is_removed_is_the_caller_s() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    assert!(object.remove().is_none(), "there was never one");
    object.with(Tracked::id);
    let removed = object.remove().expect("there is one");
    assert_eq!((removed.id(), object.len(), ledger.alive()), (0, 0, 1));
    assert!(object.remove().is_none(), "it is gone");
    assert_eq!(object.with(Tracked::id), 1, "the next use computes");
    drop(sole(object));
    assert_eq!((removed.id(), ledger.alive()), (0, 1));
    drop(removed);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn it_outlives_its_thread() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    let removed = elsewhere(|| {
        object.with(Tracked::id);
        object.remove()
    });
    assert_eq!(removed.map(|value| value.id()), Some(0));
    assert_eq!((object.len(), ledger.alive()), (0, 0));
}

#[test]
fn only_the_calling_thread_s_is_removed() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers = super::crew(3, &object);
    assert!(object.remove().is_none());
    let at_the_second = Arc::clone(&object);
    let removed = workers[1].run(move || at_the_second.remove().map(|value| value.id()));
    assert_eq!((removed, ids(&object)), (Some(1), vec![0, 2]));
    assert_eq!(id_at(&workers[1], &object), 3);
    assert_eq!((ids(&object), ledger.alive()), (vec![0, 2, 3], 3));
    super::dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}

/// Values that come and go in every order leave the others where they are.
#[test]
fn in_every_order() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers: Vec<_> = (0..4).map(|_| Worker::new()).collect();
    for first in 0..4 {
        for last in (0..4).filter(|last| *last != first) {
            let made: Vec<_> = workers.iter().map(|w| id_at(w, &object)).collect();
            let mut left = made.clone();
            for leaves in [first, last] {
                let there = Arc::clone(&object);
                let removed = workers[leaves].run(move || there.remove().map(|v| v.id()));
                assert_eq!(removed, Some(made[leaves]));
                left.retain(|id| *id != made[leaves]);
                let mut seen = ids(&object);
                seen.sort_unstable();
                left.sort_unstable();
                assert_eq!((seen, ledger.alive()), (left.clone(), left.len()));
            }
        }
    }
    super::dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}

/// As often as one likes: the thread's place is free again each time.
#[test]
fn again_and_again() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    for id in 0..1000 {
        assert_eq!(object.with(Tracked::id), id);
        assert_eq!(object.remove().map(|value| value.id()), Some(id));
    }
    assert_eq!((ledger.made(), ledger.alive()), (1000, 0));
}

/// A value whose type borrows nothing may be anybody's: what is removed is sent on.
#[test]
fn what_is_removed_may_be_sent_on() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    object.with(Tracked::id);
    let removed = object.remove();
    thread::scope(|s| s.spawn(move || drop(removed)).join()).unwrap();
    assert_eq!(ledger.alive(), 0);
}
