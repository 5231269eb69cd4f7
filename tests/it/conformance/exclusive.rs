//! `InitCellMut`: what `&mut` allows.

use onset::{InitCellMut, Lazy};

use super::Cell;
use crate::support::{Ledger, Tally, catch, planned_panic};

pub(super) fn get_mut_reaches_the_value<C: Cell + InitCellMut>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.get_mut().is_none());
    cell.get_or_init(|| ledger.value(1));
    cell.get_mut().unwrap().write(2);
    assert_eq!(cell.get().unwrap().id(), 2);
    assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 2);
    *cell.get_mut().unwrap() = ledger.value(3);
    assert_eq!((cell.get().unwrap().id(), ledger.alive()), (3, 1));
}

pub(super) fn take_empties_it<C: Cell + InitCellMut>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.take().is_none());
    cell.get_or_init(|| ledger.value(1));
    let taken = cell.take().unwrap();
    assert!(cell.get().is_none() && cell.get_mut().is_none());
    assert!(cell.take().is_none());
    drop(cell);
    assert_eq!((taken.id(), ledger.alive()), (1, 1));
    drop(taken);
    assert_eq!(ledger.alive(), 0);
}

pub(super) fn a_taken_cell_fills_again<C: Cell + InitCellMut>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    for id in 0..4 {
        if id % 2 == 0 {
            assert_eq!(cell.get_or_init(|| ledger.value(id)).id(), id);
        } else {
            assert!(cell.set(ledger.value(id)).is_ok());
        }
        assert_eq!(cell.take().unwrap().id(), id);
        assert_eq!(ledger.alive(), 0);
    }
    cell.get_or_init(|| ledger.value(9));
    drop(cell);
    assert_eq!((ledger.made(), ledger.alive()), (5, 0));
}

pub(super) fn take_after_a_failure_is_none<C: Cell + InitCellMut>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.get_or_try_init(|| Err(())).is_err());
    assert!(cell.take().is_none());
    assert!(catch(|| cell.get_or_init(|| planned_panic()).id()).is_err());
    assert!(cell.get_mut().is_none() && cell.take().is_none());
    assert_eq!(cell.get_or_init(|| ledger.value(1)).id(), 1);
}

pub(super) fn a_lazy_through_mut<C: Cell + InitCellMut>() {
    let ledger = Ledger::new();
    let mut lazy = Lazy::<_, C, _>::new(|| ledger.value(1));
    assert!(Lazy::get_mut(&mut lazy).is_none());
    assert_eq!(ledger.made(), 0);
    lazy.write(2);
    assert_eq!((lazy.id(), ledger.made()), (2, 1));
    Lazy::get_mut(&mut lazy).unwrap().write(3);
    assert_eq!(Lazy::force_mut(&mut lazy).id(), 3);
}

pub(super) fn a_lazy_taken_computes_anew<C: Cell + InitCellMut>() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let mut lazy = Lazy::<_, C, _>::new(|| {
        calls.add();
        ledger.value(calls.count() as u64)
    });
    assert!(Lazy::take(&mut lazy).is_none());
    assert_eq!(lazy.id(), 1);
    assert_eq!(Lazy::take(&mut lazy).unwrap().id(), 1);
    assert!(Lazy::get(&lazy).is_none());
    assert_eq!((lazy.id(), ledger.alive()), (2, 1));
}

pub(super) fn a_lazy_comes_apart<C: Cell + InitCellMut>() {
    let ledger = Ledger::new();
    let init = || ledger.value(1);
    let unused = Lazy::<_, C, _>::new(init);
    let Err(init) = Lazy::into_inner(unused) else {
        panic!("it was never computed");
    };
    let used = Lazy::<_, C, _>::new(init);
    assert_eq!(used.id(), 1);
    let value = Lazy::into_inner(used).ok().expect("it was computed");
    assert_eq!((value.id(), ledger.alive()), (1, 1));
}
