//! `update` and `try_update`: the closure sees what it replaces, or is called again.

use std::{cell::Cell, sync::Arc, thread};

use onset::{Guard, SnapshotCell};

use super::{Ending, seen};
use crate::support::{
    Ledger, Stall, Tracked, catch, hold, is_planned, planned_panic, run_together, watchdog,
};

#[test]
fn it_publishes_what_the_closure_made_and_returns_that() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(1));
    let new = cell.update(|old| ledger.value(old.id() + 10));
    assert!(Arc::ptr_eq(&new, &cell.load_full()));
    let newer = cell.try_update(|old| Ok::<_, ()>(ledger.value(old.id() + 10)));
    assert!(Arc::ptr_eq(newer.as_ref().unwrap(), &cell.load_full()));
    assert_eq!((cell.load().id(), cell.generation()), (21, 3));
    drop((new, newer));
    assert_eq!((ledger.made(), ledger.alive()), (3, 1));
}

/// A closure that publishes a value itself, once, is called again with that one.
#[test]
fn a_closure_that_stores_is_called_again() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, given) = (SnapshotCell::new(ledger.value(1)), Cell::new(vec![]));
    let new = cell.update(|old| {
        let mut so_far = given.take();
        so_far.push(old.id());
        if so_far.len() == 1 {
            cell.store(ledger.value(5));
        }
        given.set(so_far);
        ledger.value(old.id() + 10)
    });
    assert_eq!((new.id(), given.take()), (15, vec![1, 5]));
    assert_eq!((cell.load().id(), cell.generation()), (15, 3));
    drop(new);
    assert_eq!((ledger.made(), ledger.alive()), (4, 1), "one was in vain");
}

/// The same with another thread that publishes while the closure runs, which it does not wait for.
#[test]
fn a_closure_that_was_overtaken_is_called_again() {
    let (_watch, ledger, stall) = (watchdog(), Ledger::new(), Stall::new());
    let cell = SnapshotCell::new(ledger.value(1));
    thread::scope(|s| {
        let update = || {
            let first = Cell::new(true);
            let make = |old: &Tracked| {
                if first.replace(false) {
                    stall.stand();
                }
                ledger.value(old.id() + 10)
            };
            cell.update(make).id()
        };
        let updates = hold(s, &stall, update);
        cell.store(ledger.value(5));
        assert_eq!(cell.load().id(), 5);
        assert_eq!(updates.end(), 15);
    });
    assert_eq!((cell.load().id(), cell.generation()), (15, 3));
    assert_eq!(ledger.alive(), 1);
}

#[test]
fn an_update_inside_an_update() {
    let _watch = watchdog();
    let (cell, calls) = (SnapshotCell::new(1), Cell::new(0));
    let new = cell.update(|old| {
        calls.set(calls.get() + 1);
        if calls.get() == 1 {
            assert_eq!(*cell.update(|old| old * 10), 10);
            assert_eq!((*cell.load(), *old), (10, 1));
        }
        old + 1
    });
    assert_eq!((*new, calls.get(), cell.generation()), (11, 2, 3));
}

/// The same `Arc` again: nobody can tell that there was another one in between, and nobody need.
#[test]
fn a_closure_that_puts_the_value_back_is_not_called_again() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, calls) = (SnapshotCell::new(ledger.value(1)), Cell::new(0));
    let new = cell.update(|old| {
        calls.set(calls.get() + 1);
        let own = cell.swap(ledger.value(2));
        assert_eq!(cell.load().id(), 2);
        cell.store_arc(own);
        ledger.value(old.id() + 10)
    });
    assert_eq!((new.id(), calls.get(), cell.generation()), (11, 1, 4));
    drop(new);
    assert_eq!((cell.load().id(), ledger.alive()), (11, 1));
}

#[test]
fn a_closure_that_panics_publishes_nothing() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
    for _ in 0..3 {
        assert!(is_planned(
            &catch(|| cell.update(|_| planned_panic())).err().unwrap()
        ));
        let payload = catch(|| cell.try_update(|_| -> Result<_, ()> { planned_panic() }));
        assert!(is_planned(&payload.err().unwrap()));
        assert_eq!((seen(&cell), ledger.alive()), ((1, 1), 1));
    }
    cell.store(Ending::quiet(ledger, 2));
    assert_eq!(
        (seen(&cell), ledger.alive()),
        ((2, 2), 1),
        "its guard is gone"
    );
    assert_eq!(
        cell.update(|old| Ending::quiet(ledger, old.id() + 1)).id(),
        3
    );
}

#[test]
fn a_closure_that_fails_publishes_nothing() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
    let failed = cell.try_update(|old| Err(old.id()));
    assert_eq!(failed.err(), Some(1));
    assert_eq!((seen(&cell), ledger.alive()), ((1, 1), 1));
}

/// What it published itself before it failed stays.
#[test]
fn a_closure_that_stores_and_then_ends_badly() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
    let failed = cell.try_update(|old| {
        cell.store(Ending::quiet(ledger, 2));
        Err(old.id())
    });
    assert_eq!((failed.err(), seen(&cell)), (Some(1), (2, 2)));
    let store_and_panic = |_: &Ending| {
        cell.store(Ending::quiet(ledger, 3));
        planned_panic()
    };
    assert!(catch(|| cell.update(store_and_panic)).is_err());
    assert_eq!((seen(&cell), ledger.alive()), ((3, 3), 1));
}

/// The guard of the update is none of the closure's: it may hold its own for as long as it likes.
#[test]
fn a_closure_may_keep_what_it_saw() {
    let ledger = Ledger::new();
    let (cell, kept) = (SnapshotCell::new(ledger.value(1)), Cell::new(None));
    cell.update(|old| {
        kept.set(Some(cell.load()));
        ledger.value(old.id() + 1)
    });
    let kept = kept.take().unwrap();
    assert_eq!((kept.id(), Guard::generation(&kept)), (1, 1));
    assert_eq!((cell.load().id(), ledger.alive()), (2, 2));
}

/// None gets lost, and each one has a number of its own.
#[test]
fn updates_of_many_threads_all_count() {
    const EACH: u64 = if cfg!(miri) { 20 } else { 2000 };
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(1));
    let count = |_| {
        let update = |_| cell.update(|old| ledger.value(old.id() + 1)).id();
        (0..EACH).map(update).collect::<Vec<_>>()
    };
    let mut numbers = run_together(4, count).concat();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(2..2 + 4 * EACH));
    assert_eq!(cell.generation(), 1 + 4 * EACH);
    assert_eq!(cell.load().id(), cell.generation());
    assert_eq!(ledger.alive(), 1);
}
