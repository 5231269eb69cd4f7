//! A cell whose first value is computed by the first load.

use std::{
    panic::resume_unwind,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use onset::SnapshotCell;

use crate::{
    messages::{Part, at, complaint, cycle, without_columns},
    support::{
        Ledger, Tally, Tracked, catch, is_planned, planned_panic, run_together, text_of, watchdog,
    },
};

/// A way to ask for the value, and the line where it asks.
type Way = (u32, fn(&SnapshotCell<u64>));

fn ways() -> [Way; 8] {
    [
        (line!(), |cell| drop(cell.load())),
        (line!(), |cell| drop(cell.load_full())),
        (line!(), |cell| drop(cell.reader())),
        (line!(), |cell| drop(cell.swap(5))),
        (line!(), |cell| drop(cell.swap_arc(Arc::new(5)))),
        (line!(), |cell| drop(cell.update(|old| old + 1))),
        (line!(), |cell| drop(cell.try_update(|_| Err(())))),
        (line!(), |cell| drop(cell.compare_and_swap(&1, Arc::new(2)))),
    ]
}

#[test]
fn every_way_to_ask_computes_once() {
    static CALLS: Tally = Tally::new();
    for (n, (_, ask)) in ways().into_iter().enumerate() {
        let cell = SnapshotCell::lazy(|| {
            CALLS.add();
            1
        });
        assert_eq!((cell.generation(), CALLS.count()), (0, n));
        ask(&cell);
        let published = [1, 1, 1, 5, 5, 2, 1, 1][n];
        assert_eq!((*cell.load(), *cell.load_full()), (published, published));
        assert_eq!(cell.generation(), if published == 1 { 1 } else { 2 });
        assert_eq!(CALLS.count(), n + 1);
    }
}

#[test]
fn swap_and_update_begin_with_the_first_value() {
    let cells = [(); 3].map(|()| SnapshotCell::lazy(|| 1));
    assert_eq!(*cells[0].swap(5), 1);
    assert_eq!(*cells[1].update(|old| old + 10), 11);
    let changed = cells[2].compare_and_swap(&1, Arc::new(7)).unwrap_err();
    assert_eq!((*changed.current, *changed.new), (1, 7));
    assert_eq!(
        cells.map(|cell| (*cell.load(), cell.generation())),
        [(5, 2), (11, 2), (1, 1)]
    );
}

#[test]
fn looking_does_not_compute() {
    let _watch = watchdog();
    let cell: SnapshotCell<u64> = SnapshotCell::lazy(|| unreachable!("nobody asks"));
    assert_eq!(cell.generation(), 0);
    assert_eq!(format!("{cell:?}"), "SnapshotCell(<uninit>)");
    assert_eq!(cell.wait_for_change(0, Duration::ZERO), None);
    assert_eq!(cell.wait_for_change(0, Duration::from_millis(1)), None);
    assert_eq!(cell.wait_for_change(1, Duration::MAX), Some(0));
}

#[test]
fn a_value_that_was_stored_before_is_the_first() {
    let cell = SnapshotCell::lazy(|| unreachable!("there is a value"));
    cell.store(1);
    assert_eq!(
        (*cell.load(), *cell.reader().load(), cell.generation()),
        (1, 1, 1)
    );
    let cell = SnapshotCell::lazy(|| unreachable!("there is a value"));
    cell.store_arc(Arc::new(1));
    assert_eq!(
        (*cell.swap(2), *cell.load_full(), cell.generation()),
        (1, 2, 2)
    );
}

#[test]
fn one_of_many_threads_computes() {
    const ROUNDS: usize = if cfg!(miri) { 5 } else { 200 };
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    for round in 1..=ROUNDS {
        let cell = SnapshotCell::lazy(|| LEDGER.value(7));
        let ask = |n| match n % 3 {
            0 => cell.load().id(),
            1 => cell.load_full().id(),
            _ => cell.reader().load().id(),
        };
        assert_eq!(run_together(6, ask), [7; 6]);
        assert_eq!((cell.generation(), LEDGER.made()), (1, round));
        drop(cell);
        assert_eq!(LEDGER.alive(), 0);
    }
}

#[test]
fn an_initialiser_that_panics_is_tried_again_by_the_next_load() {
    static TRIES: Tally = Tally::new();
    let (ways, cell) = (ways(), SnapshotCell::lazy(try_to_compute));
    fn try_to_compute() -> u64 {
        TRIES.add();
        if TRIES.count() <= 8 {
            planned_panic();
        }
        1
    }
    for (_, ask) in ways {
        assert!(is_planned(&catch(|| ask(&cell)).unwrap_err()));
        assert_eq!(cell.generation(), 0);
        assert_eq!(format!("{cell:?}"), "SnapshotCell(<uninit>)");
    }
    assert_eq!((*cell.load(), cell.generation(), TRIES.count()), (1, 1, 9));
}

#[test]
fn a_store_after_a_panic_is_the_first_value() {
    let cell = SnapshotCell::lazy(|| planned_panic());
    assert!(catch(|| cell.load()).is_err());
    cell.store(3);
    assert_eq!((*cell.load(), cell.generation()), (3, 1));
}

/// The value that it stores itself wins, and what it returns is dropped.
#[test]
fn an_initialiser_may_store() {
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    static CELL: SnapshotCell<Tracked> = SnapshotCell::lazy(|| {
        CELL.store(LEDGER.value(1));
        assert_eq!((CELL.load().id(), CELL.generation()), (1, 1));
        assert_eq!(CELL.swap(LEDGER.value(2)).id(), 1);
        LEDGER.value(3)
    });
    assert_eq!((CELL.load().id(), CELL.generation()), (2, 2));
    assert_eq!((LEDGER.made(), LEDGER.alive()), (3, 1));
    CELL.store(LEDGER.value(4));
    assert_eq!((CELL.load().id(), LEDGER.alive()), (4, 1));
}

#[test]
fn an_initialiser_that_stores_and_panics_leaves_what_it_stored() {
    static CELL: SnapshotCell<u64> = SnapshotCell::lazy(|| {
        CELL.store(1);
        planned_panic()
    });
    assert!(is_planned(&catch(|| CELL.load()).unwrap_err()));
    assert_eq!((*CELL.load(), CELL.generation()), (1, 1));
}

fn recursion(again: u32, began: u32) -> String {
    format!(
        "`SnapshotCell<u64>` is needed at {} by its own initialiser, which began at {}; \
         remedy: compute the value without loading the cell",
        at!(again),
        at!(began)
    )
}

/// Each way to ask, from within an initialiser that each way has started.
#[test]
fn an_initialiser_that_needs_the_cell_panics() {
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static CELL: SnapshotCell<u64> = SnapshotCell::lazy(|| {
        let (_, ask) = ways()[INSIDE.load(Ordering::Relaxed)];
        ask(&CELL);
        1
    });
    let _watch = watchdog();
    for (began, start) in ways() {
        for (inside, (again, _)) in ways().into_iter().enumerate() {
            INSIDE.store(inside, Ordering::Relaxed);
            assert_eq!(complaint(|| start(&CELL)), recursion(again, began));
            assert_eq!(CELL.generation(), 0);
        }
    }
    CELL.store(2);
    assert_eq!(*CELL.load(), 2);
}

#[test]
fn a_caught_recursion_leaves_nothing_behind() {
    static CELL: SnapshotCell<u64> = SnapshotCell::lazy(|| {
        for (_, ask) in ways() {
            assert!(catch(|| ask(&CELL)).is_err());
        }
        assert_eq!(
            (CELL.generation(), CELL.wait_for_change(0, Duration::ZERO)),
            (0, None)
        );
        assert_eq!(format!("{CELL:?}"), "SnapshotCell(<uninit>)");
        9
    });
    let _watch = watchdog();
    assert_eq!((*CELL.load(), CELL.generation()), (9, 1));
}

/// Two initialisers that wait for each other: one thread panics, the other one goes on.
#[test]
fn a_cycle_of_two_cells() {
    static CELLS: [SnapshotCell<u64>; 2] = [
        SnapshotCell::lazy(|| compute(0)),
        SnapshotCell::lazy(|| compute(1)),
    ];
    static FIRST: [AtomicBool; 2] = [const { AtomicBool::new(true) }; 2];
    static INSIDE: Tally = Tally::new();
    const NEEDS: u32 = line!() + 7;
    fn compute(n: usize) -> u64 {
        if !FIRST[n].swap(false, Ordering::Relaxed) {
            return 7;
        }
        INSIDE.add();
        INSIDE.wait_for(2);
        *CELLS[1 - n].load() + 1
    }
    let began = line!() + 1;
    let outcomes = run_together(2, |n| catch(|| *CELLS[n].load()));
    let closer = outcomes.iter().position(Result::is_err).unwrap();
    let part = |n: usize| Part {
        thread: format!("racer {n}"),
        own: ("SnapshotCell<u64>".into(), at!(began)),
        needs: ("SnapshotCell<u64>".into(), at!(NEEDS)),
    };
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Err(payload) if n == closer => {
                let text = without_columns(&text_of(payload));
                assert_eq!(text, cycle(&part(n), &[part(1 - n)]));
            }
            outcome => assert_eq!(outcome.unwrap_or_else(|p| resume_unwind(p)), 8),
        }
    }
    assert_eq!((*CELLS[closer].load(), *CELLS[1 - closer].load()), (7, 8));
}
