//! What `RaceCell`, `OnceCell` and `HedgedCell` have besides: the rest of `OnceLock`'s surface that
//! does not wait.

use std::{fmt, ptr};

use onset::{HedgedCell, InitCellMut, OnceCell, RaceCell};

use super::Cell;
use crate::support::{Ledger, Tracked, UNCLONABLE, catch, is_planned, planned_panic};

/// The inherent methods that no trait of the crate names.
pub(crate) trait Owning:
    Cell + InitCellMut + Clone + Default + From<Tracked> + PartialEq + fmt::Debug
{
    fn with_value(value: Tracked) -> Self;
    fn try_insert(&self, value: Tracked) -> Result<&Tracked, (&Tracked, Tracked)>;
    fn get_mut_or_init(&mut self, f: impl FnOnce() -> Tracked) -> &mut Tracked;
    fn get_mut_or_try_init<E>(
        &mut self,
        f: impl FnOnce() -> Result<Tracked, E>,
    ) -> Result<&mut Tracked, E>;
    fn into_inner(self) -> Option<Tracked>;
}

macro_rules! owning {
    ($($cell:ident)*) => {$(
        impl Owning for $cell<Tracked> {
            fn with_value(value: Tracked) -> Self {
                Self::with_value(value)
            }
            fn try_insert(&self, value: Tracked) -> Result<&Tracked, (&Tracked, Tracked)> {
                self.try_insert(value)
            }
            fn get_mut_or_init(&mut self, f: impl FnOnce() -> Tracked) -> &mut Tracked {
                self.get_mut_or_init(f)
            }
            fn get_mut_or_try_init<E>(
                &mut self,
                f: impl FnOnce() -> Result<Tracked, E>,
            ) -> Result<&mut Tracked, E> {
                self.get_mut_or_try_init(f)
            }
            fn into_inner(self) -> Option<Tracked> {
                self.into_inner()
            }
        }
    )*};
}

owning!(RaceCell OnceCell HedgedCell);

pub(super) fn with_value_is_full<C: Owning>() {
    let ledger = Ledger::new();
    for cell in [C::with_value(ledger.value(1)), C::from(ledger.value(1))] {
        assert_eq!(cell.get().unwrap().id(), 1);
        assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 1);
        assert_eq!(cell.set(ledger.value(2)).unwrap_err().id(), 2);
    }
    assert_eq!((ledger.made(), ledger.alive()), (4, 0));
    assert!(C::default().get().is_none());
}

pub(super) fn try_insert_shows_both<C: Owning>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let first = cell.try_insert(ledger.value(1)).unwrap();
    let (published, mine) = cell.try_insert(ledger.value(2)).unwrap_err();
    assert!(ptr::eq(first, published));
    assert_eq!((first.id(), mine.id()), (1, 2));
    assert_eq!(ledger.alive(), 2);
}

pub(super) fn get_mut_or_init_computes_once<C: Owning>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    cell.get_mut_or_init(|| ledger.value(1)).write(2);
    let again = cell.get_mut_or_init(|| unreachable!("it is there"));
    assert_eq!(again.id(), 2);
    assert_eq!(cell.get().unwrap().id(), 2);
    assert!(cell.set(ledger.value(3)).is_err());
    drop(cell);
    assert_eq!((ledger.made(), ledger.alive()), (2, 0));
}

pub(super) fn get_mut_or_try_init_passes_errors_on<C: Owning>() {
    let (mut cell, ledger) = (C::EMPTY, Ledger::new());
    assert_eq!(cell.get_mut_or_try_init(|| Err(4)).err(), Some(4));
    let panicked = catch(|| cell.get_mut_or_init(|| planned_panic()).id());
    assert!(is_planned(&panicked.unwrap_err()));
    assert!(cell.get().is_none());
    let value = cell.get_mut_or_try_init(|| Ok::<_, ()>(ledger.value(1)));
    value.unwrap().write(2);
    let again = cell.get_mut_or_try_init(|| -> Result<_, ()> { unreachable!("it is there") });
    assert_eq!(again.unwrap().id(), 2);
}

pub(super) fn into_inner_moves_out<C: Owning>() {
    let ledger = Ledger::new();
    assert!(C::EMPTY.into_inner().is_none());
    let value = C::with_value(ledger.value(1)).into_inner().unwrap();
    assert_eq!((value.id(), ledger.alive()), (1, 1));
    drop(value);
    assert_eq!(ledger.alive(), 0);
}

pub(super) fn a_clone_is_a_cell_of_its_own<C: Owning>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let empty = cell.clone();
    cell.get_or_init(|| ledger.value(1));
    assert!(empty.get().is_none());
    let mut full = cell.clone();
    assert_eq!(ledger.alive(), 2);
    full.get_mut().unwrap().write(2);
    assert_eq!((cell.get().unwrap().id(), full.get().unwrap().id()), (1, 2));
    drop(cell);
    assert_eq!((full.get().unwrap().id(), ledger.alive()), (2, 1));
    assert_eq!(empty.get_or_init(|| ledger.value(3)).id(), 3);
}

pub(super) fn a_clone_that_panics_changes_nothing<C: Owning>() {
    let ledger = Ledger::new();
    let mut cell = C::with_value(ledger.value(UNCLONABLE));
    assert!(is_planned(&catch(|| cell.clone()).unwrap_err()));
    assert_eq!(cell.take().unwrap().id(), UNCLONABLE);
    assert_eq!((ledger.made(), ledger.alive()), (1, 0));
}

pub(super) fn equal_if_the_values_are<C: Owning>() {
    let ledger = Ledger::new();
    let [one, same, other] = [1, 1, 2].map(|id| C::with_value(ledger.value(id)));
    assert!(one == same && one != other && one != C::EMPTY);
    let empty = [C::EMPTY, C::EMPTY];
    assert!(empty[0] == empty[1]);
}
