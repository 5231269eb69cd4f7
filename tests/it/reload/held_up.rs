//! Destructors that need the reload which let go of their values, or somebody who needs it: as soon
//! as there is a new value, nobody waits for them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use onset::{LoadError, Reload, Stale};

use super::{
    By, World, eager,
    letting_go::{Last, Restless, id, replaced},
};
use crate::support::{Stall, hold, watchdog};

const WAYS: [Last; 2] = [Last::Reload, Last::Thread];

/// It is always due, and the old value is not served: so the destructor's own `get` asks the source
/// once more.
#[test]
fn a_destructor_may_ask_when_it_is_due() {
    for last in WAYS {
        let seen = Arc::new(AtomicU64::new(0));
        let (_watch, reload) = (
            watchdog(),
            Arc::new(eager(World::with(Restless::new), Stale::Wait)),
        );
        let (asks, sees) = (Arc::clone(&reload), Arc::clone(&seen));
        replaced(&reload, last, move || {
            sees.store(id(&asks), Ordering::Relaxed);
        });
        assert_eq!(id(&reload), 2);
        assert_eq!(seen.load(Ordering::Relaxed), 2);
    }
}

/// The value has a thread that needs the reload, and whose end it waits for when it goes.
#[test]
fn a_destructor_may_wait_for_somebody_who_asks() {
    for last in WAYS {
        let (_watch, reload) = (
            watchdog(),
            Arc::new(eager(World::with(Restless::new), Stale::Wait)),
        );
        let asks = Arc::clone(&reload);
        replaced(&reload, last, move || {
            assert_eq!(thread::spawn(move || id(&asks)).join().unwrap(), 2);
        });
        assert_eq!(id(&reload), 2);
    }
}

#[test]
fn nobody_waits_for_a_destructor_when_it_is_due() {
    for last in WAYS {
        let (_watch, reload) = (watchdog(), eager(World::with(Restless::new), Stale::Wait));
        let stall = Arc::new(Stall::new());
        let at_drop = Arc::clone(&stall);
        thread::scope(|s| {
            let reload = &reload;
            let loader = hold(s, &stall, move || {
                replaced(reload, last, move || at_drop.stand());
                id(reload)
            });
            reload.source().set(3);
            assert_eq!(id(reload), 3);
            loader.end();
        });
    }
}

/// An error is let go of when the next one comes, and may ask as well.
#[test]
fn an_error_may_ask_when_it_goes() {
    type Fails = fn() -> Result<u64, Asks>;
    static TURN: AtomicU64 = AtomicU64::new(0);
    static RELOAD: Reload<By<Fails, Fails>> = Reload::new(By::<Fails, Fails>(stamp, load))
        .check_every(Duration::ZERO)
        .back_off(Duration::ZERO);
    struct Asks(u64);
    impl Drop for Asks {
        fn drop(&mut self) {
            if self.0 == 1 {
                assert_eq!(ask(), Err(3));
            }
        }
    }
    fn turn_of(error: LoadError<Asks>) -> u64 {
        match error {
            LoadError::Failed(asks) => asks.0,
            LoadError::Panicked(text) => panic!("{text}"),
        }
    }
    fn stamp() -> Result<u64, Asks> {
        Ok(TURN.fetch_add(1, Ordering::Relaxed) + 1)
    }
    fn load() -> Result<u64, Asks> {
        Err(Asks(TURN.load(Ordering::Relaxed)))
    }
    fn ask() -> Result<u64, u64> {
        RELOAD.get().map(|value| *value).map_err(turn_of)
    }
    let _watch = watchdog();
    assert_eq!(ask(), Err(1));
    assert!(
        [Err(2), Err(3)].contains(&ask()),
        "its own, or the one that came last"
    );
}

/// Versions are let go of when the next one comes, or when they are invalidated.
#[test]
fn a_version_may_ask_when_it_goes() {
    static TURN: AtomicU64 = AtomicU64::new(0);
    type Stamp = fn() -> Result<Asks, ()>;
    type Load = fn() -> Result<u64, ()>;
    static RELOAD: Reload<By<Stamp, Load>> = Reload::new(By::<Stamp, Load>(stamp, load))
        .check_every(Duration::ZERO)
        .stale(Stale::Wait);
    struct Asks(u64);
    impl PartialEq for Asks {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Drop for Asks {
        fn drop(&mut self) {
            if [1, 3].contains(&self.0) {
                assert!(ask() > self.0);
            }
        }
    }
    fn stamp() -> Result<Asks, ()> {
        Ok(Asks(TURN.fetch_add(1, Ordering::Relaxed) + 1))
    }
    fn load() -> Result<u64, ()> {
        let turn = TURN.load(Ordering::Relaxed);
        if turn == 3 {
            RELOAD.invalidate();
        }
        Ok(turn)
    }
    fn ask() -> u64 {
        *RELOAD.get().expect("it can always be loaded")
    }
    let _watch = watchdog();
    assert_eq!(ask(), 1);
    // The first version asks for the third value, and that version, which is invalidated at once,
    // asks for the fourth.
    assert_eq!(ask(), 4);
}
