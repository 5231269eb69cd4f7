//! What failed to load is not loaded again before the pause is over, unless there is something new.
//!
//! The pauses that must not end during a test are made long: by `check_every` and `back_off`, or by
//! many failures. After n of them in a row the pause is 100 ms · 2ⁿ⁻¹, which is 14 hours for 20.

use std::time::{Duration, Instant};

use onset::{Reload, Stale};

use super::{BOTH, Why, World, got, refused, state, world::Says};

const WEARY: u32 = 20;

/// Asks at every `get`, but does not load the same version again, for it has failed so often. The
/// last version that failed is `WEARY`, and the world still has that.
fn weary(reload: Reload<World>) -> Reload<World> {
    let reload = reload.check_every(Duration::ZERO).back_off(Duration::MAX);
    for version in 1..=u64::from(WEARY) {
        reload.source().spoil(version);
        let _ = reload.get();
    }
    assert_eq!(reload.status().failures, WEARY);
    reload
}

fn weary_without_a_value(stale: Stale) -> Reload<World> {
    let reload = weary(Reload::new(World::new()).stale(stale));
    assert_eq!(reload.source().calls(), (20, 20));
    reload
}

/// The value that is there is number 100.
fn weary_with_a_value(stale: Stale) -> Reload<World> {
    let reload = Reload::new(World::new())
        .stale(stale)
        .check_every(Duration::ZERO);
    reload.source().set(100);
    assert_eq!(got(&reload), 100);
    let reload = weary(reload);
    assert_eq!(reload.source().calls(), (21, 21));
    reload
}

#[test]
fn what_failed_is_asked_for_and_not_loaded_again() {
    for stale in BOTH {
        let reload = weary_without_a_value(stale);
        for asked in 21..25 {
            assert_eq!(refused(&reload), Why::Failed(20));
            assert_eq!(reload.source().calls(), (asked, 20));
        }
        let reload = weary_with_a_value(stale);
        for asked in 22..26 {
            assert_eq!(got(&reload), 100);
            assert_eq!(reload.source().calls(), (asked, 21));
        }
        assert_eq!(state(&reload), (1, Some(Why::Failed(20))));
        assert_eq!(reload.status().failures, WEARY, "to ask is no attempt");
    }
}

/// Not even if it could be loaded by now: only its version could tell.
#[test]
fn the_same_version_is_not_mended() {
    let reload = weary_without_a_value(Stale::Serve);
    reload.source().set(20);
    assert_eq!(refused(&reload), Why::Failed(20));
    reload.invalidate();
    assert_eq!(got(&reload), 20);
}

#[test]
fn what_is_mended_is_not_waited_for() {
    for reload in [
        weary_without_a_value(Stale::Serve),
        weary_with_a_value(Stale::Wait),
    ] {
        reload.source().set(21);
        assert_eq!(got(&reload), 21);
        assert_eq!(state(&reload).1, None);
        assert_eq!(reload.status().failures, 0);
    }
}

/// What failed before the last failure counts as new.
#[test]
fn only_the_last_failure_is_remembered() {
    let reload = weary_without_a_value(Stale::Serve);
    reload.source().spoil(19);
    assert_eq!(refused(&reload), Why::Failed(19));
    reload.source().spoil(20);
    assert_eq!(refused(&reload), Why::Failed(20));
    assert_eq!(reload.source().calls(), (22, 22));
}

/// The version of the value that is served ends the trouble.
#[test]
fn what_is_served_comes_back() {
    let reload = weary_with_a_value(Stale::Serve);
    reload.source().set(100);
    assert_eq!(got(&reload), 100);
    assert_eq!(reload.source().calls(), (22, 21));
    assert_eq!(state(&reload), (1, None));
    reload.source().spoil(20);
    assert_eq!(got(&reload), 100);
    assert_eq!(reload.source().calls(), (23, 22), "all is forgotten");
    assert_eq!(reload.status().failures, 1);
}

/// Where not even the version can be had, it is not asked for until the pause is over.
#[test]
fn a_source_that_cannot_be_asked_is_left_alone() {
    for reload in [
        weary_without_a_value(Stale::Wait),
        weary_with_a_value(Stale::Serve),
    ] {
        reload.source().says(Says::Fails(50), Says::Is(50));
        drop(reload.get());
        assert_eq!(state(&reload).1, Some(Why::Failed(50)));
        let calls = reload.source().calls();
        reload.source().set(51);
        for _ in 0..3 {
            let _ = reload.get();
        }
        assert_eq!(reload.source().calls(), calls);
        reload.invalidate();
        assert_eq!(got(&reload), 51);
    }
}

#[test]
fn invalidate_ends_the_pause() {
    let reload = weary_with_a_value(Stale::Serve);
    reload.invalidate();
    assert_eq!(got(&reload), 100);
    assert_eq!(reload.source().calls(), (22, 22));
    assert_eq!(reload.status().failures, WEARY + 1);
    assert_eq!(got(&reload), 100);
    assert_eq!(reload.source().calls(), (23, 22), "and the next one begins");
}

/// A failure's pause is not shorter than the time between two checks, whatever failed and whatever
/// `back_off` says.
#[test]
fn nobody_asks_sooner_because_it_failed() {
    for world in [(Says::Is(1), Says::Fails(1)), (Says::Fails(1), Says::Is(1))] {
        let reload = Reload::new(World::new()).check_every(Duration::from_secs(3600));
        let reload = reload.back_off(Duration::ZERO);
        reload.source().says(world.0, world.1);
        assert_eq!(refused(&reload), Why::Failed(1));
        let (calls, begin) = (reload.source().calls(), Instant::now());
        reload.source().set(2);
        // Longer than any coarse clock is late.
        while begin.elapsed() < Duration::from_millis(25) {
            assert_eq!(refused(&reload), Why::Failed(1));
        }
        assert_eq!(reload.source().calls(), calls);
    }
}

/// A pause of nothing: the same version is tried at each `get`.
#[test]
fn back_off_zero_is_none() {
    let reload = super::eager(World::new(), Stale::Serve);
    reload.source().spoil(1);
    for times in 1..40 {
        assert_eq!(refused(&reload), Why::Failed(1));
        assert_eq!(reload.source().calls(), (times, times));
    }
    assert_eq!(reload.status().failures, 39);
}
