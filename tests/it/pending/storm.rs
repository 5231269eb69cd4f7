//! Threads that add and threads that take: each accepted item arrives once, in its adder's order.

use std::sync::atomic::{AtomicUsize, Ordering};

use onset::Pending;

use crate::support::run_together;

const ADDERS: usize = 3;
const TAKERS: usize = 2;
const ITEMS: usize = if cfg!(miri) { 30 } else { 30_000 };

/// Runs both sides; returns how often each adder was accepted, and what each taker took.
fn add_and_take(item: impl Fn(usize, usize) -> usize + Sync) -> (Vec<usize>, Vec<Vec<usize>>) {
    let (pending, adding) = (Pending::new(), AtomicUsize::new(ADDERS));
    let outcomes = run_together(ADDERS + TAKERS, |n| {
        if n < ADDERS {
            let accepted = (0..ITEMS)
                .filter(|number| pending.add(item(n, *number)))
                .count();
            adding.fetch_sub(1, Ordering::Release);
            return (accepted, vec![]);
        }
        let mut taken = vec![];
        loop {
            let last = adding.load(Ordering::Acquire) == 0;
            let some = pending.take_all();
            let mut distinct = some.clone();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), some.len(), "nothing waits twice");
            taken.extend(some);
            if last {
                break (0, taken);
            }
        }
    });
    assert!(pending.is_empty());
    let (accepted, taken): (Vec<_>, Vec<_>) = outcomes.into_iter().unzip();
    (accepted, taken)
}

#[test]
fn each_item_arrives_once() {
    let (accepted, taken) = add_and_take(|adder, number| number * ADDERS + adder);
    assert_eq!(accepted[..ADDERS], [ITEMS; ADDERS]);
    for taken in &taken {
        for adder in 0..ADDERS {
            let of_adder = taken.iter().filter(|item| **item % ADDERS == adder);
            assert!(of_adder.is_sorted(), "an adder's own order");
        }
    }
    let mut all = taken.concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..ITEMS * ADDERS));
}

/// All add the same few items: each one that was accepted arrives, none arrives besides.
#[test]
fn each_accepted_item_arrives_once() {
    const DISTINCT: usize = 10;
    let (accepted, taken) = add_and_take(|_, number| number % DISTINCT);
    let (accepted, taken) = (accepted.into_iter().sum::<usize>(), taken.concat());
    assert_eq!(accepted, taken.len());
    assert!((DISTINCT..=ITEMS * ADDERS).contains(&accepted));
}
