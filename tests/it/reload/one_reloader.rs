//! Never two at a time, any number of readers.

use std::thread;

use onset::{Guard, Reload, Stale};

use super::{BOTH, World, eager, got, patient, stall_load, world::Says};
use crate::support::{Dice, Ledger, hold, run_together, watchdog};

const THREADS: usize = 6;

/// All of them ask at every `get`, and all the time there is something new.
#[test]
fn the_source_is_never_asked_by_two() {
    for stale in BOTH {
        let reload = eager(World::new(), stale);
        run_together(THREADS, |n| {
            for round in 0..400 {
                reload.source().set((n + THREADS * round) as u64);
                got(&reload);
            }
        });
        assert_eq!(reload.source().intrusions.count(), 0);
        let (asked, loads) = reload.source().calls();
        assert!(loads <= asked && asked <= 400 * THREADS);
        assert_eq!(reload.status().generation, loads as u64);
    }
}

/// A load that takes long does not tempt anybody to begin another one, whatever happens meanwhile.
#[test]
fn a_long_load_stays_alone() {
    let (_watch, reload) = (watchdog(), eager(World::new(), Stale::Serve));
    assert_eq!(got(&reload), 1);
    let stall = stall_load(&reload);
    reload.source().set(2);
    thread::scope(|s| {
        let first = hold(s, &stall, || got(&reload));
        let disturb = || {
            for version in 3..100 {
                reload.source().set(version);
                assert_eq!(got(&reload), 1);
                reload.invalidate();
                assert_eq!(got(&reload), 1);
            }
        };
        let others = [(); 3].map(|()| s.spawn(disturb));
        others.into_iter().for_each(|t| t.join().unwrap());
        assert_eq!(reload.source().calls(), (2, 2));
        assert_eq!(first.end(), 2);
    });
    assert_eq!(reload.source().intrusions.count(), 0);
}

/// A world that says this and that, among threads that read, invalidate and look.
fn disturb(reload: &Reload<World>, dice: &mut Dice, id: u64) {
    let world = reload.source();
    match dice.roll(12) {
        0..4 => world.set(id),
        4 => world.says(Says::Is(id), Says::Fails(id)),
        5 => world.says(Says::Is(id), Says::Panics),
        6 => world.says(Says::Panics, Says::Is(id)),
        7 => world.says(Says::Fails(id), Says::Is(id)),
        8 => reload.invalidate(),
        9 => assert!(!format!("{reload:?}").is_empty()),
        _ => thread::yield_now(),
    }
}

/// Whatever goes on, each thread sees one value after the other, each of them whole.
fn storm(reload: &Reload<World>, ledger: &'static Ledger) {
    run_together(THREADS, |n| {
        let mut dice = Dice::new(n as u64);
        let (mut kept, mut seen) = (Vec::new(), 0);
        for round in 0..300 {
            disturb(reload, &mut dice, round);
            let Ok(value) = reload.get() else {
                assert_eq!(seen, 0, "there was a value before");
                continue;
            };
            assert!(Guard::generation(&value) >= seen, "an older value");
            seen = Guard::generation(&value);
            value.id();
            if dice.roll(4) == 0 {
                kept.push(value);
                kept.truncate(3);
            }
        }
        assert!(kept.iter().all(|value| value.id() < 300));
    });
    assert_eq!(reload.source().intrusions.count(), 0);
    assert_eq!(reload.status().generation, ledger.made() as u64);
}

#[test]
fn a_storm() {
    for round in 0..20 {
        let ledger = Ledger::new();
        let reload = eager(World::of(ledger), BOTH[round % 2]);
        storm(&reload, ledger);
        reload.source().set(1000);
        assert_eq!(got(&reload), 1000);
        assert_eq!(
            ledger.alive(),
            1,
            "the threads are gone, and with them their copies"
        );
        drop(reload);
        assert_eq!(ledger.alive(), 0);
    }
}

/// One who waits and one who is late do not load once more, when it is not due any more.
#[test]
fn one_load_for_each_time_it_is_due() {
    for round in 0..200 {
        let reload = patient(World::new(), BOTH[round % 2]);
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        reload.invalidate();
        run_together(4, |_| got(&reload));
        assert_eq!(got(&reload), 2);
        assert_eq!(reload.source().calls(), (2, 2));
    }
}
