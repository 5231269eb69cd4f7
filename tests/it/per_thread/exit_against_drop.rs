//! Threads that exit at the moment when the object goes, or its values: each value is dropped by
//! one of the two.

use std::{panic, process, sync::Arc, thread};

use onset::PerThread;

use super::{Make, OnDrop, Shared, crew, dismiss, numbered, sole};
use crate::support::{
    Dice, Ledger, StartLine, Tally, Tracked, alone, assert_passed, run_together, watchdog,
};

const ROUNDS: usize = if cfg!(miri) { 3 } else { 250 };
const THREADS: usize = 3;

type Object = PerThread<Tracked, Make<Tracked>>;

/// A thread that has a value, lets go of the object, and exits when the others do.
fn comes_and_goes(object: &Shared<Tracked>, line: &Arc<StartLine>) -> thread::JoinHandle<()> {
    let (object, line) = (Arc::clone(object), Arc::clone(line));
    let ready = Arc::new(Tally::new());
    let told = Arc::clone(&ready);
    let goes = thread::spawn(move || {
        object.with(Tracked::id);
        drop(object);
        told.add();
        line.line_up();
    });
    ready.wait_for(1);
    goes
}

/// Some threads exit while the owner does something to the object.
fn race(end: impl Fn(Object)) {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    for _ in 0..ROUNDS {
        let (object, line) = (numbered(ledger), Arc::new(StartLine::new(THREADS + 1)));
        let threads = [(); THREADS].map(|()| comes_and_goes(&object, &line));
        let object = sole(object);
        line.line_up();
        end(object);
        for goes in threads {
            goes.join().expect("it ends as it should");
        }
        assert_eq!(ledger.alive(), 0);
    }
}

#[test]
fn drop_against_exit() {
    race(drop);
}

#[test]
fn clear_against_exit() {
    race(|mut object| {
        object.clear();
        assert!(object.is_empty());
    });
}

/// Some values have gone, the others are whole.
#[test]
fn into_iter_against_exit() {
    race(|object| {
        let values: Vec<_> = object.into_iter().collect();
        assert!(values.len() <= THREADS);
        assert!(values.iter().all(|value| value.id() < THREADS as u64));
    });
    race(|object| drop(object.into_iter().next()));
}

#[test]
fn iter_mut_against_exit() {
    race(|mut object| {
        let values = object.iter_mut();
        assert!(values.len() <= THREADS);
        values.for_each(|value| value.write(value.id() + 100));
        assert!(super::ids(&object).iter().all(|id| *id >= 100));
    });
}

/// The end of a scope waits for what its threads do, but not for their thread-locals.
#[test]
fn a_scope_of_threads_against_drop() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    for round in 0..ROUNDS {
        let drops = Arc::new(Tally::new());
        let object = PerThread::new(|| {
            let drops = Arc::clone(&drops);
            // The tuple's parts are dropped in this order.
            (ledger.value(round as u64), OnDrop::new(move || drops.add()))
        });
        thread::scope(|s| {
            for _ in 0..THREADS {
                s.spawn(|| object.with(|(value, _)| assert_eq!(value.id(), round as u64)));
            }
        });
        drop(object);
        drops.wait_for(THREADS);
    }
    assert_eq!((ledger.made(), ledger.alive()), (ROUNDS * THREADS, 0));
}

/// What a thread does to the objects between its beginning and its end.
fn meddle(objects: &[Shared<Tracked>], dice: &mut Dice) {
    for _ in 0..20 {
        let object = &objects[usize::try_from(dice.roll(objects.len() as u64)).unwrap()];
        match dice.roll(6) {
            0 => drop(object.remove()),
            1 | 2 => object.for_each(|value| assert!(value.id() < u64::MAX)),
            3 => assert!(object.len() <= THREADS),
            _ => assert!(object.with(Tracked::id) < u64::MAX),
        }
    }
}

/// Threads that come, use, remove, visit each other's values, and go.
#[test]
fn a_crowd() {
    let ledger = Ledger::new();
    let objects = [(); 3].map(|()| numbered(ledger));
    run_together(THREADS, |racer| {
        for life in 0..ROUNDS as u64 {
            let mut dice = Dice::new(life * 10 + racer as u64);
            super::elsewhere(|| meddle(&objects, &mut dice));
        }
    });
    assert!(objects.iter().all(|object| object.is_empty()));
    assert_eq!(ledger.alive(), 0);
}

/// An exit that comes after the object has nothing to do. What it says is said to the panic hook
/// alone, in a process where nobody else says anything.
#[test]
#[cfg_attr(miri, ignore = "starts a process")]
fn an_exit_that_comes_late_is_silent() {
    let body = || {
        panic::set_hook(Box::new(|_| process::abort()));
        for _ in 0..50 {
            let object = numbered(Ledger::new());
            let workers = crew(3, &object);
            drop(object);
            dismiss(workers);
        }
    };
    let name = "an_exit_that_comes_late_is_silent";
    if let Some(output) = alone(module_path!(), name, body) {
        assert_passed(&output);
    }
}
