//! `Counted`: exact when no call is under way.

use std::{ptr, thread, time::Duration};

use onset::{Counted, HedgedCell, InitCell, InitCellMut, Lazy, OnceCell, RaceArc, RaceCell};

use crate::support::{
    Ledger, Stall, Tally, Tracked, catch, hold, planned_panic, rounds, run_together, watchdog,
};

fn counts<C: InitCell>(cell: &Counted<C>) -> (usize, usize) {
    (cell.computations(), cell.lost_races())
}

/// The computations are those that ran, and all but one of them lost.
fn a_race_is_counted<C: InitCell<Value = Tracked> + Sync>() {
    for _ in 0..rounds(60) {
        let (cell, ledger) = (Counted::new(C::EMPTY), Ledger::new());
        run_together(5, |n| cell.get_or_init(|| ledger.value(n as u64)).id());
        assert_eq!(counts(&cell), (ledger.made(), ledger.made() - 1));
    }
}

#[test]
fn races_are_counted() {
    a_race_is_counted::<RaceCell<_>>();
    a_race_is_counted::<RaceArc<_>>();
    a_race_is_counted::<HedgedCell<_>>();
    a_race_is_counted::<OnceCell<_>>();
}

/// Computations that are held until all have begun: each of them counts, and all but one lose.
#[test]
fn all_of_a_race() {
    let (cell, begun) = (Counted::new(RaceCell::new()), Tally::new());
    run_together(4, |n| {
        cell.get_or_init(|| {
            begun.add();
            begun.wait_for(4);
            n
        });
    });
    assert_eq!(counts(&cell), (4, 3));
}

/// Failed computations are computations, not lost races.
#[test]
fn failures_lose_nothing() {
    let cell = Counted::<OnceCell<u8>>::default();
    assert_eq!(counts(&cell), (0, 0));
    assert_eq!(cell.get_or_try_init(|| Err("no")), Err("no"));
    assert!(catch(|| cell.get_or_init(|| planned_panic())).is_err());
    assert_eq!(counts(&cell), (2, 0));
    assert_eq!(cell.get_or_init(|| 1), &1);
    assert_eq!(cell.get_or_init(|| unreachable!("it is there")), &1);
    assert_eq!(cell.set(2), Err(2));
    assert_eq!(counts(&cell), (3, 0));
}

/// A value that was set is no computation; a closure that loses against it is a lost race.
#[test]
fn set_against_a_computation() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let cell = Counted::new(HedgedCell::new(Duration::MAX));
    let compute_late = || {
        stall.stand();
        1
    };
    thread::scope(|s| {
        let first = hold(s, &stall, || *cell.get_or_init(compute_late));
        assert_eq!(cell.set(2), Ok(()));
        assert_eq!(cell.set(3), Err(3));
        assert_eq!(first.end(), 2);
    });
    assert_eq!((cell.get(), counts(&cell)), (Some(&2), (1, 1)));
}

#[test]
fn recursion_in_a_race_cell_is_a_race() {
    let cell = Counted::new(RaceCell::new());
    let value = cell.get_or_init(|| cell.get_or_init(|| 1) + 1);
    assert_eq!((value, counts(&cell)), (&1, (2, 1)));
}

#[test]
fn a_cell_that_was_full_has_lost_nothing() {
    let cell = Counted::new(RaceCell::with_value(1));
    assert_eq!((cell.get(), counts(&cell)), (Some(&1), (0, 0)));
    assert_eq!(cell.set(2), Err(2));
    assert_eq!(counts(&cell), (0, 0));
}

#[test]
fn take_counts_anew() {
    let mut cell = Counted::new(OnceCell::new());
    assert_eq!(cell.set(1), Ok(()));
    assert_eq!(cell.take(), Some(1));
    cell.get_or_init(|| 2);
    assert_eq!(counts(&cell), (1, 0));
    *cell.get_mut().unwrap() = 3;
    assert_eq!((cell.take(), counts(&cell)), (Some(3), (0, 0)));
}

#[test]
fn the_cell_inside() {
    let cell = Counted::new(HedgedCell::<u8>::new(Duration::from_secs(1)));
    assert_eq!(cell.inner().patience(), Duration::from_secs(1));
    cell.get_or_init(|| 1);
    assert!(ptr::eq(cell.get().unwrap(), cell.inner().get().unwrap()));
    assert_eq!(cell.into_inner().into_inner(), Some(1));
}

#[test]
fn debug_shows_the_counts() {
    let cell = Counted::new(RaceCell::new());
    let text = "Counted { value: <uninit>, computations: 0, lost_races: 0 }";
    assert_eq!(format!("{cell:?}"), text);
    cell.get_or_init(|| cell.get_or_init(|| 7) + 1);
    let text = "Counted { value: 7, computations: 2, lost_races: 1 }";
    assert_eq!(format!("{cell:?}"), text);
}

#[test]
fn a_lazy_says_how_often_it_was_computed() {
    static LAZY: Lazy<u64, Counted<OnceCell<u64>>> = Lazy::new(|| 7);
    run_together(4, |_| assert_eq!(*LAZY, 7));
    assert_eq!(counts(Lazy::cell(&LAZY)), (1, 0));
}
