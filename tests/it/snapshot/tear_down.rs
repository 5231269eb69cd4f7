//! Cells in the destructors of a thread's own values: before the thread's copies are gone, and
//! after, when there are no copies any more.

use std::{
    cell::RefCell,
    panic::resume_unwind,
    sync::{
        Arc, LazyLock,
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use onset::{Guard, SnapshotCell};

use super::{Ending, Shared, on, seen, sole};
use crate::support::{Ledger, Worker, catch, is_planned, watchdog};

type Outcome<R> = thread::Result<R>;

/// Does something when its thread is torn down, and reports what became of it: a panic that left
/// it would end the program.
struct AtExit {
    act: Option<Box<dyn FnOnce()>>,
}

impl AtExit {
    fn new<R: 'static>(act: impl FnOnce() -> R + 'static, report: Sender<Outcome<R>>) -> Self {
        let act = move || report.send(catch(act)).expect("the test waits");
        let act: Option<Box<dyn FnOnce()>> = Some(Box::new(act));
        Self { act }
    }
}

impl Drop for AtExit {
    fn drop(&mut self) {
        if let Some(act) = self.act.take() {
            act();
        }
    }
}

thread_local!(static AT_EXIT: RefCell<Option<AtExit>> = const { RefCell::new(None) });

/// On a thread of its own does `before`, and what that returns when the thread is torn down.
/// `early`: the thread-local that acts is older than the thread's copies, and so goes before them
/// or after, as the platform has it; otherwise the other way around.
fn when_torn_down<R, Act>(early: bool, before: impl FnOnce() -> Act + Send + 'static) -> R
where
    R: Send + 'static,
    Act: FnOnce() -> R + 'static,
{
    let (report, outcome) = channel();
    let dies = thread::spawn(move || {
        if early {
            AT_EXIT.set(None);
        }
        let act = before();
        AT_EXIT.set(Some(AtExit::new(act, report)));
    });
    dies.join().unwrap();
    let outcome = outcome.recv().expect("it has acted");
    outcome.unwrap_or_else(|p| resume_unwind(p))
}

/// A cell with its first value, and the ledger of all that it will have.
fn scene() -> (&'static Ledger, Shared<Ending>) {
    let ledger = Ledger::new();
    let cell = Shared::new(SnapshotCell::new(Ending::quiet(ledger, 1)));
    (ledger, cell)
}

/// Everything that a cell can do; each value's number is its generation.
fn use_it(cell: &SnapshotCell<Ending>, ledger: &'static Ledger) {
    let next = || Ending::quiet(ledger, cell.generation() + 1);
    let (guard, mut reader) = (cell.load(), cell.reader());
    cell.store(next());
    assert_eq!((seen(cell), guard.id()), ((2, 2), 1));
    assert_eq!(cell.swap(next()).id(), 2);
    assert_eq!(
        cell.update(|old| Ending::quiet(ledger, old.id() + 1)).id(),
        4
    );
    let (refused, newest) = (cell.compare_and_swap(&guard, Arc::new(next())), cell.load());
    assert_eq!(refused.err().unwrap().current.id(), 4);
    assert!(cell.compare_and_swap(&newest, Arc::new(next())).is_ok());
    assert_eq!((reader.load().id(), newest.id(), guard.id()), (5, 4, 1));
    assert_eq!(cell.wait_for_change(5, Duration::from_micros(100)), None);
    assert_eq!((cell.load_full().id(), seen(cell)), (5, (5, 5)));
}

#[test]
fn everything_works() {
    for early in [true, false] {
        let (_watch, (ledger, cell)) = (watchdog(), scene());
        let shared = Arc::clone(&cell);
        when_torn_down(early, move || {
            assert_eq!(shared.load().id(), 1);
            move || use_it(&shared, ledger)
        });
        assert_eq!((ledger.alive(), seen(&cell)), (1, (5, 5)));
    }
}

/// The thread has never looked at the cell, nor perhaps at any other.
#[test]
fn everything_works_at_first_sight() {
    for early in [true, false] {
        let (_watch, (ledger, cell)) = (watchdog(), scene());
        let shared = Arc::clone(&cell);
        when_torn_down(early, move || move || use_it(&shared, ledger));
        assert_eq!((ledger.alive(), seen(&cell)), (1, (5, 5)));
    }
}

/// Where the thread has no copies any more, a value goes with its last guard.
#[test]
fn a_load_without_a_copy() {
    let leaves_a_copy = [true, false].map(|early| {
        let (_watch, (ledger, cell)) = (watchdog(), scene());
        let shared = Arc::clone(&cell);
        let alive = when_torn_down(early, move || {
            assert_eq!(shared.load().id(), 1);
            move || {
                let guard = shared.load();
                shared.store(Ending::quiet(ledger, 2));
                assert_eq!((guard.id(), Guard::generation(&guard)), (1, 1));
                assert_eq!(ledger.alive(), 2);
                drop(guard);
                ledger.alive()
            }
        });
        assert_eq!(ledger.alive(), 1);
        alive == 2
    });
    assert!(
        leaves_a_copy.contains(&false),
        "neither came after the copies had gone"
    );
}

/// The update's own guard is the last to let go of the old value, whose destructor panics: what was
/// published stays, and nothing else does.
#[test]
fn an_update_without_a_copy_whose_old_value_panics() {
    for early in [true, false] {
        let ledger = Ledger::new();
        let cell = Shared::new(SnapshotCell::new(Ending::panics(ledger, 1)));
        let shared = Arc::clone(&cell);
        let outcome = when_torn_down(early, move || {
            assert_eq!(shared.load().id(), 1);
            move || catch(|| shared.update(|_| Ending::quiet(ledger, 2)).id())
        });
        // Where the copy is still there it keeps the old value, and the thread's exit lets it go.
        assert!(matches!(&outcome, Ok(2)) || outcome.is_err_and(|p| is_planned(&p)));
        assert_eq!((seen(&cell), ledger.alive()), ((2, 2), 1));
        cell.store(Ending::quiet(ledger, 3));
        assert_eq!((seen(&cell), ledger.alive()), ((3, 3), 1));
    }
}

#[test]
fn a_first_value_is_computed() {
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    for early in [true, false] {
        let cell = Shared::new(SnapshotCell::lazy(|| Ending::quiet(&LEDGER, 1)));
        let shared = Arc::clone(&cell);
        let found = when_torn_down(early, move || move || seen(&shared));
        assert_eq!((found, LEDGER.alive()), ((1, 1), 1));
        drop(sole(cell));
        assert_eq!(LEDGER.alive(), 0);
    }
}

/// A guard that goes with its thread, before or after the thread's copies.
#[test]
fn a_guard_kept_by_the_thread() {
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    static CELL: SnapshotCell<Ending> = SnapshotCell::lazy(|| Ending::quiet(&LEDGER, 0));
    let store = || {
        let next = CELL.generation() + 1;
        CELL.store(Ending::quiet(&LEDGER, next));
        next
    };
    for (early, renewed) in [(true, true), (true, false), (false, true), (false, false)] {
        let own = store();
        let (kept, found) = when_torn_down(early, move || {
            let guard = CELL.load();
            if renewed {
                store();
                assert_eq!(CELL.load().id(), own + 1);
            }
            move || (guard.id(), CELL.load().id())
        });
        assert_eq!((kept, found), (own, own + u64::from(renewed)));
        assert_eq!(LEDGER.alive(), 1);
    }
}

/// The thread has the last handle to the cell of whose values it has a copy.
#[test]
fn a_cell_that_goes_with_the_thread() {
    for early in [true, false] {
        let (_watch, (ledger, cell)) = (watchdog(), scene());
        let other = Worker::new();
        on(&other, &cell, |cell| assert_eq!(cell.load().id(), 1));
        when_torn_down(early, move || {
            cell.store(Ending::quiet(ledger, 2));
            assert_eq!(cell.load().id(), 2);
            cell.store(Ending::quiet(ledger, 3));
            move || {
                // What the idle thread keeps, what is published, and the own copy, if it is there.
                assert!((2..=3).contains(&ledger.alive()));
                drop(sole(cell));
                assert_eq!(ledger.alive(), 0);
            }
        });
        other.exit().unwrap();
        assert_eq!(ledger.alive(), 0);
    }
}

/// A copy's destructor finds some of the thread's copies still there, and some gone.
#[test]
fn the_copies_of_a_thread_use_each_other_s_cells() {
    const CELLS: u64 = 6;
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let empty = || Shared::new(SnapshotCell::new(Ending::quiet(ledger, 0)));
    let cells: Arc<Vec<_>> = Arc::new((0..CELLS).map(|_| empty()).collect());
    for cell in cells.iter() {
        let all = Arc::clone(&cells);
        let use_all = move || {
            for cell in all.iter() {
                let new = cell.update(|old| Ending::quiet(ledger, old.id() + 1));
                assert!(cell.load().id() >= new.id());
            }
        };
        cell.store(Ending::new(ledger, 0, use_all));
        on(&worker, cell, |cell| assert_eq!(cell.load().id(), 0));
        cell.store(Ending::quiet(ledger, 0));
    }
    worker.exit().unwrap();
    assert!(cells.iter().all(|cell| cell.load().id() == CELLS));
    assert_eq!(ledger.alive(), CELLS as usize);
}
