//! What the others do while one thread reloads.

use std::{sync::Arc, thread, time::Duration};

use onset::{Guard, Reload, Stale};

use super::{Why, World, ask_meanwhile, eager, got, patient, stall_load, state};
use crate::support::{Stall, hold, watchdog};

/// A reload that has a value, and was told that there is another one.
fn stale(stale: Stale) -> Reload<World> {
    let reload = patient(World::new(), stale);
    assert_eq!(got(&reload), 1);
    reload.source().set(2);
    reload.invalidate();
    reload
}

#[test]
fn the_default_is_to_serve() {
    assert_eq!(Stale::default(), Stale::Serve);
    let (_watch, reload) = (
        watchdog(),
        Reload::new(World::new()).check_every(Duration::ZERO),
    );
    assert_eq!(got(&reload), 1);
    let stall = stall_load(&reload);
    reload.source().set(2);
    thread::scope(|s| {
        let _first = hold(s, &stall, || got(&reload));
        assert_eq!(got(&reload), 1);
    });
}

/// However many of them ask, and however often: nobody waits, and nobody loads besides.
#[test]
fn others_are_served_the_old_value() {
    let (_watch, reload) = (watchdog(), eager(World::new(), Stale::Serve));
    assert_eq!(got(&reload), 1);
    let stall = stall_load(&reload);
    reload.source().set(2);
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let ask = || [(); 50].map(|()| got(&reload));
        let others = [(); 4].map(|()| s.spawn(ask));
        assert_eq!(ask(), [1; 50]);
        assert!(
            others
                .map(|t| t.join().unwrap())
                .concat()
                .iter()
                .all(|id| *id == 1)
        );
        assert_eq!(reload.source().calls(), (2, 2));
        assert_eq!(first.end(), 2, "who loads gets the new one");
    });
    assert_eq!(got(&reload), 2);
}

/// To ask for the version may take long as well.
#[test]
fn nobody_waits_for_a_version_either() {
    let (_watch, reload, stall) = (watchdog(), stale(Stale::Serve), Arc::new(Stall::new()));
    let at_stamp = Arc::clone(&stall);
    reload.source().at_stamp(move || at_stamp.stand());
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        assert_eq!(got(&reload), 1);
        assert_eq!(first.end(), 2);
    });
}

#[test]
fn others_wait_for_the_new_value() {
    let (_watch, reload) = (watchdog(), stale(Stale::Wait));
    let stall = stall_load(&reload);
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let others = ask_meanwhile(s, || got(&reload));
        assert_eq!(first.end(), 2);
        assert_eq!(others.map(|t| t.join().unwrap()), [2; 5]);
    });
    assert_eq!(reload.source().calls(), (2, 2));
}

#[test]
fn others_wait_for_the_version() {
    let (_watch, reload) = (watchdog(), stale(Stale::Wait));
    let stall = Arc::new(Stall::new());
    let at_stamp = Arc::clone(&stall);
    reload.source().at_stamp(move || at_stamp.stand());
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let others = ask_meanwhile(s, || got(&reload));
        assert_eq!(first.end(), 2);
        assert_eq!(others.map(|t| t.join().unwrap()), [2; 5]);
    });
    assert_eq!(reload.source().calls(), (2, 2));
}

/// The one that they waited for has failed: they get the old value and do not fail once more each.
#[test]
fn those_who_waited_for_a_failure_get_the_old_value() {
    let (_watch, reload) = (watchdog(), stale(Stale::Wait));
    reload.source().spoil(2);
    let stall = stall_load(&reload);
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let others = ask_meanwhile(s, || got(&reload));
        assert_eq!(first.end(), 1);
        assert_eq!(others.map(|t| t.join().unwrap()), [1; 5]);
    });
    assert_eq!(reload.source().calls(), (2, 2));
    assert_eq!(state(&reload), (1, Some(Why::Failed(2))));
}

/// When nothing is due nobody waits, though there is a new value.
#[test]
fn nobody_waits_for_what_is_not_due() {
    let reload = patient(World::new(), Stale::Wait);
    assert_eq!(got(&reload), 1);
    reload.source().set(2);
    assert_eq!(got(&reload), 1);
    assert_eq!(reload.source().calls(), (1, 1));
}

/// Guards outlive what happens, in both modes.
#[test]
fn a_guard_holds_nobody_up() {
    for stale in super::BOTH {
        let reload = eager(World::new(), stale);
        let old = reload.get().unwrap();
        thread::scope(|s| {
            reload.source().set(2);
            assert_eq!(s.spawn(|| got(&reload)).join().unwrap(), 2);
        });
        let new = reload.get().unwrap();
        assert_eq!((old.id(), new.id()), (1, 2));
        assert_eq!((Guard::generation(&old), Guard::generation(&new)), (1, 2));
    }
}
