//! What is known of the source is forgotten.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use onset::{Reload, Stale};

use super::{
    BOTH, Why, World, ask_meanwhile, eager, got, patient, refused, stall_load, state, world::Says,
};
use crate::support::{Stall, hold, run_together, watchdog};

#[test]
fn the_next_get_loads_whatever_the_version_says() {
    for stale in BOTH {
        let reload = patient(World::new(), stale);
        assert_eq!(got(&reload), 1);
        reload.source().says(Says::Is(1), Says::Is(5));
        assert_eq!(got(&reload), 1);
        reload.invalidate();
        assert_eq!((got(&reload), got(&reload)), (5, 5));
        assert_eq!(reload.source().calls(), (2, 2));
    }
}

#[test]
fn once_is_as_good_as_thrice() {
    let reload = patient(World::new(), Stale::Serve);
    reload.invalidate();
    assert_eq!(got(&reload), 1);
    (0..3).for_each(|_| reload.invalidate());
    assert_eq!((got(&reload), got(&reload)), (1, 1));
    assert_eq!(reload.source().calls(), (2, 2));
}

/// The old value stays, and what cannot be loaded is still due to be.
#[test]
fn the_old_value_stays_if_it_fails() {
    let reload = eager(World::new(), Stale::Serve);
    assert_eq!(got(&reload), 1);
    reload.source().says(Says::Is(1), Says::Fails(9));
    reload.invalidate();
    assert_eq!(got(&reload), 1);
    assert_eq!(state(&reload), (1, Some(Why::Failed(9))));
    reload.source().says(Says::Is(1), Says::Is(5));
    assert_eq!(
        got(&reload),
        5,
        "the version is that of the first value, but that is forgotten"
    );
}

#[test]
fn it_does_not_matter_how_the_last_attempt_went() {
    for wrong in [Says::Fails(9), Says::Panics] {
        for (stamp, value) in [(wrong, Says::Is(1)), (Says::Is(1), wrong)] {
            let reload = patient(World::new(), Stale::Wait);
            reload.source().says(stamp, value);
            let before = refused(&reload);
            assert_eq!(refused(&reload), before);
            reload.source().set(1);
            assert_eq!(refused(&reload), before);
            reload.invalidate();
            assert_eq!(got(&reload), 1);
        }
    }
}

/// The load that is under way has looked before: it gives the old value, and the next one loads
/// again.
#[test]
fn a_load_under_way_does_not_count() {
    for stale in BOTH {
        let (_watch, reload) = (watchdog(), patient(World::new(), stale));
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let first = hold(s, &stall, || got(&reload));
            reload.source().says(Says::Is(1), Says::Is(2));
            reload.invalidate();
            assert_eq!(first.end(), 1);
        });
        assert_eq!((got(&reload), got(&reload)), (2, 2));
        assert_eq!(reload.source().calls(), (2, 2));
    }
}

/// Nor does one that has only asked for the version, and one that fails.
#[test]
fn a_look_under_way_does_not_count() {
    for value in [Says::Is(1), Says::Fails(1)] {
        let (_watch, reload) = (watchdog(), patient(World::new(), Stale::Serve));
        assert_eq!(got(&reload), 1);
        reload.source().says(Says::Is(1), value);
        reload.invalidate();
        let stall = Arc::new(Stall::new());
        let at_stamp = Arc::clone(&stall);
        reload.source().at_stamp(move || at_stamp.stand());
        thread::scope(|s| {
            let first = hold(s, &stall, || got(&reload));
            reload.invalidate();
            assert_eq!(first.end(), 1);
        });
        reload.source().says(Says::Is(1), Says::Is(2));
        assert_eq!(got(&reload), 2);
        assert_eq!(reload.source().calls(), (3, 3));
    }
}

/// Those who wait for a load that is invalidated do not get what it gives: one of them loads.
#[test]
fn those_who_wait_get_what_is_loaded_afterwards() {
    assert_eq!(told_after_an_invalidation(Stale::Wait, true), [2; 5]);
    assert_eq!(told_after_an_invalidation(Stale::Wait, false), [2; 5]);
    // Who does not wait yet when the first load ends is served its value, while another one loads:
    // that happens on a busy machine, but not always.
    let mut tries = (0..20).map(|_| told_after_an_invalidation(Stale::Serve, false));
    assert!(tries.any(|told| told == [2; 5]));
}

/// What five threads get that ask while the first load, which is invalidated, is under way.
fn told_after_an_invalidation(stale: Stale, has_value: bool) -> [u64; 5] {
    let (_watch, reload) = (watchdog(), patient(World::new(), stale));
    if has_value {
        assert_eq!(got(&reload), 1);
        reload.invalidate();
    }
    let before = reload.source().loads.count();
    let stall = stall_load(&reload);
    let told = thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        reload.source().set(2);
        reload.invalidate();
        let others = ask_meanwhile(s, || got(&reload));
        assert!([1, 2].contains(&first.end()));
        others.map(|t| t.join().unwrap())
    });
    assert_eq!(reload.source().loads.count(), before + 2);
    told
}

/// As above, but the load that they waited for has failed, and the second one fails as well: they
/// get the error of that one.
#[test]
fn a_failure_under_way_does_not_count_either() {
    let (_watch, reload) = (watchdog(), patient(World::new(), Stale::Serve));
    reload.source().spoil(1);
    let stall = stall_load(&reload);
    thread::scope(|s| {
        let first = hold(s, &stall, || refused(&reload));
        reload.source().says(Says::Is(1), Says::Fails(2));
        reload.invalidate();
        let others = ask_meanwhile(s, || refused(&reload));
        first.end();
        let told = others.map(|t| t.join().unwrap());
        assert_eq!(told, [(); 5].map(|()| Why::Failed(2)));
    });
    assert_eq!(reload.source().calls(), (2, 2));
}

/// A source that invalidates while it loads does not keep anybody busy for ever.
#[test]
fn from_within_the_source() {
    let (_watch, reload) = (watchdog(), Arc::new(patient(World::new(), Stale::Wait)));
    for id in 1..4 {
        let (at_stamp, at_load) = (Arc::clone(&reload), Arc::clone(&reload));
        reload.source().set(id);
        match id {
            1 => reload.source().at_load(move || at_load.invalidate()),
            2 => reload.source().at_stamp(move || at_stamp.invalidate()),
            _ => {}
        }
        assert_eq!(got(&reload), id);
    }
    reload.source().set(4);
    assert_eq!(got(&reload), 3, "nobody has invalidated any more");
}

/// Whoever invalidates and then asks gets what there was by then, or something newer, whoever else
/// does the same.
#[test]
fn nobody_gets_what_was_before() {
    let reload: Reload<World> = patient(World::new(), Stale::Wait);
    let (newest, step) = (AtomicU64::new(1), std::sync::Mutex::new(()));
    let advance = || {
        let _one_by_one = step.lock().unwrap();
        let id = newest.fetch_add(1, Ordering::Relaxed) + 1;
        reload.source().says(Says::Is(1), Says::Is(id));
        id
    };
    run_together(4, |_| {
        for _ in 0..500 {
            let id = advance();
            reload.invalidate();
            assert!(got(&reload) >= id);
        }
    });
    assert!(reload.source().loads.count() <= 2001);
}
