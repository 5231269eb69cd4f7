//! One thread.

use super::Cell;
use crate::support::Ledger;

pub(super) fn an_empty_cell_has_no_value<C: Cell>() {
    let cell = C::EMPTY;
    assert!(cell.get().is_none());
    assert!(cell.get().is_none(), "looking changes nothing");
}

pub(super) fn what_was_computed_stays<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let first = cell.get_or_init(|| ledger.value(1));
    let second = cell.get_or_init(|| unreachable!("it is there"));
    let third = cell.get_or_try_init(|| -> Result<_, ()> { unreachable!("it is there") });
    assert_eq!(first.id(), 1);
    for again in [second, third.unwrap(), cell.get().unwrap()] {
        assert!(std::ptr::eq(first, again));
    }
    assert_eq!(ledger.made(), 1);
}

pub(super) fn each_use_of_the_constant_is_a_new_cell<C: Cell>() {
    let (one, other, ledger) = (C::EMPTY, C::EMPTY, Ledger::new());
    one.get_or_init(|| ledger.value(1));
    assert!(other.get().is_none());
    assert_eq!(other.get_or_init(|| ledger.value(2)).id(), 2);
    assert_eq!(one.get().unwrap().id(), 1);
}

pub(super) fn set_fills_and_then_hands_back<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.set(ledger.value(1)).is_ok());
    let back = cell.set(ledger.value(2)).expect_err("it is full");
    assert_eq!((back.id(), cell.get().unwrap().id()), (2, 1));
}

pub(super) fn set_and_get_or_init_meet<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.set(ledger.value(1)).is_ok());
    assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 1);

    let cell = C::EMPTY;
    cell.get_or_init(|| ledger.value(2));
    assert_eq!(cell.set(ledger.value(3)).unwrap_err().id(), 3);
    assert_eq!(cell.get().unwrap().id(), 2);
}

/// A tower of cells of one kind, each initialised by the initialiser of the one below.
pub(super) fn an_initialiser_may_use_other_cells<C: Cell>() {
    fn fill<C: Cell>(cells: &[C], ledger: &'static Ledger) -> u64 {
        let Some((cell, above)) = cells.split_first() else {
            return 0;
        };
        cell.get_or_init(|| ledger.value(1 + fill(above, ledger)))
            .id()
    }
    let (cells, ledger) = ([C::EMPTY, C::EMPTY, C::EMPTY, C::EMPTY], Ledger::new());
    assert_eq!(fill(&cells, ledger), 4);
    assert_eq!(cells.map(|c| c.get().unwrap().id()), [4, 3, 2, 1]);
    assert_eq!((ledger.made(), ledger.alive()), (4, 0));
}
