//! Who drops what was replaced, and what its destructor may do.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use onset::{Guard, Reload, Stale};

use super::{BOTH, By, World, eager, patient, state};
use crate::support::{Stall, catch, hold, is_planned, planned_panic, watchdog};

type AtDrop = Box<dyn FnOnce() + Send + Sync>;

/// A value whose destructor does what the test says.
pub(super) struct Restless {
    pub(super) id: u64,
    at_drop: Mutex<Option<AtDrop>>,
}

impl Restless {
    pub(super) const fn new(id: u64) -> Self {
        Self {
            id,
            at_drop: Mutex::new(None),
        }
    }

    pub(super) fn at_drop(&self, f: impl FnOnce() + Send + Sync + 'static) {
        *self.at_drop.lock().unwrap() = Some(Box::new(f));
    }
}

impl Drop for Restless {
    fn drop(&mut self) {
        if let Some(f) = self.at_drop.get_mut().unwrap().take() {
            f();
        }
    }
}

pub(super) type Uneasy = Reload<World<Restless>>;

#[track_caller]
pub(super) fn id(reload: &Uneasy) -> u64 {
    reload.get().unwrap().id
}

/// Who has the last copy of the old value when the new one comes.
#[derive(Clone, Copy)]
pub(super) enum Last {
    /// The reload alone: it was loaded by a thread that is gone.
    Reload,
    /// The thread that loads, which has read the old one.
    Thread,
}

/// The reload has a value, whose destructor does `f`, and will load another one.
pub(super) fn replaced(reload: &Uneasy, last: Last, f: impl FnOnce() + Send + Sync + 'static) {
    let first = || reload.get().unwrap().at_drop(f);
    match last {
        Last::Reload => thread::scope(|s| s.spawn(first).join().unwrap()),
        Last::Thread => first(),
    }
    reload.source().set(2);
    reload.invalidate();
}

const WAYS: [(Last, Stale); 4] = [
    (Last::Reload, Stale::Serve),
    (Last::Reload, Stale::Wait),
    (Last::Thread, Stale::Serve),
    (Last::Thread, Stale::Wait),
];

#[test]
fn a_destructor_that_panics_leaves_the_new_value() {
    for (last, stale) in WAYS {
        let reload = eager(World::with(Restless::new), stale);
        replaced(&reload, last, || planned_panic());
        assert!(is_planned(&catch(|| id(&reload)).unwrap_err()));
        assert_eq!(state(&reload), (2, None), "the load has not failed");
        assert_eq!(id(&reload), 2);
        assert_eq!(reload.source().calls(), (3, 2));
    }
}

/// The others have the new value as soon as there is one: a destructor that takes its time, and
/// then panics, holds nobody up.
#[test]
fn nobody_waits_for_a_destructor() {
    for (last, stale) in WAYS {
        let (_watch, reload) = (watchdog(), patient(World::with(Restless::new), stale));
        let stall = Arc::new(Stall::new());
        let at_drop = Arc::clone(&stall);
        thread::scope(|s| {
            let drops = move || {
                at_drop.stand();
                planned_panic()
            };
            let reload = &reload;
            let loader = hold(s, &stall, move || {
                replaced(reload, last, drops);
                catch(|| id(reload)).is_err()
            });
            assert_eq!(id(reload), 2);
            assert!(loader.end(), "the panic goes on");
        });
        assert_eq!(id(&reload), 2);
    }
}

#[test]
fn a_destructor_may_ask_for_the_value() {
    for (last, stale) in WAYS {
        let seen = Arc::new(AtomicU64::new(0));
        let (_watch, reload) = (
            watchdog(),
            Arc::new(patient(World::with(Restless::new), stale)),
        );
        let (asks, sees) = (Arc::clone(&reload), Arc::clone(&seen));
        replaced(&reload, last, move || {
            sees.store(id(&asks), Ordering::Relaxed);
        });
        assert_eq!(id(&reload), 2);
        assert_eq!(seen.load(Ordering::Relaxed), 2, "it finds the new one");
    }
}

/// A guard keeps the old value, and drops it: the panic is its own thread's.
#[test]
fn a_guard_that_is_the_last_one() {
    for stale in BOTH {
        let reload = eager(World::with(Restless::new), stale);
        let kept = reload.get().unwrap();
        kept.at_drop(|| planned_panic());
        reload.source().set(2);
        assert_eq!(id(&reload), 2);
        assert!(is_planned(&catch(|| drop(kept)).unwrap_err()));
        assert_eq!(id(&reload), 2);
    }
}

/// An `Arc` of a value outlives the reload.
#[test]
fn a_value_may_be_kept() {
    let reload = eager(World::with(Restless::new), Stale::Serve);
    let kept = Guard::to_arc(&reload.get().unwrap());
    reload.source().set(2);
    assert_eq!(id(&reload), 2);
    drop(reload);
    assert_eq!(kept.id, 1);
}

/// A version, or an error, whose destructor looks at the reload: no lock is held by then.
#[test]
fn versions_and_errors_may_look_when_they_go() {
    type Odd = By<fn() -> Result<Looks, Looks>, fn() -> Result<u64, Looks>>;
    static TURN: AtomicU64 = AtomicU64::new(0);
    static RELOAD: OnceLock<Reload<Odd>> = OnceLock::new();
    struct Looks(u64);
    impl PartialEq for Looks {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Drop for Looks {
        fn drop(&mut self) {
            let reload = RELOAD.get().unwrap();
            reload.invalidate();
            drop(reload.status());
        }
    }
    let stamp = || match TURN.fetch_add(1, Ordering::Relaxed) {
        turn if turn % 4 == 1 => Err(Looks(turn)),
        turn => Ok(Looks(turn)),
    };
    let load = || match TURN.load(Ordering::Relaxed) {
        turn if turn % 4 == 3 => Err(Looks(turn)),
        turn => Ok(turn),
    };
    let reload = Reload::new(By(stamp as fn() -> _, load as fn() -> _));
    let reload = reload.check_every(Duration::ZERO).back_off(Duration::ZERO);
    let _watch = watchdog();
    let reload = RELOAD.get_or_init(|| reload);
    let seen = [(); 8].map(|()| *reload.get().ok().expect("the first turn is a good one"));
    assert_eq!(seen, [1, 1, 1, 4, 5, 5, 5, 8]);
    reload.invalidate();
}
