//! `wait_for_change`: who waits for what, and that no change is missed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use onset::{OnceCell, SnapshotCell};

use crate::support::{Tally, catch, planned_panic, settle, watchdog};

const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_change_before_the_call_is_not_missed() {
    let (_watch, cell) = (watchdog(), SnapshotCell::new(0));
    let seen = cell.generation();
    assert_eq!(seen, 1);
    cell.store(1);
    for timeout in [Duration::ZERO, LONG, Duration::MAX] {
        assert_eq!(cell.wait_for_change(seen, timeout), Some(2));
    }
    cell.store(2);
    assert_eq!(cell.wait_for_change(seen, Duration::MAX), Some(3));
}

/// Another one, not a later one.
#[test]
fn a_generation_that_never_was_is_another_one() {
    let (_watch, cell) = (watchdog(), SnapshotCell::new(0));
    for seen in [0, 2, u64::MAX] {
        assert_eq!(cell.wait_for_change(seen, Duration::MAX), Some(1));
        assert_eq!(cell.wait_for_change(seen, Duration::ZERO), Some(1));
    }
}

#[test]
fn without_a_change_the_time_runs_out() {
    let (_watch, cell) = (watchdog(), SnapshotCell::new(0));
    for micros in [0, 1, 20, 2000] {
        assert_eq!(cell.wait_for_change(1, Duration::from_micros(micros)), None);
    }
    cell.store(1);
    assert_eq!(cell.wait_for_change(2, Duration::ZERO), None);
    assert_eq!(cell.wait_for_change(1, Duration::ZERO), Some(2));
}

/// Each way to publish, and the generation that it makes of a full cell's.
type Way = fn(&SnapshotCell<u64>);

const WAYS: [Way; 7] = [
    |cell| cell.store(1),
    |cell| cell.store_arc(Arc::new(1)),
    |cell| drop(cell.swap(1)),
    |cell| drop(cell.swap_arc(Arc::new(1))),
    |cell| drop(cell.compare_and_swap(&cell.load(), Arc::new(1)).unwrap()),
    |cell| drop(cell.update(|old| old + 1)),
    |cell| drop(cell.try_update(|old| Ok::<_, ()>(old + 1)).unwrap()),
];

/// Threads that wait for a change of `seen`, and are woken by `publish`.
fn all_wake(cell: &SnapshotCell<u64>, seen: u64, publish: impl FnOnce()) {
    let asking = Tally::new();
    thread::scope(|s| {
        let wait = |timeout| {
            asking.add();
            cell.wait_for_change(seen, timeout)
        };
        let timeouts = [
            LONG,
            Duration::MAX,
            LONG,
            Duration::MAX,
            LONG,
            Duration::MAX,
        ];
        let waiters = timeouts.map(|timeout| s.spawn(move || wait(timeout)));
        asking.wait_for(6);
        settle();
        publish();
        let woken = waiters.map(|t| t.join().unwrap());
        assert_eq!(woken, [Some(cell.generation()); 6]);
    });
}

#[test]
fn every_way_to_publish_wakes_all_who_wait() {
    let _watch = watchdog();
    for publish in WAYS {
        let cell = SnapshotCell::new(0);
        for seen in 1..4 {
            all_wake(&cell, seen, || publish(&cell));
            assert_eq!(cell.generation(), seen + 1);
        }
    }
}

#[test]
fn a_first_value_wakes_all_who_wait() {
    let _watch = watchdog();
    let computed = SnapshotCell::lazy(|| 7);
    all_wake(&computed, 0, || assert_eq!(*computed.load(), 7));
    let stored = SnapshotCell::lazy(|| 7);
    all_wake(&stored, 0, || stored.store(8));
    assert_eq!((computed.generation(), stored.generation()), (1, 1));
}

/// What publishes nothing ends no wait, nor does what another cell publishes.
#[test]
fn only_a_change_ends_the_wait() {
    let (_watch, cell, other) = (watchdog(), SnapshotCell::new(0), SnapshotCell::new(0));
    let (asking, back) = (Tally::new(), AtomicBool::new(false));
    thread::scope(|s| {
        let wait = |timeout| {
            asking.add();
            let change = cell.wait_for_change(1, timeout);
            back.store(true, Ordering::Relaxed);
            change
        };
        let waiters = [LONG, Duration::MAX].map(|timeout| s.spawn(move || wait(timeout)));
        asking.wait_for(2);
        for _ in 0..3 {
            settle();
            for publish in WAYS {
                publish(&other);
            }
            assert!(cell.compare_and_swap(&0, Arc::new(1)).is_err());
            assert!(cell.try_update(|_| Err(())).is_err());
            assert!(catch(|| cell.update(|_| planned_panic())).is_err());
            drop((cell.load(), cell.reader()));
        }
        settle();
        assert!(
            !back.load(Ordering::Relaxed),
            "it came back without a change"
        );
        cell.store(1);
        assert_eq!(waiters.map(|t| t.join().unwrap()), [Some(2); 2]);
    });
}

/// A waiter whose time is up leaves the others where they are.
#[test]
fn some_expire_and_the_others_wait_on() {
    let (_watch, cell, asking) = (watchdog(), SnapshotCell::new(0), Tally::new());
    thread::scope(|s| {
        let wait = |timeout| {
            asking.add();
            cell.wait_for_change(1, timeout)
        };
        let short = Duration::from_millis(3);
        let patient = [LONG; 3].map(|t| s.spawn(move || wait(t)));
        let hasty = [short; 3].map(|t| s.spawn(move || wait(t)));
        asking.wait_for(6);
        assert_eq!(hasty.map(|t| t.join().unwrap()), [None; 3]);
        cell.store(1);
        assert_eq!(patient.map(|t| t.join().unwrap()), [Some(2); 3]);
    });
}

/// The publisher is nobody whom the waiter could hold up, whatever it computes.
#[test]
fn waiting_inside_an_initialiser() {
    let (_watch, cell, inside) = (watchdog(), SnapshotCell::new(1), Tally::new());
    let (one, other) = (OnceCell::new(), OnceCell::new());
    let wait = || {
        inside.add();
        cell.wait_for_change(1, Duration::MAX)
    };
    thread::scope(|s| {
        let waiter = s.spawn(|| *one.get_or_init(wait));
        inside.wait_for(1);
        settle();
        let publish = || {
            cell.store(2);
            *one.get_or_init(|| unreachable!("it is being computed"))
        };
        assert_eq!(*other.get_or_init(publish), Some(2));
        assert_eq!(waiter.join().unwrap(), Some(2));
    });
}
