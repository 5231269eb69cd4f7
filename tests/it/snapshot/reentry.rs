//! A destructor that uses the cell its value was in, wherever the value is let go of.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use onset::{Guard, SnapshotCell};

use super::{Ending, Shared, on, seen, sole};
use crate::support::{Ledger, Worker, watchdog};

/// What a destructor does with the cell. Each value's number is its generation.
type Use = fn(&SnapshotCell<Ending>, &'static Ledger);

const USES: [(&str, Use); 9] = [
    ("load", |cell, _| {
        seen(cell);
    }),
    ("reader", |cell, _| {
        cell.reader().load().id();
    }),
    ("store", |cell, ledger| cell.store(next(cell, ledger))),
    ("swap", |cell, ledger| {
        let generation = cell.generation();
        assert_eq!(cell.swap(next(cell, ledger)).id(), generation);
    }),
    ("update", |cell, ledger| {
        cell.update(|old| Ending::quiet(ledger, old.id() + 1));
    }),
    ("compare and swap", |cell, ledger| {
        let (guard, new) = (cell.load(), Arc::new(next(cell, ledger)));
        assert!(cell.compare_and_swap(&guard, new).is_ok());
    }),
    ("wait", |cell, _| {
        let seen = cell.generation();
        assert_eq!(cell.wait_for_change(seen, Duration::ZERO), None);
    }),
    ("load, store, load", |cell, ledger| {
        let before = cell.load();
        cell.store(next(cell, ledger));
        assert_eq!(cell.load().id(), before.id() + 1);
    }),
    ("another cell", |_, ledger| {
        let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
        let guard = cell.load();
        cell.store(Ending::quiet(ledger, 2));
        assert_eq!((guard.id(), seen(&cell)), (1, (2, 2)));
    }),
];

fn next(cell: &SnapshotCell<Ending>, ledger: &'static Ledger) -> Ending {
    Ending::quiet(ledger, cell.generation() + 1)
}

/// A way to let go of the first value, which is published.
type Place = fn(&Shared<Ending>, &'static Ledger);

const PLACES: [(&str, Place); 10] = [
    ("a store", |cell, ledger| cell.store(next(cell, ledger))),
    ("a store of an `Arc`", |cell, ledger| {
        cell.store_arc(Arc::new(next(cell, ledger)));
    }),
    ("a swap's old one", |cell, ledger| {
        drop(cell.swap(next(cell, ledger)));
    }),
    ("a load that renews", |cell, ledger| {
        drop(cell.load());
        cell.store(next(cell, ledger));
        assert_eq!(cell.load().id(), 2, "what it found");
    }),
    ("a guard", |cell, ledger| {
        let guard = cell.load();
        cell.store(next(cell, ledger));
        assert_eq!((cell.load().id(), guard.id()), (2, 1));
    }),
    ("a guard beside a newer one", |cell, ledger| {
        let old = cell.load();
        cell.store(next(cell, ledger));
        let newer = cell.load();
        drop(old);
        assert_eq!((newer.id(), Guard::generation(&newer)), (2, 2));
    }),
    ("a reader's load", |cell, ledger| {
        let mut reader = cell.reader();
        cell.store(next(cell, ledger));
        assert_eq!(reader.load().id(), 2, "what it found");
    }),
    ("a reader", |cell, ledger| {
        let _reader = cell.reader();
        cell.store(next(cell, ledger));
    }),
    ("an update that was overtaken", |cell, ledger| {
        drop(cell.load());
        let overtaken = cell.try_update(|_| {
            cell.store(next(cell, ledger));
            assert_eq!(cell.load().id(), 2);
            Err(())
        });
        assert!(overtaken.is_err());
    }),
    ("a thread's exit", |cell, ledger| {
        let worker = Worker::new();
        on(&worker, cell, |cell| assert_eq!(cell.load().id(), 1));
        cell.store(next(cell, ledger));
        worker.exit().unwrap();
    }),
];

/// A cell whose first value uses it when it is dropped.
fn cell(ledger: &'static Ledger, used: &Arc<AtomicUsize>, use_it: Use) -> Shared<Ending> {
    let used = Arc::clone(used);
    Arc::new_cyclic(|cell: &Weak<SnapshotCell<Ending>>| {
        let cell = Weak::clone(cell);
        let end = move || {
            let cell = cell.upgrade().expect("the cell outlives its first value");
            use_it(&cell, ledger);
            used.fetch_add(1, Ordering::Relaxed);
        };
        SnapshotCell::new(Ending::new(ledger, 1, end))
    })
}

#[test]
fn every_use_in_every_place() {
    let _watch = watchdog();
    for (place, let_go) in PLACES {
        for (name, use_it) in USES {
            let (ledger, used) = (Ledger::new(), Arc::default());
            let cell = cell(ledger, &used, use_it);
            let_go(&cell, ledger);
            assert_eq!(used.load(Ordering::Relaxed), 1, "{name} in {place}");
            let now = cell.generation();
            assert_eq!(seen(&cell), (now, now), "{name} in {place}");
            assert_eq!(ledger.alive(), 1, "{name} in {place}");
            drop(sole(cell));
            assert_eq!(ledger.alive(), 0, "{name} in {place}");
        }
    }
}

/// Each destructor publishes a value, whose publication lets go of one, and so on.
#[test]
fn a_long_row_of_destructors() {
    fn value(cell: Weak<SnapshotCell<Ending>>, ledger: &'static Ledger, left: u64) -> Ending {
        Ending::new(ledger, left, move || {
            if let (Some(shared), 1..) = (cell.upgrade(), left) {
                shared.store(value(cell, ledger, left - 1));
            }
        })
    }
    let ledger = Ledger::new();
    let cell = Arc::new_cyclic(|cell| SnapshotCell::new(value(Weak::clone(cell), ledger, 50)));
    cell.store(value(Arc::downgrade(&cell), ledger, 50));
    assert_eq!((ledger.made(), ledger.alive()), (102, 1));
    assert_eq!((cell.generation(), cell.load().id()), (102, 0));
}

/// At the cell's end its values still may use others.
#[test]
fn with_the_cell_another_one_is_used() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let other = Shared::new(SnapshotCell::new(Ending::quiet(ledger, 1)));
    let store_there = |id| {
        let other = Arc::clone(&other);
        Ending::new(ledger, id, move || {
            assert_eq!(seen(&other).0, other.generation());
            other.store(next(&other, ledger));
        })
    };
    let cell = Shared::new(SnapshotCell::new(store_there(1)));
    let worker = Worker::new();
    on(&worker, &cell, |cell| assert_eq!(cell.load().id(), 1));
    cell.store(store_there(2));
    drop(sole(cell));
    assert_eq!(seen(&other), (3, 3));
    worker.exit().unwrap();
    assert_eq!((seen(&other), ledger.alive()), ((3, 3), 1));
}
