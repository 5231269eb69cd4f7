//! A guard keeps its snapshot, whatever is published meanwhile.

use std::{
    mem::ManuallyDrop,
    ptr,
    sync::{Arc, Mutex},
};

use onset::{Guard, SnapshotCell};

use super::{Shared, on, sole};
use crate::support::{Ledger, Tracked, Worker, watchdog};

fn cell(ledger: &'static Ledger) -> SnapshotCell<Tracked> {
    SnapshotCell::new(ledger.value(1))
}

#[test]
fn a_guard_held_across_stores_keeps_its_value() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let guard = cell.load();
    for id in 2..6 {
        cell.store(ledger.value(id));
        assert_eq!(cell.load().id(), id);
        assert_eq!((guard.id(), Guard::generation(&guard)), (1, 1));
        assert_eq!(ledger.alive(), 2, "the kept one and the current one");
    }
    drop(guard);
    assert_eq!(ledger.alive(), 1);
    drop(cell);
    assert_eq!(ledger.alive(), 0);
}

/// While no guard is out the thread's copy is renewed in place, and otherwise beside it: a guard of
/// either kind is a guard of its own value.
#[test]
fn guards_of_one_generation_share_the_snapshot() {
    let cell = SnapshotCell::new(1);
    for _ in 0..3 {
        let (one, other, full) = (cell.load(), cell.load(), cell.load_full());
        assert!(ptr::eq(&*one, &*other) && ptr::eq(&*one, &*full));
        assert!(Arc::ptr_eq(&Guard::to_arc(&one), &full));
        cell.store(*one + 1);
        let newer = cell.load();
        assert!(!ptr::eq(&*one, &*newer));
        assert_eq!((*one + 1, *other + 1), (*newer, *newer));
    }
}

/// All orders of `0..n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let Some(last) = n.checked_sub(1) else {
        return vec![vec![]];
    };
    let insert = |order: Vec<usize>| {
        (0..n).map(move |place| {
            let mut order = order.clone();
            order.insert(place, last);
            order
        })
    };
    orders(last).into_iter().flat_map(insert).collect()
}

/// Of the first value two guards, of the second one a guard and its clone, of the current one a
/// guard.
fn five_guards<'a>(
    cell: &'a SnapshotCell<Tracked>,
    ledger: &'static Ledger,
) -> [Option<Guard<'a, Tracked>>; 5] {
    let (first, again) = (cell.load(), cell.load());
    cell.store(ledger.value(2));
    let second = cell.load();
    let clone = second.clone();
    cell.store(ledger.value(3));
    [first, again, second, clone, cell.load()].map(Some)
}

#[test]
fn guards_nest_and_are_dropped_in_any_order() {
    let ids = [1, 1, 2, 2, 3];
    let ledger = Ledger::new();
    for order in orders(5) {
        let cell = cell(ledger);
        let mut guards = five_guards(&cell, ledger);
        for n in order {
            assert_eq!(guards[n].take().unwrap().id(), ids[n]);
            let mut kept = vec![3];
            for (guard, id) in guards.iter().zip(ids) {
                if let Some(guard) = guard {
                    assert_eq!((guard.id(), Guard::generation(guard)), (id, id));
                    kept.push(id);
                }
            }
            kept.sort_unstable();
            kept.dedup();
            assert_eq!(ledger.alive(), kept.len(), "{kept:?}");
        }
    }
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_thousand_guards_of_a_thousand_values() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let hold = |id: u64| {
        let guard = cell.load();
        cell.store(ledger.value(id + 1));
        guard
    };
    let guards: Vec<_> = (1..=1000).map(hold).collect();
    assert_eq!(ledger.alive(), 1001);
    for (guard, id) in guards.iter().zip(1..) {
        assert_eq!((guard.id(), Guard::generation(guard)), (id, id));
    }
    drop(guards);
    assert_eq!(
        ledger.alive(),
        2,
        "the current one, and this thread's copy of the one before"
    );
}

#[test]
fn an_arc_of_a_guard_outlives_guard_and_cell() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let guard = cell.load();
    let kept = Guard::to_arc(&guard);
    drop(guard);
    cell.store(ledger.value(2));
    let current = cell.load_full();
    assert_eq!((kept.id(), current.id(), ledger.alive()), (1, 2, 2));
    drop(cell);
    assert_eq!((kept.id(), current.id(), ledger.alive()), (1, 2, 2));
    drop((kept, current));
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_guard_keeps_its_value_while_others_publish_and_let_go() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = Shared::new(cell(ledger));
    let (guard, worker) = (cell.load(), Worker::new());
    for id in 2..5 {
        on(&worker, &cell, move |cell| {
            assert_eq!(cell.load().id(), id - 1);
            cell.store(ledger.value(id));
            assert_eq!(cell.load().id(), id);
        });
        assert_eq!((guard.id(), ledger.alive()), (1, 2));
    }
    drop(guard);
    assert_eq!(ledger.alive(), 2, "this thread's copy is still the first");
    assert_eq!(cell.load().id(), 4);
    assert_eq!(ledger.alive(), 1);
}

/// Forgets a guard for good, in a place where a leak checker finds it and takes no offence.
fn forget(guard: Guard<'_, Tracked>) {
    static FORGOTTEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let place = Box::into_raw(Box::new(ManuallyDrop::new(guard)));
    FORGOTTEN.lock().unwrap().push(place.expose_provenance());
}

#[test]
fn forgotten_guards_leak_their_snapshot_and_no_other() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    forget(cell.load());
    forget(cell.load());
    forget(cell.load().clone());
    assert_eq!(ledger.alive(), 1);
    for id in 2..5 {
        cell.store(ledger.value(id));
        assert_eq!(cell.load().id(), id);
        assert_eq!(ledger.alive(), 2, "the leaked one and the current one");
    }
    drop(cell);
    assert_eq!(ledger.alive(), 1);
}

/// Whoever drops the cell lets go of the copies of all threads, also of those with a forgotten
/// guard.
#[test]
fn a_cell_with_forgotten_guards_is_dropped_elsewhere() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = Shared::new(cell(ledger));
    let workers = [Worker::new(), Worker::new()];
    for worker in &workers {
        on(worker, &cell, |cell| forget(cell.load()));
    }
    cell.store(ledger.value(2));
    on(&workers[0], &cell, |cell| {
        assert_eq!(cell.load().id(), 2);
        forget(cell.load());
    });
    cell.store(ledger.value(3));
    let cell = sole(cell);
    workers[1].run(move || drop(cell));
    assert_eq!(ledger.alive(), 2, "the first two leak, the third does not");
    for worker in workers {
        worker.exit().unwrap();
    }
    assert_eq!(ledger.alive(), 2);
}

#[test]
fn a_thread_with_a_forgotten_guard_exits() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, worker) = (Shared::new(cell(ledger)), Worker::new());
    on(&worker, &cell, |cell| forget(cell.load()));
    worker.exit().unwrap();
    cell.store(ledger.value(2));
    assert_eq!((cell.load().id(), ledger.alive()), (2, 2));
    drop(cell);
    assert_eq!(ledger.alive(), 1);
}
