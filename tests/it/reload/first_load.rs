//! The first value.

use std::{sync::Arc, thread, time::Duration};

use onset::{Guard, Reload, Stale};

use super::{BOTH, By, World, ask_meanwhile, got, patient, stall_load, state};
use crate::support::{Ledger, Worker, hold, run_together, watchdog};

#[test]
fn nothing_is_asked_before_the_first_get() {
    let reload = patient(World::new(), Stale::Serve);
    assert_eq!(state(&reload), (0, None));
    assert!(format!("{reload:?}").contains("None"));
    reload.invalidate();
    assert_eq!(reload.source().calls(), (0, 0));
}

#[test]
fn the_first_get_loads_and_the_next_one_does_not() {
    let reload = patient(World::new(), Stale::Serve);
    let first = reload.get().unwrap();
    assert_eq!((first.id(), Guard::generation(&first)), (1, 1));
    let second = reload.get().unwrap();
    assert!(Arc::ptr_eq(&Guard::to_arc(&first), &Guard::to_arc(&second)));
    assert_eq!(reload.source().calls(), (1, 1));
    assert_eq!(state(&reload), (1, None));
}

#[test]
fn of_those_who_come_together_one_loads() {
    for round in 0..60 {
        let ledger = Ledger::new();
        let reload = patient(World::of(ledger), BOTH[round % 2]);
        let seen = run_together(8, |_| Guard::to_arc(&reload.get().unwrap()));
        assert!(seen.iter().all(|value| Arc::ptr_eq(value, &seen[0])));
        assert_eq!(reload.source().calls(), (1, 1));
        assert_eq!(ledger.made(), 1);
    }
}

/// While there is no value yet everybody waits, also where a stale one would be served.
#[test]
fn those_who_come_meanwhile_wait_for_it() {
    for stale in BOTH {
        let (_watch, reload) = (watchdog(), patient(World::new(), stale));
        let stall = stall_load(&reload);
        thread::scope(|s| {
            let first = hold(s, &stall, || got(&reload));
            let others = ask_meanwhile(s, || got(&reload));
            assert_eq!(first.end(), 1);
            assert_eq!(others.map(|t| t.join().unwrap()), [1; 5]);
        });
        assert_eq!(reload.source().calls(), (1, 1));
    }
}

#[test]
fn it_stands_in_a_static() {
    type Stamp = fn() -> Result<(), ()>;
    type Load = fn() -> Result<String, ()>;
    static RELOAD: Reload<By<Stamp, Load>> =
        Reload::new(By::<Stamp, Load>(|| Ok(()), || Ok("there".to_string())))
            .stale(Stale::Wait)
            .check_every(Duration::from_secs(3600))
            .back_off(Duration::from_secs(7200));
    assert_eq!(*RELOAD.get().unwrap(), "there");
    let from_elsewhere = || RELOAD.get().map(|value| value.len());
    assert_eq!(thread::spawn(from_elsewhere).join().unwrap().unwrap(), 5);
}

/// Threads that have read it, and live on, keep nothing of a reload that is gone.
#[test]
fn its_values_go_with_it() {
    let ledger = Ledger::new();
    let reload = Arc::new(patient(World::of(ledger), Stale::Serve));
    let workers = [(); 3].map(|()| Worker::new());
    for worker in &workers {
        let reload = Arc::clone(&reload);
        assert_eq!(worker.run(move || got(&reload)), 1);
    }
    assert_eq!(ledger.alive(), 1);
    drop(Arc::into_inner(reload).expect("nobody else has it"));
    assert_eq!(ledger.alive(), 0);
    for worker in workers {
        worker.exit().unwrap();
    }
}

/// Two reloads of the same type, or one in the place of another, have nothing in common.
#[test]
fn each_has_its_own() {
    for id in 1..5 {
        let reloads = [
            patient(World::new(), Stale::Serve),
            patient(World::new(), Stale::Serve),
        ];
        reloads[0].source().set(10 * id);
        reloads[1].source().set(10 * id + 1);
        assert_eq!(reloads.each_ref().map(got), [10 * id, 10 * id + 1]);
    }
}
