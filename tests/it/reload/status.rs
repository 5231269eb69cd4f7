//! What a reload says of itself.

use std::{thread, time::Instant};

use onset::{Reload, Stale, Status};

use super::{
    Why, World, eager, got, patient, refused, stall_load, state,
    world::{Fault, Says},
};
use crate::support::{hold, watchdog};

#[test]
fn before_the_first_get_it_is_empty() {
    let status = patient(World::new(), Stale::Serve).status();
    let Status {
        generation,
        loaded,
        checked,
        error,
        failures,
        ..
    } = status;
    assert_eq!((generation, failures), (0, 0));
    assert!(loaded.is_none() && checked.is_none() && error.is_none());
}

/// The next `get` comes later than all that was before.
fn get_later(reload: &Reload<World>) -> Status<Fault> {
    let now = Instant::now();
    while Instant::now() <= now {}
    let _ = reload.get();
    reload.status()
}

#[test]
fn a_check_is_no_load() {
    let reload = eager(World::new(), Stale::Serve);
    let first = get_later(&reload);
    assert_eq!(first.loaded, first.checked);
    let second = get_later(&reload);
    assert_eq!(second.loaded, first.loaded);
    assert!(second.checked > first.checked);
    reload.source().set(2);
    let third = get_later(&reload);
    assert!(third.loaded > second.checked && third.checked >= third.loaded);
    assert_eq!(
        (first.generation, second.generation, third.generation),
        (1, 1, 2)
    );
}

#[test]
fn a_failure_is_a_check() {
    let reload = eager(World::new(), Stale::Serve);
    reload.source().spoil(1);
    let first = get_later(&reload);
    assert!(first.loaded.is_none() && first.checked.is_some());
    reload.source().set(2);
    let second = get_later(&reload);
    reload.source().says(Says::Fails(3), Says::Is(3));
    let third = get_later(&reload);
    assert_eq!(third.loaded, second.loaded);
    assert!(third.checked > second.checked);
}

/// Failures in a row, of whatever kind; a value or the same version ends the row.
#[test]
fn failures_are_counted() {
    let reload = eager(World::new(), Stale::Serve);
    let trouble = [
        (Says::Is(2), Says::Fails(2)),
        (Says::Fails(3), Says::Is(3)),
        (Says::Panics, Says::Is(4)),
        (Says::Is(2), Says::Panics),
    ];
    for world in [1, 1, 5] {
        reload.source().set(world);
        assert_eq!(got(&reload), world);
        assert_eq!(reload.status().failures, 0);
        for (failures, (stamp, value)) in (1..).zip(trouble) {
            reload.source().says(stamp, value);
            assert_eq!(got(&reload), world);
            assert_eq!(reload.status().failures, failures);
        }
    }
    assert_eq!(state(&reload).0, 2);
}

/// An old status is not changed, and its error stays.
#[test]
fn it_is_a_snapshot() {
    let reload = eager(World::new(), Stale::Serve);
    reload.source().spoil(1);
    assert_eq!(refused(&reload), Why::Failed(1));
    let before = reload.status();
    reload.source().set(2);
    assert_eq!(got(&reload), 2);
    assert_eq!((before.generation, before.failures), (0, 1));
    assert_eq!(before.error.map(Why::from), Some(Why::Failed(1)));
    assert_eq!(state(&reload), (1, None));
}

/// To invalidate is to forget what the source has, not what happened.
#[test]
fn invalidate_changes_nothing_in_it() {
    let reload = patient(World::new(), Stale::Serve);
    reload.source().spoil(1);
    assert_eq!(refused(&reload), Why::Failed(1));
    let before = reload.status();
    reload.invalidate();
    let after = reload.status();
    assert_eq!(state(&reload), (0, Some(Why::Failed(1))));
    assert_eq!(
        (before.failures, before.checked),
        (after.failures, after.checked)
    );
}

/// Nobody who only looks waits for the one who loads.
#[test]
fn looking_does_not_wait() {
    for stale in super::BOTH {
        let (_watch, reload) = (watchdog(), patient(World::new(), stale));
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let first = hold(s, &stall, || got(&reload));
            assert_eq!(state(&reload), (0, None));
            assert!(format!("{reload:?}").starts_with("Reload"));
            reload.invalidate();
            assert_eq!(first.end(), 1);
        });
        assert_eq!(state(&reload), (1, None));
    }
}
