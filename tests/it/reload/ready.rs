//! The value without asking the source, for those who must not wait for it.

use std::{thread, time::Duration};

use onset::{Reload, Stale};

use super::{BOTH, World, eager, got, patient, stall_load};
use crate::support::{Tracked, hold, watchdog};

fn ready(reload: &Reload<World>) -> Option<u64> {
    reload.ready().map(|value| Tracked::id(&value))
}

#[test]
fn it_is_there_between_two_checks() {
    for stale in BOTH {
        let reload = patient(World::new(), stale);
        assert_eq!(ready(&reload), None, "nobody has loaded it");
        assert_eq!(reload.source().calls(), (0, 0), "and this does not");
        assert_eq!(got(&reload), 1);
        assert_eq!(ready(&reload), Some(1));
        reload.invalidate();
        assert_eq!(ready(&reload), None);
        assert_eq!(reload.source().calls(), (1, 1));
    }
}

#[test]
fn it_is_never_there_where_each_get_is_a_check() {
    let reload = eager(World::new(), BOTH[0]);
    assert_eq!(got(&reload), 1);
    assert_eq!(ready(&reload), None);
}

/// It is `get` that waits for the first value, and with a `Wait` for each one.
#[test]
fn it_does_not_wait_for_a_load() {
    let _watch = watchdog();
    for stale in BOTH {
        let reload = patient(World::new(), stale);
        for (version, meanwhile) in [(1, None), (2, Some(1)), (3, Some(2))] {
            reload.source().set(version);
            reload.invalidate();
            let stall = stall_load(&reload);
            assert_eq!(ready(&reload), None, "nobody is about it yet");
            thread::scope(|s| {
                let loading = hold(s, &stall, || got(&reload));
                let served = (stale == Stale::Serve).then_some(meanwhile).flatten();
                assert_eq!(ready(&reload), served);
                assert_eq!(loading.end(), version);
            });
            assert_eq!(ready(&reload), Some(version));
        }
    }
}

/// However old it is, and whether somebody is about a new one or not.
#[test]
fn what_there_is_can_be_looked_at() {
    let _watch = watchdog();
    let current = |reload: &Reload<World>| reload.current().map(|value| value.id());
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        assert_eq!(current(&reload), None);
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        assert_eq!(current(&reload), Some(1));
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let loading = hold(s, &stall, || got(&reload));
            assert_eq!(current(&reload), Some(1));
            assert_eq!(loading.end(), 2);
        });
        assert_eq!(current(&reload), Some(2));
        assert_eq!(reload.source().calls(), (2, 2), "nobody else has asked");
    }
}

/// A failure does not make the old value unfit for use until the next check.
#[test]
fn it_is_the_old_value_after_a_failure() {
    let reload = patient(World::new(), BOTH[0]).check_every(Duration::MAX);
    assert_eq!(got(&reload), 1);
    reload.source().spoil(2);
    reload.invalidate();
    assert_eq!((got(&reload), ready(&reload)), (1, Some(1)));
}

#[test]
fn generations_count_the_loads() {
    let reload = eager(World::new(), BOTH[0]);
    assert_eq!(reload.generation(), 0);
    for version in [1, 2, 2, 3] {
        reload.source().set(version);
        assert_eq!(got(&reload), version);
        assert_eq!(reload.generation(), version);
        assert_eq!(reload.generation(), reload.status().generation);
    }
}
