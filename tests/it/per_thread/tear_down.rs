//! Destructors that use objects themselves, most of them while their thread is being torn down:
//! they find what is left, and get nothing new.
//!
//! In which order a thread's values go is not promised, so no test here depends on it.

use std::{
    sync::{Arc, OnceLock},
    thread,
};

use onset::{AccessError, PerThread, ScopeError};

use super::{Log, OnDrop, dismiss, elsewhere, id_at, numbered, shared, work_with};
use crate::support::{Gate, Ledger, Tally, Tracked, Worker, catch, watchdog};

#[test]
fn a_value_that_is_gone_is_refused() {
    static TRIED: Log<Result<(), AccessError>> = Log::new();
    static OBJECT: PerThread<OnDrop> = PerThread::new(|| {
        OnDrop::new(|| {
            TRIED.push(OBJECT.try_with(|_| ()));
            assert!(catch(|| OBJECT.with(|_| ())).is_err());
            assert!(OBJECT.remove().is_none() && OBJECT.is_empty());
            OBJECT.for_each(|_| unreachable!("no thread has one"));
            TRIED.push(OBJECT.try_with(|_| ()));
        })
    });
    elsewhere(|| OBJECT.with(|_| ()));
    assert_eq!(TRIED.take(), [Err(AccessError::TornDown); 2]);
}

/// For objects that the thread never used, too.
#[test]
fn a_new_value_is_refused() {
    static TRIED: Log<Result<(), ScopeError<(), ()>>> = Log::new();
    static NEW: PerThread<Tracked> = PerThread::new(|| unreachable!("nobody would drop it"));
    static OBJECT: PerThread<OnDrop> = PerThread::new(|| {
        OnDrop::new(|| {
            TRIED.push(NEW.try_with(|_| ()).map_err(ScopeError::Access));
            TRIED.push(work_with(&NEW, |_| ()));
        })
    });
    elsewhere(|| OBJECT.with(|_| ()));
    let refused = Err(ScopeError::Access(AccessError::TornDown));
    assert_eq!(TRIED.take(), [refused.clone(), refused]);
}

/// Of two values that use each other, the one that goes first finds the other one.
#[test]
fn a_value_that_is_left_is_found() {
    static FOUND: Log<bool> = Log::new();
    static ONE: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| FOUND.push(OTHER.try_with(|_| ()).is_ok())));
    static OTHER: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| FOUND.push(ONE.try_with(|_| ()).is_ok())));
    elsewhere(|| {
        ONE.with(|_| ());
        OTHER.with(|_| ());
    });
    assert_eq!(FOUND.take(), [true, false]);
}

#[test]
fn a_value_that_is_left_can_be_removed() {
    static REMOVED: Log<bool> = Log::new();
    static ONE: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| REMOVED.push(OTHER.remove().is_some())));
    static OTHER: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| REMOVED.push(ONE.remove().is_some())));
    elsewhere(|| {
        ONE.with(|_| ());
        OTHER.with(|_| ());
    });
    // What the first one removes is dropped by it, and finds nothing.
    assert_eq!(REMOVED.take(), [true, false]);
    assert!(ONE.is_empty() && OTHER.is_empty());
}

/// A unit of work in a destructor, and the resource is dropped once all the same.
#[test]
fn a_value_that_is_left_can_be_worked_with() {
    let ledger = Ledger::new();
    let done = Arc::new(Tally::new());
    let resources = [numbered(ledger), numbered(ledger)];
    let [before, after] = resources.clone();
    let works = {
        let (resources, done) = (resources.clone(), Arc::clone(&done));
        shared(move || {
            let (resources, done) = (resources.clone(), Arc::clone(&done));
            OnDrop::new(move || {
                for resource in &resources {
                    match work_with(resource, |value| value.write(7)) {
                        Ok(()) => assert_eq!(resource.try_with(Tracked::id), Ok(7)),
                        refused => assert!(matches!(refused, Err(ScopeError::Access(_)))),
                    }
                    done.add();
                }
            })
        })
    };
    elsewhere(|| {
        before.with(Tracked::id);
        works.with(|_| ());
        after.with(Tracked::id);
    });
    assert_eq!((done.count(), ledger.made(), ledger.alive()), (2, 2, 0));
}

/// What is removed, or dropped with its object, is dropped in a thread that lives on: there a
/// destructor may have new values.
#[test]
fn a_thread_that_lives_on_computes_anew() {
    static NEW: PerThread<u8> = PerThread::new(|| 7);
    static SEVENS: Log<u8> = Log::new();
    static AGAIN: PerThread<OnDrop> = PerThread::new(|| {
        OnDrop::new(|| {
            // The value that is dropped is this thread's no more.
            SEVENS.push(u8::try_from(AGAIN.len()).unwrap());
            SEVENS.push(NEW.with(|seven| *seven));
        })
    });
    elsewhere(|| {
        AGAIN.with(|_| ());
        drop(AGAIN.remove());
        assert_eq!(SEVENS.take(), [0, 7]);
    });
    let (object, worker) = (
        shared(|| OnDrop::new(|| SEVENS.push(NEW.with(|seven| *seven)))),
        Worker::new(),
    );
    let there = Arc::clone(&object);
    worker.run(move || there.with(|_| ()));
    elsewhere(move || drop(object));
    assert_eq!(SEVENS.take(), [7]);
    dismiss([worker]);
}

/// A value that keeps its own object alive, and so ends it at its thread's exit, with all values.
#[test]
fn an_object_that_goes_with_a_value_of_its_own() {
    struct Keeper {
        _object: OnceLock<Arc<PerThread<Self>>>,
        _drop: OnDrop,
    }
    static DROPPED_BY: Log<thread::ThreadId> = Log::new();
    let keeper = || Keeper {
        _object: OnceLock::new(),
        _drop: OnDrop::new(|| DROPPED_BY.push(thread::current().id())),
    };
    let (_watch, object) = (watchdog(), Arc::new(PerThread::<Keeper>::new(keeper)));
    let [keeps, other] = [Worker::new(), Worker::new()];
    let (here, there) = (Arc::clone(&object), Arc::clone(&object));
    other.run(move || there.with(|_| ()));
    keeps.run(move || here.with(|own| own._object.set(Arc::clone(&here)).is_ok()));
    drop(object);
    let last = keeps.id();
    assert!(DROPPED_BY.take().is_empty());
    keeps.exit().unwrap();
    assert_eq!(DROPPED_BY.take(), [last; 2]);
    other.exit().unwrap();
    assert!(DROPPED_BY.take().is_empty(), "once");
}

/// A destructor that visits the values of the threads that live on.
#[test]
fn the_others_are_visited() {
    let (_watch, ledger, seen) = (watchdog(), Ledger::new(), Arc::new(Gate::new()));
    let object = numbered(ledger);
    let visits = {
        let (object, seen) = (Arc::clone(&object), Arc::clone(&seen));
        shared(move || {
            let (object, seen) = (Arc::clone(&object), Arc::clone(&seen));
            OnDrop::new(move || object.for_each(|_| seen.open()))
        })
    };
    let lives_on = Worker::new();
    assert_eq!(id_at(&lives_on, &object), 0);
    elsewhere(|| visits.with(|_| ()));
    seen.pass();
    dismiss([lives_on]);
}

/// The value that is left is found inside a use of it, too.
#[test]
fn a_value_that_is_left_can_be_used_twice_at_once() {
    static FOUND: Log<[bool; 2]> = Log::new();
    static ONE: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| FOUND.push(nested(&OTHER))));
    static OTHER: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| FOUND.push(nested(&ONE))));
    fn nested(object: &PerThread<OnDrop>) -> [bool; 2] {
        let inner = || object.try_with(|_| ()).is_ok();
        let mut inside = false;
        object.for_each(|_| inside |= inner());
        [object.try_with(|_| inner()) == Ok(true), inside]
    }
    elsewhere(|| {
        ONE.with(|_| ());
        OTHER.with(|_| ());
    });
    assert_eq!(FOUND.take(), [[true; 2], [false; 2]]);
}
