//! Sources that say `Err`.

use std::{sync::Arc, thread};

use onset::{LoadError, Stale};

use super::{
    BOTH, Why, World, ask_meanwhile, eager, got, patient, refused, stall_load, state, world::Says,
};
use crate::support::{hold, run_together, watchdog};

#[test]
fn a_failure_keeps_the_old_value() {
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        assert_eq!(got(&reload), 1);
        reload.source().spoil(2);
        assert_eq!((got(&reload), got(&reload)), (1, 1));
        assert_eq!(state(&reload), (1, Some(Why::Failed(2))));
        reload.source().says(Says::Fails(3), Says::Is(3));
        assert_eq!(got(&reload), 1);
        assert_eq!(state(&reload), (1, Some(Why::Failed(3))));
        reload.source().set(4);
        assert_eq!(got(&reload), 4);
        assert_eq!(state(&reload), (2, None));
    }
}

/// A source that cannot be asked is not loaded from.
#[test]
fn without_a_version_there_is_no_load() {
    let reload = eager(World::new(), Stale::Serve);
    reload.source().says(Says::Fails(3), Says::Is(3));
    assert_eq!(refused(&reload), Why::Failed(3));
    assert_eq!(reload.source().calls(), (1, 0));
}

/// What is served is what the source has again: that is no failure any more, and nothing to load.
#[test]
fn the_old_version_comes_back() {
    for wrong in [(Says::Is(2), Says::Fails(2)), (Says::Fails(2), Says::Is(2))] {
        let reload = eager(World::new(), Stale::Serve);
        assert_eq!(got(&reload), 1);
        reload.source().says(wrong.0, wrong.1);
        assert_eq!(got(&reload), 1);
        assert_eq!(state(&reload), (1, Some(Why::Failed(2))));
        let loads = reload.source().loads.count();
        reload.source().set(1);
        assert_eq!(got(&reload), 1);
        assert_eq!(state(&reload), (1, None));
        assert_eq!(reload.status().failures, 0);
        assert_eq!(reload.source().loads.count(), loads);
    }
}

#[test]
fn without_a_value_the_error_is_what_everybody_gets() {
    let reload = patient(World::new(), Stale::Serve);
    reload.source().spoil(1);
    let errors = [(); 3].map(|()| reload.get().unwrap_err());
    let shared = errors.map(|error| match error {
        LoadError::Failed(fault) => fault,
        LoadError::Panicked(text) => panic!("{text}"),
    });
    assert!(shared.iter().all(|fault| Arc::ptr_eq(fault, &shared[0])));
    assert_eq!(reload.source().calls(), (1, 1), "once for all of them");
    assert_eq!(state(&reload), (0, Some(Why::Failed(1))));
    reload.source().set(2);
    assert_eq!(
        refused(&reload),
        Why::Failed(1),
        "it is not time to try again"
    );
    reload.invalidate();
    assert_eq!(got(&reload), 2);
    assert_eq!(state(&reload), (1, None));
}

/// The last error, not the first.
#[test]
fn each_attempt_has_its_own_error() {
    let reload = eager(World::new(), Stale::Serve);
    for version in 1..4 {
        reload.source().spoil(version);
        assert_eq!(refused(&reload), Why::Failed(version));
        assert_eq!(state(&reload), (0, Some(Why::Failed(version))));
    }
    assert_eq!(reload.source().calls(), (3, 3));
}

#[test]
fn sixteen_threads_share_one_failure() {
    for round in 0..30 {
        let reload = patient(World::new(), BOTH[round % 2]);
        reload.source().spoil(9);
        let errors = run_together(16, |_| refused(&reload));
        assert!(errors.iter().all(|error| *error == Why::Failed(9)));
        assert_eq!(reload.source().calls(), (1, 1));
    }
}

#[test]
fn those_who_waited_for_the_first_value_get_the_error() {
    for stale in BOTH {
        let _watch = watchdog();
        let reload = patient(World::new(), stale);
        reload.source().spoil(9);
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let first = hold(s, &stall, || refused(&reload));
            let others = ask_meanwhile(s, || refused(&reload));
            assert_eq!(first.end(), Why::Failed(9));
            let told = others.map(|t| t.join().unwrap());
            assert_eq!(told, [(); 5].map(|()| Why::Failed(9)));
        });
        assert_eq!(reload.source().calls(), (1, 1));
    }
}

/// Threads that come after the failure, and have never seen the value, are served it too.
#[test]
fn an_error_is_no_answer_where_there_is_a_value() {
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        assert_eq!(got(&reload), 1);
        reload.source().spoil(2);
        thread::scope(|s| {
            assert_eq!(s.spawn(|| got(&reload)).join().unwrap(), 1);
            assert_eq!(s.spawn(|| got(&reload)).join().unwrap(), 1);
        });
        assert_eq!(state(&reload), (1, Some(Why::Failed(2))));
    }
}
