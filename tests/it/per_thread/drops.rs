//! Each value is dropped exactly once: when its thread exits or when the object goes, whichever
//! comes first.

use std::{
    sync::Arc,
    thread::{self, ThreadId},
};

use onset::PerThread;

use super::{
    Fragile, Log, Make, OnDrop, crew, dismiss, elsewhere, fragile, id_at, numbered, shared, sole,
};
use crate::support::{Ledger, Tally, Tracked, Worker, catch, is_planned, planned_panic, watchdog};

#[test]
fn at_its_thread_s_exit_by_that_thread() {
    static DROPPED_BY: Log<ThreadId> = Log::new();
    static OBJECT: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| DROPPED_BY.push(thread::current().id())));
    let own = elsewhere(|| {
        OBJECT.with(|_| ());
        assert!(DROPPED_BY.take().is_empty());
        thread::current().id()
    });
    assert_eq!(DROPPED_BY.take(), [own]);
    assert!(OBJECT.is_empty());
}

#[test]
fn with_the_object_by_whoever_drops_it() {
    static DROPPED_BY: Log<ThreadId> = Log::new();
    let object = shared(|| OnDrop::new(|| DROPPED_BY.push(thread::current().id())));
    let workers = [Worker::new(), Worker::new()];
    for worker in &workers {
        let object = Arc::clone(&object);
        worker.run(move || object.with(|_| ()));
    }
    drop(sole(object));
    assert_eq!(DROPPED_BY.take(), [thread::current().id(); 2]);
    dismiss(workers);
    assert!(DROPPED_BY.take().is_empty(), "once");
}

#[test]
fn the_thread_first_then_the_object() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let mut workers = crew(3, &object);
    dismiss(workers.drain(1..2));
    assert_eq!((ledger.alive(), object.len()), (2, 2));
    dismiss(workers);
    assert_eq!((ledger.alive(), object.len()), (0, 0));
    drop(object);
    assert_eq!((ledger.made(), ledger.alive()), (3, 0));
}

#[test]
fn the_object_first_then_the_thread() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers = crew(3, &object);
    object.with(|own| assert_eq!(own.id(), 3));
    drop(object);
    assert_eq!((ledger.made(), ledger.alive()), (4, 0));
    dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}

/// The initialiser had a value in hand when it panicked; the next use tries again.
#[test]
fn a_panicking_initialiser_leaves_nothing() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let object = PerThread::new(|| {
        let value = ledger.value(calls.count() as u64);
        calls.add();
        if calls.count() < 3 {
            planned_panic();
        }
        value
    });
    assert!(is_planned(&catch(|| object.with(Tracked::id)).unwrap_err()));
    assert!(is_planned(
        &catch(|| object.try_with(Tracked::id)).unwrap_err()
    ));
    assert_eq!((ledger.alive(), object.len()), (0, 0));
    assert!(object.remove().is_none());
    assert_eq!(object.with(Tracked::id), 2);
    assert_eq!((ledger.alive(), object.len()), (1, 1));
}

#[test]
fn a_panic_while_the_value_is_used_changes_nothing() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    let first_use = catch(|| object.with(|_| planned_panic()));
    let later = catch(|| object.with(|_| object.try_with(|_| planned_panic())));
    assert!(is_planned(&first_use.unwrap_err()) && is_planned(&later.unwrap_err()));
    assert_eq!(object.with(Tracked::id), 0);
    assert_eq!(
        object.remove().map(|value| value.id()),
        Some(0),
        "no longer in use"
    );
}

/// A payload that does not even let itself be dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        planned_panic();
    }
}

/// At a thread's exit: the other values are dropped, and the thread ends as it would have.
#[test]
fn destructors_that_panic_at_an_exit_stop_nothing() {
    static DROPS: Tally = Tally::new();
    let panics: [fn(); 3] = [
        || DROPS.add(),
        || {
            DROPS.add();
            planned_panic();
        },
        || {
            DROPS.add();
            std::panic::resume_unwind(Box::new(Bomb));
        },
    ];
    // Each kind comes before and after each other one, whatever the order.
    let objects: Vec<_> = (0..9)
        .map(|n| PerThread::new(move || OnDrop::new(panics[n * n % 7 % 3])))
        .collect();
    let outcome = thread::scope(|s| {
        let exits = s.spawn(|| {
            objects.iter().for_each(|object| object.with(|_| ()));
            "as it would have"
        });
        exits.join()
    });
    assert_eq!(outcome.ok(), Some("as it would have"));
    assert_eq!(DROPS.count(), 9);
    assert!(objects.iter().all(PerThread::is_empty));
    drop(objects);
    assert_eq!(DROPS.count(), 9, "once");
}

/// When the object goes, or its values do: the panic is passed on after the others were dropped.
#[test]
fn a_destructor_that_panics_with_the_object_is_passed_on_in_the_end() {
    type Object = PerThread<Fragile, Make<Fragile>>;
    let ways: [fn(Object); 4] = [
        |object| drop(object),
        |mut object| object.clear(),
        |object| drop(object.into_iter()),
        |object| object.into_iter().for_each(drop),
    ];
    for way in ways {
        let ledger = Ledger::new();
        let (object, workers) = fragile(ledger);
        assert!(is_planned(&catch(|| way(object)).unwrap_err()));
        assert_eq!((ledger.made(), ledger.alive()), (4, 0));
        dismiss(workers);
        assert_eq!(ledger.alive(), 0, "once");
    }
}

#[test]
fn after_a_clear_that_panicked_the_object_is_as_new() {
    let ledger = Ledger::new();
    let (mut object, workers) = fragile(ledger);
    assert!(catch(|| object.clear()).is_err());
    assert!(object.is_empty());
    assert_eq!(object.with(Fragile::id), 4);
    dismiss(workers);
    assert_eq!((ledger.alive(), object.len()), (1, 1));
}

#[test]
fn values_of_one_thread_and_several_objects() {
    let ledgers = [(); 5].map(|()| Ledger::new());
    let objects = ledgers.map(numbered);
    let workers = objects.each_ref().map(|object| {
        let worker = Worker::new();
        for other in &objects {
            id_at(&worker, other);
        }
        assert!(!object.is_empty());
        worker
    });
    let alive = || ledgers.map(Ledger::alive);
    assert_eq!(alive(), [5; 5]);
    let [a, b, c, d, e] = objects;
    drop((a, c));
    assert_eq!(alive(), [0, 5, 0, 5, 5]);
    dismiss(workers);
    assert_eq!(alive(), [0; 5]);
    drop((b, d, e));
    assert_eq!(alive(), [0; 5]);
}

/// The initialiser's destructor runs when the values have been taken out, and before they are
/// returned.
#[test]
fn an_initialiser_that_panics_when_it_goes() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            planned_panic();
        }
    }
    let (_watch, ledger, bomb) = (watchdog(), Ledger::new(), Bomb);
    let object = PerThread::new(move || {
        let _goes_with_the_initialiser = &bomb;
        ledger.value(1)
    });
    object.with(|_| ());
    assert!(is_planned(&catch(|| object.into_iter()).err().unwrap()));
    assert_eq!(ledger.alive(), 0);
}
