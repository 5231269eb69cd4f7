//! `store`, `swap` and `compare_and_swap`: what is there afterwards, and what comes back.

use std::{ptr, sync::Arc};

use onset::{Guard, SnapshotCell};

use super::{Ending, Shared, on, seen};
use crate::support::{Ledger, Worker, catch, planned_panic, watchdog};

#[test]
fn each_publication_counts_one() {
    let ledger = Ledger::new();
    let value = |id| Ending::quiet(ledger, id);
    let cell = SnapshotCell::new(value(1));
    assert_eq!(seen(&cell), (1, 1));
    cell.store(value(2));
    assert_eq!(seen(&cell), (2, 2));
    cell.store_arc(Arc::new(value(3)));
    assert_eq!(seen(&cell), (3, 3));
    assert_eq!(cell.swap(value(4)).id(), 3);
    assert_eq!(seen(&cell), (4, 4));
    assert_eq!(cell.swap_arc(Arc::new(value(5))).id(), 4);
    assert_eq!(seen(&cell), (5, 5));
    let old = cell.compare_and_swap(&cell.load(), Arc::new(value(6)));
    assert_eq!(old.ok().unwrap().id(), 5);
    assert_eq!(seen(&cell), (6, 6));
    assert_eq!(cell.update(|old| value(old.id() + 1)).id(), 7);
    assert_eq!(seen(&cell), (7, 7));
    let new = cell.try_update(|old| Ok::<_, ()>(value(old.id() + 1)));
    assert_eq!(new.ok().unwrap().id(), 8);
    assert_eq!(seen(&cell), (8, 8));
    assert_eq!((ledger.made(), ledger.alive()), (8, 1));
}

#[test]
fn what_publishes_nothing_counts_nothing() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
    let stranger = Arc::new(Ending::quiet(ledger, 1));
    let refused = cell.compare_and_swap(&stranger, Arc::new(Ending::quiet(ledger, 2)));
    assert!(refused.is_err());
    assert!(catch(|| cell.update(|_| panic_quietly())).is_err());
    assert_eq!(cell.try_update(|_| Err("no")).err(), Some("no"));
    assert_eq!(seen(&cell), (1, 1));
    drop((refused, stranger));
    assert_eq!(ledger.alive(), 1);
}

fn panic_quietly() -> Ending {
    planned_panic()
}

#[test]
fn an_arc_is_published_as_it_is() {
    let [one, two, three] = [1, 2, 3].map(Arc::new);
    let cell = SnapshotCell::with_arc(Arc::clone(&one));
    assert!(Arc::ptr_eq(&cell.load_full(), &one));
    cell.store_arc(Arc::clone(&two));
    assert!(Arc::ptr_eq(&cell.load_full(), &two) && ptr::eq(&*cell.load(), &*two));
    assert!(Arc::ptr_eq(&cell.swap_arc(Arc::clone(&three)), &two));
    let old = cell.compare_and_swap(&three, Arc::clone(&one)).unwrap();
    assert!(Arc::ptr_eq(&old, &three) && Arc::ptr_eq(&cell.load_full(), &one));
    drop((cell, old));
    assert_eq!([one, two, three].map(|arc| Arc::strong_count(&arc)), [1; 3]);
}

/// One that is published again is a new publication of the same value.
#[test]
fn the_same_arc_may_come_again() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(1));
    let (guard, again) = (cell.load(), cell.load_full());
    cell.store(ledger.value(2));
    assert_eq!(cell.load().id(), 2);
    cell.store_arc(again);
    let newer = cell.load();
    assert!(ptr::eq(&*guard, &*newer));
    assert_eq!(
        (Guard::generation(&guard), Guard::generation(&newer)),
        (1, 3)
    );
    assert!(
        cell.compare_and_swap(&guard, Arc::new(ledger.value(4)))
            .is_ok()
    );
    drop((guard, newer));
    assert_eq!((cell.load().id(), ledger.alive()), (4, 1));
}

#[test]
fn a_swap_gives_back_what_was_there() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(1));
    let published = cell.load_full();
    let old = cell.swap(ledger.value(2));
    assert!(Arc::ptr_eq(&old, &published));
    drop((old, published));
    assert_eq!(ledger.alive(), 2, "this thread's copy");
    assert_eq!((cell.load().id(), ledger.alive()), (2, 1));
}

/// What a guard, an `Arc` or a reader dereferences to is the expected value; an equal one is not.
#[test]
fn the_expected_value_is_the_same_one() {
    let cell = SnapshotCell::new(7);
    let refused = |expected: &i32| cell.compare_and_swap(expected, Arc::new(8)).unwrap_err();
    for stranger in [&7, &*Arc::new(7), &*SnapshotCell::new(7).load()] {
        let changed = refused(stranger);
        assert!(Arc::ptr_eq(&changed.current, &cell.load_full()));
        assert_eq!(*changed.new, 8);
    }
    assert!(cell.compare_and_swap(&cell.load(), Arc::new(7)).is_ok());
    assert!(
        cell.compare_and_swap(&cell.load_full(), Arc::new(7))
            .is_ok()
    );
    let mut reader = cell.reader();
    assert!(cell.compare_and_swap(reader.load(), Arc::new(7)).is_ok());
    refused(&reader.to_arc());
    assert!(cell.compare_and_swap(reader.load(), Arc::new(9)).is_ok());
    assert_eq!((*cell.load(), cell.generation()), (9, 5));
}

#[test]
fn values_without_a_size_are_told_apart() {
    struct Nothing;
    let cell = SnapshotCell::new(Nothing);
    let first = cell.load();
    cell.store(Nothing);
    assert!(cell.compare_and_swap(&first, Arc::new(Nothing)).is_err());
    assert!(cell.compare_and_swap(&Nothing, Arc::new(Nothing)).is_err());
    assert!(
        cell.compare_and_swap(&cell.load(), Arc::new(Nothing))
            .is_ok()
    );
    assert_eq!(cell.generation(), 3);
}

#[test]
fn a_refused_value_comes_back_with_the_published_one() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(1));
    let stale = cell.load();
    cell.store(ledger.value(2));
    let new = Arc::new(ledger.value(3));
    let offered = Arc::clone(&new);
    let changed = cell.compare_and_swap(&stale, new).unwrap_err();
    assert!(Arc::ptr_eq(&changed.current, &cell.load_full()));
    assert!(Arc::ptr_eq(&changed.new, &offered));
    assert_eq!(format!("{changed:?}"), "Changed { current: #2, new: #3 }");
    drop((stale, changed, offered));
    assert_eq!(ledger.alive(), 1);
}

/// A thread that was told of a publication sees it, whoever published it.
#[test]
fn who_was_told_sees_it() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = Shared::new(SnapshotCell::new(ledger.value(1)));
    let workers = [Worker::new(), Worker::new(), Worker::new()];
    for id in 2..50 {
        let writer = &workers[(id % 3) as usize];
        on(writer, &cell, move |cell| cell.store(ledger.value(id)));
        for worker in &workers {
            on(worker, &cell, move |cell| assert_eq!(cell.load().id(), id));
        }
        assert_eq!(ledger.alive(), 1, "nobody holds an old one");
    }
}
