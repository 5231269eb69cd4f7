//! `Lazy` and `TryLazy` over every cell.

use std::ptr;

use onset::{Lazy, TryLazy};

use super::Cell;
use crate::support::{
    Ledger, Tally, Tracked, catch, is_planned, planned_panic, rounds, run_together,
};

pub(super) fn a_lazy_computes_when_first_used<C: Cell>() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let lazy = Lazy::<_, C, _>::new(|| {
        calls.add();
        ledger.value(1)
    });
    assert!(Lazy::get(&lazy).is_none());
    assert_eq!(calls.count(), 0);
    let value: &Tracked = &lazy;
    assert!(ptr::eq(value, Lazy::force(&lazy)));
    assert!(ptr::eq(value, Lazy::get(&lazy).unwrap()));
    assert!(ptr::eq(value, Lazy::cell(&lazy).get().unwrap()));
    assert_eq!((lazy.id(), calls.count()), (1, 1));

    let full = C::EMPTY;
    assert!(full.set(ledger.value(2)).is_ok());
    let lazy = Lazy::with_cell(full, || ledger.value(3));
    assert_eq!(lazy.id(), 2);
}

pub(super) fn a_lazy_retries_after_a_panic<C: Cell>() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let lazy = Lazy::<_, C, _>::new(|| {
        calls.add();
        if calls.count() < 3 {
            planned_panic()
        }
        ledger.value(1)
    });
    for _ in 0..2 {
        assert!(is_planned(&catch(|| lazy.id()).unwrap_err()));
        assert!(Lazy::get(&lazy).is_none());
    }
    assert_eq!((lazy.id(), lazy.id(), calls.count()), (1, 1, 3));
}

pub(super) fn a_lazy_is_one_value_for_all<C: Cell>() {
    for _ in 0..rounds(30) {
        let ledger = Ledger::new();
        let lazy = Lazy::<_, C, _>::new(|| ledger.value(1));
        let seen = run_together(4, |_| &*lazy);
        assert!(seen.iter().all(|value| ptr::eq(*value, seen[0])));
        assert_eq!(ledger.alive(), 1);
        drop(lazy);
        assert_eq!(ledger.alive(), 0);
    }
}

pub(super) fn a_try_lazy_stores_no_error<C: Cell>() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let lazy = TryLazy::<_, usize, C, _>::new(|| {
        calls.add();
        match calls.count() {
            n @ 1..3 => Err(n),
            _ => Ok(ledger.value(1)),
        }
    });
    assert!(lazy.peek().is_none());
    assert_eq!(lazy.get().err(), Some(1));
    assert_eq!(lazy.get().err(), Some(2));
    assert!(lazy.peek().is_none() && lazy.cell().get().is_none());
    let value = lazy.get().unwrap();
    assert!(ptr::eq(value, lazy.get().unwrap()));
    assert!(ptr::eq(value, lazy.peek().unwrap()));
    assert_eq!(calls.count(), 3);
}

pub(super) fn a_try_lazy_retries_after_a_panic<C: Cell>() {
    let (ledger, calls) = (Ledger::new(), Tally::new());
    let lazy = TryLazy::<_, (), C, _>::with_cell(C::EMPTY, || {
        calls.add();
        if calls.count() == 1 {
            planned_panic()
        }
        Ok(ledger.value(1))
    });
    assert!(is_planned(&catch(|| lazy.get().is_ok()).unwrap_err()));
    assert_eq!(lazy.get().unwrap().id(), 1);
}

pub(super) fn a_try_lazy_is_one_value_for_all<C: Cell>() {
    for _ in 0..rounds(30) {
        let (ledger, calls) = (Ledger::new(), Tally::new());
        let lazy = TryLazy::<_, (), C, _>::new(|| {
            calls.add();
            // Whoever computes last succeeds, at the latest.
            if calls.count() == 1 {
                return Err(());
            }
            Ok(ledger.value(1))
        });
        let seen = run_together(4, |_| lazy.get().ok());
        let values: Vec<_> = seen.into_iter().flatten().collect();
        assert!(values.len() >= 3, "one attempt at most fails");
        assert!(values.iter().all(|value| ptr::eq(*value, values[0])));
        assert_eq!(ledger.alive(), 1);
    }
}

pub(super) fn forms_of_both<C: Cell>() {
    let ledger = Ledger::new();
    let lazy = Lazy::<_, C, _>::new(|| ledger.value(1));
    let try_lazy = TryLazy::<_, (), C, _>::new(|| Ok(ledger.value(2)));
    assert_eq!(
        format!("{lazy:?} {try_lazy:?}"),
        "Lazy(<uninit>) TryLazy(<uninit>)"
    );
    assert_eq!(ledger.made(), 0, "showing computes nothing");
    let _ = (Lazy::force(&lazy), try_lazy.get());
    assert_eq!(format!("{lazy:?} {try_lazy:?}"), "Lazy(#1) TryLazy(#2)");
}
