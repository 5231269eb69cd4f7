//! Initialisers that return an error or panic: the cell stays empty, and the next one computes.

use std::thread;

use super::Cell;
use crate::support::{
    Ledger, Stall, Tally, Tracked, catch, hold, is_planned, planned_panic, rounds, run_together,
    settle,
};

#[derive(Debug, PartialEq)]
struct Failed(usize);

pub(super) fn an_error_leaves_it_empty<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    for n in 0..3 {
        assert_eq!(
            cell.get_or_try_init(|| Err(Failed(n))).err(),
            Some(Failed(n))
        );
        assert!(cell.get().is_none());
    }
    let value = cell.get_or_try_init(|| Ok::<_, Failed>(ledger.value(1)));
    assert_eq!(value.unwrap().id(), 1);
}

pub(super) fn a_panic_leaves_it_empty<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    for _ in 0..3 {
        let payload = catch(|| cell.get_or_init(|| planned_panic()).id()).unwrap_err();
        assert!(is_planned(&payload), "the panic goes on as it was");
        assert!(cell.get().is_none());
    }
    assert_eq!(cell.get_or_init(|| ledger.value(1)).id(), 1);
}

pub(super) fn failures_in_any_order_end_with_a_value<C: Cell>() {
    for order in 0..16 {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        for step in 0..4 {
            if order >> step & 1 == 0 {
                assert_eq!(cell.get_or_try_init(|| Err(())).err(), Some(()));
            } else {
                assert!(catch(|| cell.get_or_init(|| planned_panic()).id()).is_err());
            }
        }
        assert_eq!(cell.get_or_init(|| ledger.value(order)).id(), order);
    }
}

pub(super) fn set_fills_after_a_failure<C: Cell>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    assert!(cell.get_or_try_init(|| Err(())).is_err());
    assert!(cell.set(ledger.value(1)).is_ok());

    let cell = C::EMPTY;
    assert!(catch(|| cell.get_or_init(|| planned_panic()).id()).is_err());
    assert!(cell.set(ledger.value(2)).is_ok());
    assert_eq!(cell.get().unwrap().id(), 2);
}

pub(super) fn others_get_a_value_when_the_first_fails<C: Cell>() {
    let outcome = first_fails_while_others_ask::<C>(|| Err(Failed(7)));
    assert_eq!(outcome.map_err(drop), Ok(Some(Failed(7))));
}

pub(super) fn others_get_a_value_when_the_first_panics<C: Cell>() {
    let outcome = first_fails_while_others_ask::<C>(|| planned_panic());
    assert!(is_planned(&outcome.unwrap_err()));
}

/// The first initialiser fails when four threads have asked for the value; returns what became of
/// its caller.
fn first_fails_while_others_ask<C: Cell>(
    fail: impl Fn() -> Result<Tracked, Failed> + Sync,
) -> thread::Result<Option<Failed>> {
    let (stall, asking) = (Stall::new(), Tally::new());
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let fail_late = || {
        stall.stand();
        fail()
    };
    let ask = |id| {
        asking.add();
        cell.get_or_init(|| ledger.value(id))
    };
    let outcome = thread::scope(|s| {
        let first = hold(s, &stall, || {
            catch(|| cell.get_or_try_init(fail_late).err())
        });
        let others = [0, 1, 2, 3].map(|id| s.spawn(move || ask(id)));
        asking.wait_for(4);
        settle();
        let outcome = first.end();
        let seen = others.map(|t| t.join().unwrap());
        assert!(seen.iter().all(|value| std::ptr::eq(*value, seen[0])));
        assert!(seen[0].id() < 4);
        outcome
    });
    assert_eq!(ledger.alive(), 1);
    outcome
}

pub(super) fn one_of_many_succeeds<C: Cell>() {
    for round in 0..rounds(30) {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        let good = round % 6;
        let attempt = |n| match n {
            _ if n == good => Ok(ledger.value(n as u64)),
            _ if n % 2 == 0 => Err(Failed(n)),
            _ => planned_panic(),
        };
        run_together(6, |n| {
            match catch(|| cell.get_or_try_init(|| attempt(n)).map(Tracked::id)) {
                Ok(Ok(id)) => assert_eq!(id, good as u64),
                Ok(Err(Failed(of))) => assert!(of == n && n != good),
                Err(payload) => assert!(is_planned(&payload) && n != good),
            }
        });
        assert_eq!(cell.get().map(Tracked::id), Some(good as u64));
        assert_eq!((ledger.made(), ledger.alive()), (1, 1));
    }
}
