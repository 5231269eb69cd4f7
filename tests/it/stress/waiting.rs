//! Threads that wait, for a value or for each other: each of them comes back.

use std::{thread, time::Duration};

use onset::{HedgedCell, InitCellMut, OnceCell, RaceCell};

use super::{CELLS, THREADS};
use crate::{
    conformance::Cell,
    support::{Dice, Ledger, StartLine, catch, run_together, text_of},
};

/// Waiters of all kinds beside initialisers that fail: a wake-up that is lost is a thread that
/// never comes back.
#[test]
fn no_wake_up_is_lost() {
    let cells: Vec<_> = (0..CELLS).map(|_| OnceCell::new()).collect();
    let line = StartLine::new(THREADS);
    run_together(THREADS, |thread| {
        let (_member, mut dice) = (line.member(), Dice::new(100 + thread as u64));
        for (number, cell) in cells.iter().enumerate() {
            line.line_up();
            let attempt = |dice: &mut Dice| {
                (0..dice.roll(8)).for_each(|_| thread::yield_now());
                if dice.roll(2) == 0 {
                    Ok(number)
                } else {
                    Err(())
                }
            };
            let seen = match thread {
                0 => loop {
                    if let Ok(value) = cell.get_or_try_init(|| attempt(&mut dice)) {
                        break Some(value);
                    }
                },
                1..6 => Some(cell.wait()),
                6..11 => cell.wait_timeout(Duration::from_micros(dice.roll(200))),
                _ => cell.get_or_try_init(|| attempt(&mut dice)).ok(),
            };
            assert!(seen.is_none_or(|value| *value == number));
        }
    });
}

/// Threads that ask for three cells, one from within the other, in any order: circles are broken,
/// nobody hangs.
#[test]
fn circles_are_broken() {
    let rounds = if cfg!(miri) { 3 } else { 300 };
    let cells: Vec<[OnceCell<usize>; 3]> = (0..rounds)
        .map(|_| [const { OnceCell::new() }; 3])
        .collect();
    let line = StartLine::new(THREADS);
    let orders = [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
        [1, 0, 2],
        [0, 2, 1],
    ];
    run_together(THREADS, |thread| {
        let (_member, [a, b, c]) = (line.member(), orders[thread % 6]);
        for trio in &cells {
            line.line_up();
            let outcome = catch(|| {
                *trio[a].get_or_init(|| *trio[b].get_or_init(|| *trio[c].get_or_init(|| 7)))
            });
            match outcome {
                Ok(value) => assert_eq!(value, 7),
                Err(payload) => {
                    let text = text_of(payload);
                    assert!(text.starts_with("a cycle of initialisers"), "{text}");
                }
            }
        }
    });
    assert!(cells.iter().flatten().all(|cell| cell.get() == Some(&7)));
}

/// Cells that are used, emptied and used again by the same threads: nothing of the last round is
/// left.
#[test]
fn cells_used_again() {
    fn reuse<C: Cell + InitCellMut>() {
        let (mut cell, ledger) = (C::EMPTY, Ledger::new());
        for round in 0..if cfg!(miri) { 2 } else { 100 } {
            run_together(4, |_| {
                assert_eq!(cell.get_or_init(|| ledger.value(round)).id(), round);
            });
            assert_eq!(cell.take().map(|v| v.id()), Some(round));
            assert_eq!(ledger.alive(), 0);
        }
    }
    reuse::<OnceCell<_>>();
    reuse::<HedgedCell<_>>();
    reuse::<RaceCell<_>>();
}
