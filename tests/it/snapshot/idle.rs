//! Threads that stop reading: each keeps at most one old value of a cell, and none of a cell that
//! is gone. What a thread keeps belongs to one cell, wherever that lies.

use std::{mem, sync::Arc};

use onset::SnapshotCell;

use super::{Ending, Shared, on, seen, sole};
use crate::support::{Ledger, Tracked, Worker, watchdog};

const THREADS: u64 = 5;

fn cell(ledger: &'static Ledger, id: u64) -> Shared<Tracked> {
    Shared::new(SnapshotCell::new(ledger.value(id)))
}

/// One that has loaded what is published, and is idle from then on.
fn reader_of(cell: &Shared<Tracked>, id: u64) -> Worker {
    let worker = Worker::new();
    on(&worker, cell, move |cell| assert_eq!(cell.load().id(), id));
    worker
}

#[test]
fn all_of_the_same_old_value() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = cell(ledger, 1);
    let workers: Vec<_> = (0..THREADS).map(|_| reader_of(&cell, 1)).collect();
    for id in 2..100 {
        cell.store(ledger.value(id));
        assert_eq!(ledger.alive(), 2, "the first one and the current one");
    }
    drop(sole(cell));
    assert_eq!(ledger.alive(), 0, "none after the cell's end");
    for worker in workers {
        worker.exit().unwrap();
    }
    assert_eq!(ledger.alive(), 0);
}

/// Each of its own; one after the other reads again or exits, and lets go.
#[test]
fn each_of_another_old_value() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = cell(ledger, 0);
    let read_and_store = |id| {
        let worker = reader_of(&cell, id);
        cell.store(ledger.value(id + 1));
        worker
    };
    let workers: Vec<_> = (0..THREADS).map(read_and_store).collect();
    let mut kept = 1 + THREADS as usize;
    assert_eq!(ledger.alive(), kept);
    for (n, worker) in workers.into_iter().enumerate() {
        kept -= 1;
        match n % 2 {
            0 => worker.exit().unwrap(),
            _ => on(&worker, &cell, |cell| assert_eq!(cell.load().id(), THREADS)),
        }
        assert_eq!(ledger.alive(), kept);
    }
    assert_eq!(kept, 1);
}

/// Whoever writes and does not read keeps nothing.
#[test]
fn a_writer_is_no_reader() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, worker) = (cell(ledger, 1), Worker::new());
    on(&worker, &cell, move |cell| {
        cell.store(ledger.value(2));
        cell.store_arc(Arc::new(ledger.value(3)));
    });
    cell.store(ledger.value(4));
    assert_eq!(ledger.alive(), 1);
}

/// One thread and many cells, some of which go while it is idle.
#[test]
fn of_many_cells() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let cells: Vec<_> = (0..100).map(|id| cell(ledger, id)).collect();
    for (id, cell) in (0..).zip(&cells) {
        on(&worker, cell, move |cell| assert_eq!(cell.load().id(), id));
        cell.store(ledger.value(1000 + id));
    }
    assert_eq!(ledger.alive(), 200);
    let (gone, left): (Vec<_>, Vec<_>) = (0..).zip(cells).partition(|(id, _)| id % 3 == 0);
    drop(gone);
    assert_eq!(ledger.alive(), 2 * left.len());
    for (id, cell) in &left {
        let id = 1000 + *id;
        on(&worker, cell, move |cell| assert_eq!(cell.load().id(), id));
    }
    assert_eq!(ledger.alive(), left.len());
    worker.exit().unwrap();
    assert_eq!(ledger.alive(), left.len());
}

/// A new cell at the place of an old one, in memory and in the threads' tables.
#[test]
fn a_new_cell_inherits_nothing() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let mut own = SnapshotCell::new(Ending::quiet(ledger, 0));
    for id in 1..100 {
        let shared = cell(ledger, id);
        on(&worker, &shared, move |cell| {
            assert_eq!(cell.load().id(), id);
        });
        assert_eq!(ledger.alive(), 2);
        drop(sole(shared));
        assert_eq!(seen(&own), (id - 1, 1));
        own = SnapshotCell::new(Ending::quiet(ledger, id));
        assert_eq!(ledger.alive(), 1);
    }
}

/// Cells are moved, and their threads' copies stay theirs.
#[test]
fn cells_that_change_places() {
    let ledger = Ledger::new();
    let [mut one, mut other] = [1, 2].map(|id| SnapshotCell::new(Ending::quiet(ledger, id)));
    assert_eq!((seen(&one), seen(&other)), ((1, 1), (2, 1)));
    mem::swap(&mut one, &mut other);
    assert_eq!((seen(&one), seen(&other)), ((2, 1), (1, 1)));
    one.store(Ending::quiet(ledger, 3));
    let moved = Box::new(one);
    assert_eq!((seen(&moved), seen(&other)), ((3, 2), (1, 1)));
    assert_eq!(ledger.alive(), 2);
    drop(moved);
    assert_eq!((seen(&other), ledger.alive()), ((1, 1), 1));
}
