//! `wait_for_change` by threads that follow a writer.

use std::{thread, time::Duration};

use onset::SnapshotCell;

use crate::support::{Tally, watchdog};

const LONG: Duration = Duration::from_secs(600);

/// Timeouts that run out at about the moment of the publication: it was seen or it was not, and
/// nobody is lost.
#[test]
fn a_timeout_races_the_publication() {
    let (_watch, cell, start) = (watchdog(), SnapshotCell::new(0), Tally::new());
    for round in 1..200 {
        thread::scope(|s| {
            let waiter = s.spawn(|| {
                start.add();
                cell.wait_for_change(round, Duration::from_micros(round))
            });
            start.wait_for(usize::try_from(round).unwrap());
            cell.store(round);
            assert!([None, Some(round + 1)].contains(&waiter.join().unwrap()));
        });
        assert_eq!(cell.wait_for_change(round, Duration::MAX), Some(round + 1));
    }
}

/// Two threads that take turns, each waiting for the other's publication: one that is missed stops
/// both for good.
#[test]
fn back_and_forth() {
    const ROUNDS: u64 = if cfg!(miri) { 20 } else { 3000 };
    let (_watch, ping, pong) = (watchdog(), SnapshotCell::new(1), SnapshotCell::new(1));
    thread::scope(|s| {
        s.spawn(|| {
            for round in 1..=ROUNDS {
                assert_eq!(ping.wait_for_change(round, Duration::MAX), Some(round + 1));
                assert_eq!(*ping.load(), round + 1);
                pong.store(round + 1);
            }
        });
        for round in 1..=ROUNDS {
            ping.store(round + 1);
            assert_eq!(pong.wait_for_change(round, LONG), Some(round + 1));
            assert_eq!(*pong.load(), round + 1);
        }
    });
}

/// Waiters that follow a writer see generations that only grow, up to the last one.
#[test]
fn followers_arrive_at_the_last_generation() {
    const STORES: u64 = if cfg!(miri) { 30 } else { 5000 };
    let (_watch, cell) = (watchdog(), SnapshotCell::new(1));
    thread::scope(|s| {
        let follow = |timeout| {
            let mut seen = 1;
            while seen <= STORES {
                if let Some(now) = cell.wait_for_change(seen, timeout) {
                    assert!(now > seen, "back from {seen} to {now}");
                    assert!(*cell.load() >= now);
                    seen = now;
                }
            }
            assert_eq!(seen, STORES + 1);
        };
        for timeout in [
            Duration::MAX,
            LONG,
            Duration::from_micros(50),
            Duration::ZERO,
        ] {
            s.spawn(move || follow(timeout));
        }
        (2..2 + STORES).for_each(|id| cell.store(id));
    });
}
