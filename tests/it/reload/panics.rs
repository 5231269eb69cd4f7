//! Sources that panic: to those who ask that is an error like any other.

use std::{
    cell::Cell,
    panic::resume_unwind,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use onset::{LoadError, Reload, Stale};

use super::{
    BOTH, By, Why, World, ask_meanwhile, eager, got, patient, refused, stall_load, state,
    world::{INCOMPARABLE, Says},
};
use crate::support::{hold, watchdog};

fn no_text() -> Why {
    Why::Panicked("a payload that is no text".into())
}

/// Both of the calls, without and with a value.
#[test]
fn a_panic_is_an_error() {
    let panics = [(Says::Panics, Says::Is(2)), (Says::Is(2), Says::Panics)];
    for (stale, (stamp, value)) in BOTH.into_iter().zip(panics) {
        let reload = eager(World::new(), stale);
        reload.source().says(stamp, value);
        assert_eq!(refused(&reload), no_text());
        assert_eq!(state(&reload), (0, Some(no_text())));
        reload.source().set(3);
        assert_eq!(got(&reload), 3);
        reload.source().says(stamp, value);
        assert_eq!(got(&reload), 3);
        assert_eq!(state(&reload), (1, Some(no_text())));
        reload.source().set(4);
        assert_eq!(got(&reload), 4);
        assert_eq!(state(&reload), (2, None));
    }
}

#[test]
fn versions_that_panic_when_they_are_compared() {
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        assert_eq!(got(&reload), 1);
        reload.source().set(INCOMPARABLE);
        assert_eq!(got(&reload), 1);
        assert_eq!(state(&reload), (1, Some(no_text())));
        assert_eq!(reload.source().calls(), (2, 1), "it is not known to be new");
        reload.source().set(2);
        assert_eq!(got(&reload), 2);
        assert_eq!(state(&reload), (2, None));
    }
}

/// The first one has nothing to be compared with. From then on nothing can be, until what is known
/// is forgotten.
#[test]
fn a_known_version_that_cannot_be_compared() {
    let reload = eager(World::new(), Stale::Serve);
    reload.source().says(Says::Is(INCOMPARABLE), Says::Is(7));
    assert_eq!(got(&reload), 7);
    reload.source().set(8);
    assert_eq!((got(&reload), got(&reload)), (7, 7));
    assert_eq!(state(&reload), (1, Some(no_text())));
    reload.invalidate();
    assert_eq!(got(&reload), 8);
    assert_eq!(state(&reload), (2, None));
}

/// What the panic said, where it said something.
#[test]
fn its_text_is_kept() {
    fn text_of(panic: fn() -> !) -> String {
        let reload = Reload::new(By(|| Ok::<_, ()>(1), || -> Result<u8, ()> { panic() }));
        match reload.get().unwrap_err() {
            LoadError::Panicked(text) => text.to_string(),
            LoadError::Failed(_) => unreachable!("it panics"),
        }
    }
    // Without the panic hook, which would print it.
    assert_eq!(text_of(|| resume_unwind(Box::new("a str"))), "a str");
    let string = || resume_unwind(Box::new(format!("a string, {}", 7)));
    assert_eq!(text_of(string), "a string, 7");
    assert_eq!(
        text_of(|| panic!("both kinds of `panic!`")),
        "both kinds of `panic!`"
    );
    assert_eq!(text_of(|| panic!("{} kinds", 2)), "2 kinds");
    assert_eq!(
        text_of(|| resume_unwind(Box::new(7))),
        "a payload that is no text"
    );
}

/// A payload whose destructor panics, with a payload whose destructor panics, and so on, as long as
/// the fuse is. It has no size, so nothing is lost where one is leaked.
struct Bomb;

static FUSE: AtomicU32 = AtomicU32::new(0);
static DROPS: AtomicU32 = AtomicU32::new(0);

impl Drop for Bomb {
    fn drop(&mut self) {
        DROPS.fetch_add(1, Ordering::Relaxed);
        let burn = |left: u32| left.checked_sub(1);
        let burns = FUSE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, burn);
        if burns.is_ok() {
            resume_unwind(Box::new(Self));
        }
    }
}

/// That panic goes no further. A payload which behaves is dropped.
#[test]
fn a_payload_whose_destructor_panics() {
    let explode = |here| -> Result<u8, ()> {
        if here {
            resume_unwind(Box::new(Bomb))
        } else {
            Ok(1)
        }
    };
    for fuse in [0, 1, 5] {
        for in_stamp in [true, false] {
            FUSE.store(fuse, Ordering::Relaxed);
            let before = DROPS.load(Ordering::Relaxed);
            let reload = Reload::new(By(|| explode(in_stamp), || explode(!in_stamp)));
            let LoadError::Panicked(text) = reload.get().unwrap_err() else {
                unreachable!("it panics");
            };
            assert_eq!(&*text, "a payload that is no text");
            assert_eq!(reload.status().failures, 1);
            assert!(DROPS.load(Ordering::Relaxed) > before, "it was leaked");
        }
    }
}

/// Those who wait for a load that panics have its error, or the old value, and the next one loads.
#[test]
fn those_who_wait_are_told() {
    for stale in BOTH {
        let _watch = watchdog();
        let reload = patient(World::new(), stale);
        reload.source().says(Says::Is(1), Says::Panics);
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let first = hold(s, &stall, || refused(&reload));
            let others = ask_meanwhile(s, || refused(&reload));
            assert_eq!(first.end(), no_text());
            let told = others.map(|t| t.join().unwrap());
            assert_eq!(told, [(); 5].map(|()| no_text()));
        });
        assert_eq!(reload.source().calls(), (1, 1));
        reload.source().set(2);
        reload.invalidate();
        assert_eq!(got(&reload), 2);
    }
}

/// What a load had made when it panicked is dropped, and nothing else is.
#[test]
fn nothing_is_left_of_it() {
    let ledger = crate::support::Ledger::new();
    let well = Cell::new(true);
    let load = || {
        let value = ledger.value(u64::from(well.get()));
        if well.get() {
            Ok::<_, ()>(value)
        } else {
            resume_unwind(Box::new("no"))
        }
    };
    let version = Cell::new(0);
    let stamp = || Ok(version.replace(version.get() + 1));
    let reload = Reload::new(By(stamp, load)).check_every(Duration::ZERO);
    assert_eq!(reload.get().unwrap().id(), 1);
    well.set(false);
    assert_eq!([(); 3].map(|()| reload.get().unwrap().id()), [1; 3]);
    assert_eq!((ledger.made(), ledger.alive()), (4, 1));
    drop(reload);
    assert_eq!(ledger.alive(), 0);
}
