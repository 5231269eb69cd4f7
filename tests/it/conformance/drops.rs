//! Every value is dropped exactly once, whatever became of it.

use super::Cell;
use crate::support::{Ledger, Tracked, catch, is_planned, planned_panic, run_together};

pub(super) fn an_empty_cell_drops_nothing<C: Cell>() {
    drop(C::EMPTY);
    let cell = C::EMPTY;
    assert!(cell.get_or_try_init(|| Err(())).is_err());
    drop(cell);
}

pub(super) fn the_value_is_dropped_with_the_cell<C: Cell>() {
    let ledger = Ledger::new();
    let (computed, set) = (C::EMPTY, C::EMPTY);
    computed.get_or_init(|| ledger.value(1));
    assert!(set.set(ledger.value(2)).is_ok());
    assert_eq!(ledger.alive(), 2);
    drop(computed);
    assert_eq!(ledger.alive(), 1);
    drop(set);
    assert_eq!((ledger.made(), ledger.alive()), (2, 0));
}

pub(super) fn losers_are_dropped_before_they_return<C: Cell>() {
    for _ in 0..if cfg!(miri) { 3 } else { 60 } {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        run_together(6, |n| cell.get_or_init(|| ledger.value(n as u64)).id());
        assert!(ledger.made() >= 1);
        assert_eq!(ledger.alive(), 1);
        drop(cell);
        assert_eq!(ledger.alive(), 0);
    }
}

pub(super) fn what_set_hands_back_is_alive<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    cell.get_or_init(|| ledger.value(1));
    let back = cell.set(ledger.value(2)).unwrap_err();
    assert_eq!(ledger.alive(), 2);
    drop(cell);
    assert_eq!((ledger.alive(), back.id()), (1, 2));
    drop(back);
    assert_eq!(ledger.alive(), 0);
}

/// An initialiser that had its value in hand when it failed.
pub(super) fn a_failed_initialiser_leaks_nothing<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let returned = cell.get_or_try_init(|| Err(ledger.value(1))).err();
    assert_eq!(returned.as_ref().map(Tracked::id), Some(1));
    let panicked = catch(|| {
        cell.get_or_init(|| {
            let _in_hand = ledger.value(2);
            planned_panic()
        });
    });
    assert!(is_planned(&panicked.unwrap_err()));
    assert_eq!(ledger.alive(), 1);
    drop((cell, returned));
    assert_eq!(ledger.alive(), 0);
}

pub(super) fn a_panic_above_drops_the_value<C: Cell>() {
    let ledger = Ledger::new();
    let unwound = catch(|| {
        let cell = C::EMPTY;
        cell.get_or_init(|| ledger.value(1));
        planned_panic();
    });
    assert!(unwound.is_err());
    assert_eq!((ledger.made(), ledger.alive()), (1, 0));
}
