//! `wait`: for a value that somebody else publishes, whoever that is, and no longer than one says.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use onset::OnceMap;

use super::{Books, CollidingMap, TestMap, Value, hold, hold_value};
use crate::{
    map::keys::{Call, Id, at_each},
    support::{Stall, Tally, catch, planned_panic, run_together, settle, watchdog},
};

const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_value_that_is_there_is_had_at_once() {
    let (map, books) = (TestMap::new(), Books::new());
    map.get_or_init(books.key(1), |_| books.value(1));
    for timeout in [Duration::ZERO, LONG, Duration::MAX] {
        assert_eq!(map.wait(&Id(1), timeout).map(Value::id), Some(1));
    }
}

#[test]
fn without_a_value_it_expires() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    for filled in [false, true] {
        for micros in [0, 1, 50, 2000] {
            assert!(map.wait(&Id(1), Duration::from_micros(micros)).is_none());
        }
        assert_eq!(map.len(), usize::from(filled));
        map.get_or_init(books.key(2), |_| books.value(2));
    }
}

/// It does not wait for the computation, which stands until after it came back.
#[test]
fn during_a_computation_it_expires() {
    let (_watch, map, books, stall) = (watchdog(), TestMap::new(), Books::new(), Stall::new());
    thread::scope(|s| {
        let holder = hold_value(s, &map, books, 1, &stall);
        for micros in [0, 1, 50, 2000] {
            assert!(map.wait(&Id(1), Duration::from_micros(micros)).is_none());
        }
        assert_eq!(holder.end().unwrap(), Ok(1));
    });
    assert_eq!(map.wait(&Id(1), Duration::ZERO).map(Value::id), Some(1));
}

/// Also within the key's own computation, which it does not hold up for ever.
#[test]
fn in_its_own_computation_it_expires() {
    let (_watch, map) = (watchdog(), OnceMap::<u64, u64>::new());
    let value = map.get_or_init(1, |key| {
        assert_eq!(map.wait(key, Duration::ZERO), None);
        assert_eq!(map.wait(key, Duration::from_millis(1)), None);
        7
    });
    assert_eq!(value, &7);
}

/// How a value comes about for which some are waiting.
fn waiters_get(publish: impl Fn(&CollidingMap, Books)) {
    let (_watch, map, books) = (watchdog(), CollidingMap::default(), Books::new());
    let (asking, back) = (Tally::new(), AtomicBool::new(false));
    thread::scope(|s| {
        let wait = |(id, timeout): (u64, Duration)| {
            asking.add();
            let value = map.wait(&Id(id), timeout).expect("the value comes first");
            back.store(true, Ordering::Relaxed);
            value.id()
        };
        let timeouts = [LONG, Duration::MAX, LONG, Duration::MAX];
        let waiters = timeouts.map(|timeout| s.spawn(move || wait((1, timeout))));
        asking.wait_for(4);
        settle();
        // Others of the same hash come, and it is none of these.
        for id in [2, 3] {
            map.get_or_init(books.key(id), |_| books.value(id));
            settle();
        }
        assert!(
            !back.load(Ordering::Relaxed),
            "it came back without a value"
        );
        publish(&map, books);
        assert_eq!(waiters.map(|t| t.join().unwrap()), [1; 4]);
    });
}

#[test]
fn what_somebody_computes() {
    waiters_get(|map, books| {
        map.get_or_init(books.key(1), |_| books.value(1));
    });
}

#[test]
fn what_somebody_inserts() {
    waiters_get(|map, books| assert!(map.insert(books.key(1), books.value(1)).is_ok()));
}

#[test]
fn what_comes_after_failures() {
    waiters_get(|map, books| {
        for _ in 0..3 {
            assert!(map.get_or_try_init(books.key(1), |_| Err(())).is_err());
            assert!(catch(|| map.get_or_init(books.key(1), |_| planned_panic()).id()).is_err());
            settle();
        }
        map.get_or_init(books.key(1), |_| books.value(1));
    });
}

#[test]
fn what_a_computation_that_failed_did_not_give() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking) = (Stall::new(), Tally::new());
    thread::scope(|s| {
        let holder = hold(s, &map, books.key(1), &stall, || Err(()));
        let waiter = s.spawn(|| {
            asking.add();
            map.wait(&Id(1), LONG).map(Value::id)
        });
        asking.wait_for(1);
        settle();
        assert_eq!(holder.end().unwrap(), Err(()));
        settle();
        assert!(!waiter.is_finished());
        assert!(map.insert(books.key(1), books.value(5)).is_ok());
        assert_eq!(waiter.join().unwrap(), Some(5));
    });
}

/// Whoever comes after a comparison that panicked is served as before.
#[test]
fn eq_panics_while_somebody_waits() {
    let _watch = watchdog();
    let panics = at_each(Call::Eq, |fuse| {
        let (map, books) = (CollidingMap::default(), Books::new());
        for id in [1, 2] {
            map.get_or_init(books.key(id), |_| books.value(id));
        }
        let outcome = fuse.lit(|| map.wait(&Id(3), Duration::ZERO).map(Value::id));
        assert!(outcome.is_none_or(|found| found.is_none()));
        thread::scope(|s| {
            let waiter = s.spawn(|| map.wait(&Id(3), LONG).map(Value::id));
            map.get_or_init(books.key(3), |_| books.value(3));
            assert_eq!(waiter.join().unwrap(), Some(3));
        });
        assert_eq!(books.alive(), (3, 3));
    });
    assert!(panics >= 4, "before it waits and after");
}

/// A waiter whose time is up leaves the others where they are.
#[test]
fn some_expire_and_the_others_wait_on() {
    let (_watch, map, asking) = (watchdog(), OnceMap::<u64, u64>::new(), Tally::new());
    thread::scope(|s| {
        let wait = |timeout| {
            asking.add();
            map.wait(&1, timeout).copied()
        };
        let patient = [LONG; 3].map(|t| s.spawn(move || wait(t)));
        let hasty = [Duration::from_millis(3); 3].map(|t| s.spawn(move || wait(t)));
        asking.wait_for(6);
        assert_eq!(hasty.map(|t| t.join().unwrap()), [None; 3]);
        map.get_or_init(1, |_| 7);
        assert_eq!(patient.map(|t| t.join().unwrap()), [Some(7); 3]);
    });
}

/// Timeouts that run out at about the moment of publication: `None` or the value, and nobody is
/// lost.
#[test]
fn a_timeout_races_the_publication() {
    let (_watch, start) = (watchdog(), Tally::new());
    for round in 0..if cfg!(miri) { 5 } else { 200 } {
        let map = OnceMap::new();
        thread::scope(|s| {
            let waiter = s.spawn(|| {
                start.add();
                map.wait(&1, Duration::from_micros(round)).copied()
            });
            start.wait_for(usize::try_from(round + 1).unwrap());
            map.get_or_init(1, |_| round);
            assert!([None, Some(round)].contains(&waiter.join().unwrap()));
        });
    }
}

/// More threads than cores, half of which wait for what the other half computes, fails to compute,
/// or inserts: a wake-up that is lost is a thread that never comes back.
#[test]
fn no_wake_up_is_lost() {
    let map = OnceMap::<usize, usize>::new();
    let keys = if cfg!(miri) { 3 } else { 1000 };
    run_together(12, |thread| {
        for key in 0..keys {
            match thread {
                0 => assert_eq!(map.get_or_init(key, |key| *key), &key),
                1 => assert!(map.insert(key, key).is_ok() || map.get(&key) == Some(&key)),
                2 => drop(
                    map.get_or_try_init(key, |_| Err(()))
                        .map(|value| assert_eq!(*value, key)),
                ),
                3..8 => assert_eq!(map.wait(&key, LONG), Some(&key)),
                _ => assert_eq!(map.wait(&key, Duration::MAX), Some(&key)),
            }
        }
    });
    assert_eq!(map.len(), keys);
}
