//! When the source is asked for its version, and when it is loaded from.

use std::{cell::Cell, sync::Mutex, time::Duration};

use onset::{Guard, Reload, Stale};

use super::{BOTH, By, World, eager, got, patient, state, world::Says};
use crate::support::{Ledger, Worker};
use std::sync::Arc;

#[test]
fn the_source_is_asked_at_every_get_and_loads_what_is_new() {
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        for (version, calls) in [
            (1, (1, 1)),
            (1, (2, 1)),
            (2, (3, 2)),
            (2, (4, 2)),
            (7, (5, 3)),
        ] {
            reload.source().set(version);
            assert_eq!(got(&reload), version);
            assert_eq!(reload.source().calls(), calls);
        }
        assert_eq!(state(&reload), (3, None));
    }
}

/// The version says whether there is something new, not the value.
#[test]
fn another_value_of_the_same_version_is_not_seen() {
    let reload = eager(World::new(), Stale::Serve);
    assert_eq!(got(&reload), 1);
    reload.source().says(Says::Is(1), Says::Is(5));
    assert_eq!(got(&reload), 1);
    reload.source().says(Says::Is(2), Says::Is(5));
    assert_eq!(got(&reload), 5);
    assert_eq!(reload.source().calls(), (3, 2));
}

/// Versions need not grow: another one is a new one.
#[test]
fn an_earlier_version_is_loaded_again() {
    let reload = eager(World::new(), Stale::Serve);
    for version in [5, 3, 5, 3] {
        reload.source().set(version);
        assert_eq!(got(&reload), version);
    }
    assert_eq!(reload.source().calls(), (4, 4));
}

#[test]
fn whoever_is_not_due_is_not_asked() {
    for every in [
        Duration::MAX,
        Duration::from_secs(3600),
        Duration::from_secs(1_000_000_000_000),
    ] {
        let reload = Reload::new(World::new()).check_every(every);
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        assert_eq!((got(&reload), got(&reload)), (1, 1));
        assert_eq!(reload.source().calls(), (1, 1));
    }
}

/// The version is the one of before the load: what changes meanwhile is loaded next time.
#[test]
fn a_change_during_the_load_is_not_missed() {
    let reload = Arc::new(eager(World::new(), Stale::Serve));
    let world = Arc::clone(&reload);
    reload.source().at_load(move || world.source().set(2));
    assert_eq!(got(&reload), 1);
    assert_eq!(got(&reload), 2);
}

/// The value is already the new one, but its version was taken before: it is loaded once more,
/// rather than once too little.
#[test]
fn a_change_between_the_version_and_the_load_is_loaded_twice() {
    let reload = Arc::new(eager(World::new(), Stale::Serve));
    let world = Arc::clone(&reload);
    reload.source().at_stamp(move || world.source().set(2));
    assert_eq!([(); 3].map(|()| got(&reload)), [2; 3]);
    assert_eq!(reload.source().calls(), (3, 2));
}

#[test]
fn a_version_that_is_not_even_its_own_is_always_new() {
    let loads = Cell::new(0);
    let load = || {
        loads.set(loads.get() + 1);
        Ok::<_, ()>(loads.get())
    };
    let reload = Reload::new(By(|| Ok(f64::NAN), load)).check_every(Duration::ZERO);
    assert_eq!([(); 3].map(|()| *reload.get().unwrap()), [1, 2, 3]);
}

#[test]
fn guards_keep_what_they_have() {
    let reload = eager(World::new(), Stale::Serve);
    let guards: Vec<_> = (1..6)
        .map(|version| {
            reload.source().set(version);
            reload.get().unwrap()
        })
        .collect();
    for (guard, version) in guards.iter().zip(1..) {
        assert_eq!((guard.id(), Guard::generation(guard)), (version, version));
    }
}

/// One value is alive, and one more for each thread that has not looked since.
#[test]
fn old_values_go_when_the_last_one_has_looked_away() {
    let ledger = Ledger::new();
    let reload = Arc::new(eager(World::of(ledger), Stale::Serve));
    let reader = Worker::new();
    let ask = Arc::clone(&reload);
    assert_eq!(reader.run(move || got(&ask)), 1);
    for version in 2..5 {
        reload.source().set(version);
        assert_eq!(got(&reload), version);
        assert_eq!(ledger.alive(), 2, "the reader's, and the new one");
    }
    let ask = Arc::clone(&reload);
    assert_eq!(reader.run(move || got(&ask)), 4);
    assert_eq!(ledger.alive(), 1);
    reader.exit().unwrap();
}

/// A source may be used while the reload has it, and it is the same one all the time.
#[test]
fn the_source_can_be_had() {
    let reload = patient(World::new(), Stale::Serve);
    let source: *const World = reload.source();
    assert_eq!(got(&reload), 1);
    assert!(std::ptr::eq(source, reload.source()));
    let list = Mutex::new(vec![1]);
    let load = || Ok::<_, ()>(list.lock().unwrap().clone());
    let borrowing = Reload::new(By(|| Ok(list.lock().unwrap().len()), load));
    let borrowing = borrowing.check_every(Duration::ZERO);
    assert_eq!(*borrowing.get().unwrap(), [1]);
    list.lock().unwrap().push(2);
    assert_eq!(*borrowing.get().unwrap(), [1, 2]);
}
