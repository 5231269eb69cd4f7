//! Two threads that do the same at the same time, each a little earlier or later than the other
//! from cell to cell: what is not one atomic step shows where they overlap, and only there.

use std::hint::spin_loop;

use onset::{HedgedCell, OnceCell, RaceArc, RaceCell, RaceRef, RaceWord, TakeCell};

use super::CELLS;
use crate::{
    conformance::{Cell, Hedged},
    support::{Ledger, StartLine, run_together},
};

static NUMBERS: [usize; 2] = [0, 1];

/// Of two attempts on each of the cells exactly one succeeds.
fn one_of_two_succeeds<C: Sync>(
    cell: impl Fn(usize) -> C,
    attempt: impl Fn(&C, usize) -> bool + Sync,
) {
    let cells: Vec<C> = (0..7 * CELLS).map(cell).collect();
    let line = StartLine::new(2);
    let successes = run_together(2, |thread| {
        let _member = line.member();
        let meet = |(number, cell): (usize, &C)| {
            line.line_up();
            let delay = [number % 5, number / 5 % 5][thread];
            (0..delay).for_each(|_| spin_loop());
            attempt(cell, thread)
        };
        cells.iter().enumerate().map(meet).collect::<Vec<_>>()
    });
    let mut pairs = successes[0].iter().zip(&successes[1]);
    let odd = pairs.position(|(one, other)| one == other);
    assert_eq!(odd, None, "both succeeded there, or neither");
}

/// Whoever's value was set finds it there; the other one has his back and finds the first one's.
fn set<C: Cell>() {
    let ledger = Ledger::new();
    let set = |cell: &C, thread| {
        let own = thread as u64;
        let refused = cell.set(ledger.value(own)).err();
        assert!(refused.as_ref().is_none_or(|back| back.id() == own));
        assert_eq!(cell.get().unwrap().id() == own, refused.is_none());
        refused.is_none()
    };
    one_of_two_succeeds(|_| C::EMPTY, set);
    assert_eq!(ledger.alive(), 0);
}

/// One thread finds its own value published, the other one finds that of the first.
fn compute<C: Cell>() {
    let ledger = Ledger::new();
    let compute = |cell: &C, thread| {
        let own = thread as u64;
        cell.get_or_init(|| ledger.value(own)).id() == own
    };
    one_of_two_succeeds(|_| C::EMPTY, compute);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn race_cells() {
    set::<RaceCell<_>>();
    compute::<RaceCell<_>>();
    set::<RaceArc<_>>();
    compute::<RaceArc<_>>();
}

#[test]
fn cells_that_wait() {
    set::<OnceCell<_>>();
    compute::<OnceCell<_>>();
    set::<HedgedCell<_>>();
    compute::<HedgedCell<_>>();
    compute::<Hedged<_, 0>>();
}

#[test]
fn try_insert() {
    let race_cell = |cell: &RaceCell<_>, n| cell.try_insert(n).is_ok_and(|value| *value == n);
    one_of_two_succeeds(|_| RaceCell::new(), race_cell);
    let race_arc = |cell: &RaceArc<_>, n| cell.try_insert(n).is_ok_and(|value| *value == n);
    one_of_two_succeeds(|_| RaceArc::new(), race_arc);
    let hedged = |cell: &HedgedCell<_>, n| cell.try_insert(n).is_ok_and(|value| *value == n);
    one_of_two_succeeds(|_| HedgedCell::default(), hedged);
    let reference = |cell: &RaceRef<'_, _>, n: usize| cell.try_insert(&NUMBERS[n]).is_ok();
    one_of_two_succeeds(|_| RaceRef::new(), reference);
}

#[test]
fn words_and_references() {
    let word = |cell: &RaceWord<bool>, n| cell.get_or_init(|| n == 1) == (n == 1);
    one_of_two_succeeds(|_| RaceWord::new(), word);
    let word = |cell: &RaceWord<f32>, n| cell.set(n as f32).is_ok();
    one_of_two_succeeds(|_| RaceWord::new(), word);
    let reference = |cell: &RaceRef<'_, _>, n: usize| *cell.get_or_init(|| &NUMBERS[n]) == n;
    one_of_two_succeeds(|_| RaceRef::new(), reference);
}

#[test]
fn take_cells() {
    let ledger = Ledger::new();
    let cell = |number| TakeCell::new(ledger.value(number as u64));
    one_of_two_succeeds(cell, |cell, _| cell.take_value().is_some());
    assert_eq!(ledger.alive(), 0);
}
