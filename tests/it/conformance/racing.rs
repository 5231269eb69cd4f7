//! Several threads at once.

use std::{
    ptr,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use super::Cell;
use crate::support::{Ledger, run_together};

const ROUNDS: usize = if cfg!(miri) { 3 } else { 60 };

pub(super) fn all_see_the_same_value<C: Cell>() {
    for _ in 0..ROUNDS {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        let seen = run_together(6, |n| cell.get_or_init(|| ledger.value(n as u64)));
        assert!(seen[0].id() < 6);
        assert!(seen.iter().all(|value| ptr::eq(*value, seen[0])));
        assert!(ptr::eq(cell.get().unwrap(), seen[0]));
    }
}

pub(super) fn a_reader_sees_all_or_nothing<C: Cell>() {
    for _ in 0..ROUNDS {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        run_together(4, |n| match n {
            0 => cell.get_or_init(|| ledger.value(5)).id(),
            _ => loop {
                match cell.get() {
                    // `id` looks at all of the value.
                    Some(value) => break value.id(),
                    None => thread::yield_now(),
                }
            },
        });
    }
}

/// Each thread's value is published, handed back or dropped, and the one that was `set` first is
/// the one that all see.
pub(super) fn set_races_get_or_init<C: Cell>() {
    for _ in 0..ROUNDS {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        let outcomes = run_together(6, |n| {
            let id = n as u64;
            if n % 2 == 0 {
                return (cell.get_or_init(|| ledger.value(id)).id(), false);
            }
            match cell.set(ledger.value(id)) {
                Ok(()) => (cell.get().unwrap().id(), true),
                Err(back) => {
                    assert_eq!(back.id(), id);
                    (cell.get().expect("it lost against a value").id(), false)
                }
            }
        });
        let published = cell.get().unwrap().id();
        assert!(outcomes.iter().all(|(seen, _)| *seen == published));
        let winners = (0..6).filter(|n| outcomes[*n].1).map(|n| n as u64);
        let expected: &[u64] = if published % 2 == 1 {
            &[published]
        } else {
            &[]
        };
        assert!(winners.eq(expected.iter().copied()));
        assert_eq!(ledger.alive(), 1);
    }
}

/// Whoever sees the value sees what its initialiser did besides.
pub(super) fn what_came_before_is_seen<C: Cell>() {
    for _ in 0..ROUNDS {
        let (cell, ledger) = (C::EMPTY, Ledger::new());
        let besides: [AtomicU64; 4] = Default::default();
        run_together(4, |n| {
            let value = cell.get_or_init(|| {
                besides[n].store(9, Ordering::Relaxed);
                ledger.value(n as u64)
            });
            let computed_by = usize::try_from(value.id()).unwrap();
            assert_eq!(besides[computed_by].load(Ordering::Relaxed), 9);
        });
    }
}
