//! A thread that exits while the cell goes: each value is dropped by one of the two, and neither
//! waits for the other's destructors.

use std::{
    sync::{Arc, Weak},
    thread,
};

use onset::SnapshotCell;

use super::{Ending, Shared, on, sole};
use crate::support::{
    Gate, Ledger, Stall, StartLine, Tally, Tracked, Worker, hold, run_together, watchdog,
};

const ROUNDS: usize = if cfg!(miri) { 3 } else { 300 };

/// A thread that has a copy, lets go of the cell, and exits when the others are ready.
fn comes_and_goes(
    cell: &Shared<Tracked>,
    ready: &Arc<Tally>,
    line: &Arc<StartLine>,
) -> thread::JoinHandle<()> {
    let (cell, ready, line) = (Arc::clone(cell), Arc::clone(ready), Arc::clone(line));
    thread::spawn(move || {
        assert_eq!(cell.load().id(), 1);
        drop(cell);
        ready.add();
        line.line_up();
    })
}

#[test]
fn three_threads_exit_as_the_cell_goes() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    for round in 0..ROUNDS {
        let cell = Shared::new(SnapshotCell::new(ledger.value(1)));
        let (ready, line) = (Arc::new(Tally::new()), Arc::new(StartLine::new(4)));
        let threads = [(); 3].map(|()| comes_and_goes(&cell, &ready, &line));
        ready.wait_for(3);
        if round % 2 == 0 {
            cell.store(ledger.value(2));
        }
        let cell = sole(cell);
        line.line_up();
        drop(cell);
        threads.into_iter().for_each(|goes| goes.join().unwrap());
        assert_eq!(ledger.alive(), 0);
    }
}

/// The scope waits for its threads' closures, and not for what follows them: the cell goes while
/// they are being torn down.
#[test]
fn a_scope_ends_before_its_threads_do() {
    let (_watch, dropped) = (watchdog(), Arc::new(Tally::new()));
    let counted = |ledger, id| {
        let dropped = Arc::clone(&dropped);
        Ending::new(ledger, id, move || dropped.add())
    };
    let ledger = Ledger::new();
    for round in 0..ROUNDS {
        let cell = SnapshotCell::new(counted(ledger, 1));
        let loaded = Tally::new();
        thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    assert_eq!(cell.load().id(), 1);
                    loaded.add();
                });
            }
            loaded.wait_for(3);
            cell.store(counted(ledger, 2));
        });
        drop(cell);
        // The last to let go of the first value may be a thread that is still on its way out.
        dropped.wait_for(2 * (round + 1));
    }
    assert_eq!(dropped.count(), 2 * ROUNDS);
}

/// Threads come and go all the time, while cells do.
#[test]
fn coming_and_going() {
    let ledger = Ledger::new();
    let cells = || [1, 2, 3].map(|id| SnapshotCell::new(ledger.value(id)));
    run_together(4, |_| {
        for _ in 0..ROUNDS / 4 {
            let cells = cells();
            thread::scope(|s| {
                let read = || cells.each_ref().map(|cell| cell.load().id());
                s.spawn(move || assert_eq!(read(), [1, 2, 3]));
                cells[0].store(ledger.value(1));
                assert_eq!(read(), [1, 2, 3]);
                s.spawn(move || assert_eq!(read(), [1, 2, 3]));
            });
        }
    });
}

/// A cell whose first value's destructor stands until the test lets it go on. One thread has a
/// copy of it; the second value is published.
fn scene(ledger: &'static Ledger, stall: &'static Stall) -> (Shared<Ending>, Worker) {
    let (worker, stands) = (Worker::new(), move || stall.stand());
    let cell = Shared::new(SnapshotCell::new(Ending::new(ledger, 1, stands)));
    on(&worker, &cell, |cell| assert_eq!(cell.load().id(), 1));
    cell.store(Ending::quiet(ledger, 2));
    (cell, worker)
}

#[test]
fn the_cell_goes_while_a_copy_s_destructor_runs() {
    static STALL: Stall = Stall::new();
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, worker) = scene(ledger, &STALL);
    thread::scope(|s| {
        let exits = hold(s, &STALL, || worker.exit().unwrap());
        assert_eq!((cell.load().id(), ledger.alive()), (2, 2));
        drop(sole(cell));
        assert_eq!(ledger.alive(), 1, "the one whose destructor runs");
        exits.end();
    });
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_thread_exits_while_the_cell_drops_its_copy() {
    static STALL: Stall = Stall::new();
    let (_watch, ledger, gone) = (watchdog(), Ledger::new(), Gate::new());
    let (cell, worker) = scene(ledger, &STALL);
    let cell = sole(cell);
    thread::scope(|s| {
        let drops = hold(s, &STALL, || {
            drop(cell);
            gone.open();
        });
        worker.exit().unwrap();
        assert_eq!(ledger.alive(), 1, "the one whose destructor runs");
        drops.end();
        gone.pass();
    });
    assert_eq!(ledger.alive(), 0);
}

/// While a thread's exit runs a destructor, others load and store.
#[test]
fn the_cell_is_used_while_a_copy_s_destructor_runs() {
    static STALL: Stall = Stall::new();
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (cell, worker) = scene(ledger, &STALL);
    let other = Worker::new();
    thread::scope(|s| {
        let exits = hold(s, &STALL, || worker.exit().unwrap());
        for id in 3..10 {
            cell.store(Ending::quiet(ledger, id));
            on(&other, &cell, move |cell| assert_eq!(cell.load().id(), id));
        }
        exits.end();
    });
    assert_eq!(ledger.alive(), 1);
}

/// The old value that an idle thread keeps owns the cell: the thread's exit ends both.
#[test]
fn an_old_copy_that_owns_the_cell() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let cell = Shared::new(SnapshotCell::new(Ending::quiet(ledger, 0)));
    let owner = Arc::clone(&cell);
    cell.store(Ending::new(ledger, 1, move || drop(owner)));
    on(&worker, &cell, |cell| assert_eq!(cell.load().id(), 1));
    cell.store(Ending::quiet(ledger, 2));
    let still_there: Weak<_> = Arc::downgrade(&cell);
    drop(cell);
    assert_eq!((still_there.strong_count(), ledger.alive()), (1, 2));
    worker.exit().unwrap();
    assert_eq!((still_there.strong_count(), ledger.alive()), (0, 0));
}
