//! What is true of the race cells besides the conformance suite: everyone may compute, and
//! recursion is harmless.

use std::{
    ptr,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use onset::{InitCell, Lazy, RaceArc, RaceCell, RaceLazy};

use crate::support::{
    Gate, Ledger, Stall, Tracked, catch, hold, is_planned, planned_panic, watchdog,
};

mod arc;
mod by_value;

/// Those who come later do not wait for a computation that is under way; the late one returns the
/// published value.
fn nobody_waits<C: InitCell<Value = Tracked> + Sync>() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let compute_late = || {
        stall.stand();
        ledger.value(0)
    };
    thread::scope(|s| {
        let first = hold(s, &stall, || cell.get_or_init(compute_late));
        let value = cell.get_or_init(|| ledger.value(1));
        assert_eq!(cell.set(ledger.value(2)).unwrap_err().id(), 2);
        assert!(ptr::eq(first.end(), value));
        assert_eq!(value.id(), 1);
    });
    assert_eq!((ledger.made(), ledger.alive()), (3, 1));
}

/// An initialiser's error is its caller's, even if another thread has published in the meantime.
fn an_error_is_returned_beside_a_value<C: InitCell<Value = Tracked>>() {
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    let outcome = cell.get_or_try_init(|| {
        assert!(cell.set(ledger.value(1)).is_ok());
        Err("no")
    });
    assert_eq!(outcome.err(), Some("no"));
    assert_eq!(cell.get().unwrap().id(), 1);
}

/// The inner value wins, at any depth; the outer ones are dropped.
fn recursion_is_harmless<C: InitCell<Value = Tracked>>() {
    fn nest<C: InitCell<Value = Tracked>>(cell: &C, ledger: &'static Ledger, depth: u64) -> u64 {
        let compute = || {
            if depth > 0 {
                assert_eq!(nest(cell, ledger, depth - 1), 0);
            }
            ledger.value(depth)
        };
        cell.get_or_init(compute).id()
    }
    let (cell, ledger) = (C::EMPTY, Ledger::new());
    assert_eq!(nest(&cell, ledger, 5), 0);
    assert_eq!((ledger.made(), ledger.alive()), (6, 1));
}

#[test]
fn race_cell() {
    nobody_waits::<RaceCell<_>>();
    an_error_is_returned_beside_a_value::<RaceCell<_>>();
    recursion_is_harmless::<RaceCell<_>>();
}

#[test]
fn race_arc() {
    nobody_waits::<RaceArc<_>>();
    an_error_is_returned_beside_a_value::<RaceArc<_>>();
    recursion_is_harmless::<RaceArc<_>>();
}

#[test]
fn a_lazy_that_needs_itself_gets_what_its_closure_knows() {
    static DEPTH: AtomicU64 = AtomicU64::new(0);
    static LAZY: RaceLazy<u64> = Lazy::new(|| match DEPTH.fetch_add(1, Ordering::Relaxed) {
        0 => *LAZY + 1,
        _ => 40,
    });
    assert_eq!(*LAZY, 40);
}

/// A value whose destructor panics when it loses: the panic is the loser's, the published value
/// stays.
#[test]
fn a_loser_that_panics_harms_nobody() {
    struct Bomb<'a>(&'a Gate, bool);
    impl Drop for Bomb<'_> {
        fn drop(&mut self) {
            self.0.open();
            if self.1 {
                planned_panic();
            }
        }
    }
    let (dropped, cell) = (Gate::new(), RaceCell::new());
    let outcome = catch(|| {
        cell.get_or_init(|| {
            cell.get_or_init(|| Bomb(&dropped, false));
            Bomb(&dropped, true)
        });
    });
    assert!(is_planned(&outcome.unwrap_err()));
    dropped.pass();
    assert!(cell.get().is_some_and(|bomb| !bomb.1));
}
