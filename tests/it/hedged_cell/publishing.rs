//! Values that come from elsewhere, and what becomes of the losers.

use std::{
    ptr,
    sync::{
        Arc, Weak,
        mpsc::{Sender, channel},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use onset::HedgedCell;

use super::{LONG, hold};
use crate::support::{
    self, Ledger, Stall, Tally, catch, is_planned, planned_panic, rounds, run_together, settle,
    watchdog,
};

/// `set` does not wait for the computation: it publishes, and everybody who waits comes back.
#[test]
fn set_during_a_computation_publishes_and_wakes() {
    for patience in [LONG, Duration::MAX] {
        let (_watch, stall, asking) = (watchdog(), Stall::new(), Tally::new());
        let (cell, ledger) = (HedgedCell::new(patience), Ledger::new());
        thread::scope(|s| {
            let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
            let ask = || {
                asking.add();
                cell.get_or_init(|| unreachable!("the patience is long"))
                    .id()
            };
            let others = [(); 4].map(|()| s.spawn(ask));
            asking.wait_for(4);
            settle();
            assert!(cell.set(ledger.value(9)).is_ok());
            assert_eq!(others.map(|t| t.join().unwrap()), [9; 4]);
            assert!(!first.is_finished());
            assert_eq!(cell.set(ledger.value(8)).unwrap_err().id(), 8);
            assert_eq!(first.end().unwrap().unwrap().id(), 9);
        });
        assert_eq!((ledger.made(), ledger.alive()), (3, 1));
    }
}

/// The initialiser's failure is its caller's alone, the value that was set stays.
#[test]
fn a_failure_after_set_changes_nothing() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(Duration::MAX), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Err("no"));
        assert!(cell.set(ledger.value(9)).is_ok());
        assert_eq!(first.end().unwrap().err(), Some("no"));
    });
    assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 9);
}

#[test]
fn an_initialiser_may_set_its_own_cell() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    for patience in [Duration::ZERO, LONG, Duration::MAX] {
        let cell = HedgedCell::new(patience);
        let value = cell.get_or_init(|| {
            assert!(cell.set(ledger.value(1)).is_ok());
            assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 1);
            ledger.value(2)
        });
        assert_eq!((value.id(), ledger.alive()), (1, 1));
    }
}

#[test]
fn try_insert_during_a_computation_shows_both() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(LONG), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        let inserted = cell.try_insert(ledger.value(1)).unwrap();
        let (published, mine) = cell.try_insert(ledger.value(2)).unwrap_err();
        assert!(ptr::eq(inserted, published));
        assert_eq!((published.id(), mine.id()), (1, 2));
        let late = first.end().unwrap().unwrap();
        assert!(ptr::eq(late, inserted));
    });
}

#[test]
fn a_failure_wakes_the_waiters_before_their_patience_ends() {
    for fail in [|| Err("no"), || planned_panic()] {
        let (_watch, stall, asking) = (watchdog(), Stall::new(), Tally::new());
        let (cell, ledger) = (HedgedCell::new(LONG), Ledger::new());
        thread::scope(|s| {
            let first = hold(s, &cell, &stall, fail);
            let ask = |id| {
                asking.add();
                cell.get_or_init(|| ledger.value(id)).id()
            };
            let others = [1, 2, 3].map(|id| s.spawn(move || ask(id)));
            asking.wait_for(3);
            settle();
            stall.end();
            let seen = others.map(|t| t.join().unwrap());
            assert_eq!(seen, [seen[0]; 3]);
            assert!(!first.end().is_ok_and(|r| r.is_ok()));
        });
        assert_eq!(ledger.made(), 1);
    }
}

/// Without patience all compute, and all but one lose.
#[test]
fn racing_publications() {
    for _ in 0..rounds(100) {
        let (cell, ledger) = (HedgedCell::new(Duration::ZERO), Ledger::new());
        run_together(6, |n| match n {
            0 => drop(cell.set(ledger.value(0))),
            1 => drop(cell.try_insert(ledger.value(1)).map_err(|(_, mine)| mine)),
            _ => drop(cell.get_or_init(|| ledger.value(n as u64)).id()),
        });
        assert_eq!(ledger.alive(), 1);
        assert_eq!(cell.into_inner().map(|v| v.id() < 6), Some(true));
    }
}

/// What a loser's value does when it is dropped: it looks at its cell, and may panic.
struct Loser {
    cell: Weak<HedgedCell<Self>>,
    dropped_on: Sender<ThreadId>,
    panics: bool,
}

impl Drop for Loser {
    fn drop(&mut self) {
        // The published one is dropped when its cell is gone.
        let Some(cell) = self.cell.upgrade() else {
            return;
        };
        assert!(cell.get().is_some(), "the other was published before");
        assert!(cell.set(Self::new(&Weak::new(), &self.dropped_on)).is_err());
        self.dropped_on.send(thread::current().id()).unwrap();
        if self.panics {
            planned_panic();
        }
    }
}

impl Loser {
    fn new(cell: &Weak<HedgedCell<Self>>, dropped_on: &Sender<ThreadId>) -> Self {
        let (cell, dropped_on) = (cell.clone(), dropped_on.clone());
        let panics = false;
        Self {
            cell,
            dropped_on,
            panics,
        }
    }
}

/// The loser drops its value itself, outside of everything: it may use the cell, and its panic
/// harms nobody.
fn the_loser_drops(panics: bool) {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (dropped_on, drops) = channel();
    let cell = Arc::new(HedgedCell::new(Duration::from_micros(20)));
    let value = || Loser::new(&Arc::downgrade(&cell), &dropped_on);
    let lose = || {
        stall.stand();
        let mut loser = Loser::new(&Arc::downgrade(&cell), &dropped_on);
        loser.panics = panics;
        loser
    };
    thread::scope(|s| {
        let first = support::hold(s, &stall, || catch(|| cell.get_or_init(lose).panics));
        let published = cell.get_or_init(value);
        let loser = first.thread();
        let outcome = first.end();
        assert_eq!(outcome.is_err_and(|p| is_planned(&p)), panics);
        assert!(ptr::eq(published, cell.get().unwrap()));
        assert_eq!(drops.try_iter().collect::<Vec<_>>(), [loser]);
    });
}

#[test]
fn the_loser_drops_on_its_own_thread() {
    the_loser_drops(false);
}

#[test]
fn a_loser_that_panics_harms_nobody() {
    the_loser_drops(true);
}

#[test]
fn the_patience_is_kept() {
    let hundred = Duration::from_micros(100);
    assert_eq!(HedgedCell::<u8>::default().patience(), hundred);
    assert_eq!(HedgedCell::from(1).patience(), hundred);
    let mut cell = HedgedCell::new(LONG);
    assert_eq!(cell.clone().patience(), LONG);
    assert_eq!(cell.set(1), Ok(()));
    assert_eq!(cell.clone().patience(), LONG);
    assert_eq!((cell.take(), cell.patience()), (Some(1), LONG));
    static STATIC: HedgedCell<u8> = HedgedCell::new(Duration::from_secs(3));
    assert_eq!(STATIC.patience(), Duration::from_secs(3));
}
