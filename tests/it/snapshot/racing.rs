//! `swap` and `compare_and_swap` of several threads at once.

use std::{
    cell::Cell,
    collections::BTreeSet,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use onset::{Guard, SnapshotCell};

use crate::support::{Ledger, Tally, Tracked, catch, planned_panic, run_together};

const ROUNDS: u64 = if cfg!(miri) { 20 } else { 2000 };
const THREADS: u64 = 4;

/// Each value comes back from exactly one swap, except the last one.
#[test]
fn swaps_hand_out_each_value_once() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(0));
    let swap = |thread: usize| {
        let ids = (0..ROUNDS).map(|round| 1 + thread as u64 + THREADS * round);
        ids.map(|id| cell.swap(ledger.value(id)).id())
            .collect::<Vec<_>>()
    };
    let mut out = run_together(THREADS as usize, swap).concat();
    out.push(cell.load().id());
    out.sort_unstable();
    assert!(out.into_iter().eq(0..=THREADS * ROUNDS));
    assert_eq!(cell.generation(), 1 + THREADS * ROUNDS);
    assert_eq!(ledger.alive(), 1);
}

/// Of all who expect the same value one succeeds, and the others are shown a newer one.
#[test]
fn one_succeeds_of_those_who_expect_the_same() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(ledger.value(0));
    let won = run_together(THREADS as usize, |_| {
        let attempt = |round| {
            let expected = cell.load();
            let new = Arc::new(ledger.value(round));
            match cell.compare_and_swap(&expected, new) {
                Ok(old) => {
                    assert!(ptr::eq(&*old, &*expected));
                    Some(Guard::generation(&expected))
                }
                Err(changed) => {
                    assert!(!ptr::eq(&*changed.current, &*expected));
                    assert_eq!(Tracked::id(&changed.new), round);
                    None
                }
            }
        };
        (0..ROUNDS).filter_map(attempt).collect::<Vec<_>>()
    })
    .concat();
    let generations: BTreeSet<_> = won.iter().copied().collect();
    assert_eq!(generations.len(), won.len(), "two succeeded");
    assert_eq!(cell.generation(), 1 + won.len() as u64);
    assert_eq!(ledger.alive(), 1);
}

/// What was there is returned, and what another thread replaces is that one's to drop.
#[test]
fn a_swap_lets_go_of_nothing() {
    thread_local!(static IN_SWAP: Cell<bool> = const { Cell::new(false) });
    struct Elsewhere;
    impl Drop for Elsewhere {
        fn drop(&mut self) {
            if IN_SWAP.get() && !thread::panicking() {
                planned_panic();
            }
        }
    }
    let (cell, swapping) = (SnapshotCell::new(Elsewhere), AtomicBool::new(true));
    let swap = || {
        IN_SWAP.set(true);
        let old = catch(|| cell.swap(Elsewhere));
        IN_SWAP.set(false);
        old.is_ok()
    };
    run_together(2, |thread| {
        if thread == 0 {
            let undisturbed = (0..100 * ROUNDS).all(|_| swap());
            swapping.store(false, Ordering::Relaxed);
            assert!(undisturbed, "it dropped what another thread has replaced");
        }
        while swapping.load(Ordering::Relaxed) {
            cell.store(Elsewhere);
        }
    });
}

/// Who is refused is told of the value that was in the way, not of what a second look finds: that may be
/// the expected one again.
///
/// Regression: one of some thousand refusals said that the value was the one that had been asked for.
#[test]
fn a_refusal_names_another_value() {
    const ATTEMPTS: usize = if cfg!(miri) { 100 } else { 3_000_000 };
    let values = [0, 1].map(Arc::new);
    let cell = SnapshotCell::with_arc(Arc::clone(&values[0]));
    let (done, contradictions) = (AtomicBool::new(false), Tally::new());
    run_together(2, |n| match n {
        0 => {
            while !done.load(Ordering::Relaxed) {
                cell.store_arc(Arc::clone(&values[1]));
                cell.store_arc(Arc::clone(&values[0]));
            }
        }
        _ => {
            for _ in 0..ATTEMPTS {
                if let Err(refused) = cell.compare_and_swap(&values[0], Arc::clone(&values[0])) {
                    if Arc::ptr_eq(&refused.current, &values[0]) {
                        contradictions.add();
                    }
                }
            }
            done.store(true, Ordering::Relaxed);
        }
    });
    assert_eq!(contradictions.count(), 0);
}
