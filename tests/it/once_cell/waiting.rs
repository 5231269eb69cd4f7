//! Who waits, for what, and what ends it.

use std::{
    cell::RefCell,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use onset::OnceCell;

use crate::support::{
    self, Gate, Held, Ledger, Stall, Tally, catch, is_planned, planned_panic, rounds, settle,
    watchdog,
};

const LONG: Duration = Duration::from_secs(600);

type Outcome<E> = Result<u64, E>;

/// Computes in `cell`, on a thread of its own, what `end` says when the stall is over.
fn hold<'s, E: Send + 's>(
    s: &'s thread::Scope<'s, '_>,
    cell: &'s OnceCell<u64>,
    stall: &'s Stall,
    end: impl FnOnce() -> Outcome<E> + Send + 's,
) -> Held<'s, thread::Result<Outcome<E>>> {
    let compute = move || {
        stall.stand();
        end()
    };
    let run = move || catch(|| cell.get_or_try_init(compute).copied());
    support::hold(s, stall, run)
}

#[test]
fn all_who_wait_get_what_was_computed() {
    let (_watch, cell, stall, asking) = (watchdog(), OnceCell::new(), Stall::new(), Tally::new());
    thread::scope(|s| {
        let holder = hold::<()>(s, &cell, &stall, || Ok(7));
        let ask = |way: usize| {
            asking.add();
            match way {
                0 => cell.get_or_init(|| unreachable!("another one computes")),
                1 => cell.wait(),
                2 => cell.wait_timeout(LONG).expect("the value comes first"),
                3 => cell.wait_timeout(Duration::MAX).expect("there is no end"),
                _ => cell.try_insert(8).expect_err("another one computes").0,
            }
        };
        let others = [0, 1, 2, 3, 4, 0, 1].map(|way| s.spawn(move || *ask(way)));
        asking.wait_for(7);
        settle();
        stall.end();
        assert_eq!(others.map(|t| t.join().unwrap()), [7; 7]);
        assert_eq!(holder.end().unwrap(), Ok(7));
    });
}

#[test]
fn set_waits_for_the_computation_and_loses() {
    let (_watch, cell, stall, asking) = (watchdog(), OnceCell::new(), Stall::new(), Gate::new());
    thread::scope(|s| {
        let _holder = hold::<()>(s, &cell, &stall, || Ok(7));
        let setter = s.spawn(|| {
            asking.open();
            cell.set(8)
        });
        asking.pass();
        settle();
        stall.end();
        assert_eq!(setter.join().unwrap(), Err(8));
    });
    assert_eq!(cell.get(), Some(&7));
}

#[test]
fn set_waits_for_the_computation_and_wins_when_it_fails() {
    let (_watch, cell, stall, asking) = (watchdog(), OnceCell::new(), Stall::new(), Gate::new());
    thread::scope(|s| {
        let holder = hold(s, &cell, &stall, || Err("no"));
        let setter = s.spawn(|| {
            asking.open();
            cell.set(8)
        });
        asking.pass();
        settle();
        stall.end();
        assert_eq!(setter.join().unwrap(), Ok(()));
        assert_eq!(holder.end().unwrap(), Err("no"));
    });
    assert_eq!(cell.get(), Some(&8));
}

/// Four threads are waiting when the initialiser fails: all of them get a value, and it is computed
/// once.
fn one_waiter_computes(
    fail: impl FnOnce() -> Result<u64, ()> + Send,
) -> thread::Result<Result<u64, ()>> {
    let (_watch, cell, ledger) = (watchdog(), OnceCell::new(), Ledger::new());
    let (stall, asking) = (Stall::new(), Tally::new());
    let outcome = thread::scope(|s| {
        let holder = hold(s, &cell, &stall, fail);
        let ask = |id| {
            asking.add();
            *cell.get_or_init(|| ledger.value(id).id())
        };
        let others = [1, 2, 3, 4].map(|id| s.spawn(move || ask(id)));
        asking.wait_for(4);
        settle();
        stall.end();
        let seen = others.map(|t| t.join().unwrap());
        assert!((1..5).contains(&seen[0]) && seen == [seen[0]; 4]);
        holder.end()
    });
    assert_eq!(ledger.made(), 1);
    outcome
}

#[test]
fn an_error_wakes_the_waiters_and_one_computes() {
    (0..10).for_each(|_| assert_eq!(one_waiter_computes(|| Err(())).unwrap(), Err(())));
}

#[test]
fn a_panic_wakes_the_waiters_and_one_computes() {
    for _ in 0..10 {
        let payload = one_waiter_computes(|| planned_panic()).unwrap_err();
        assert!(is_planned(&payload));
    }
}

/// Waiters whose own initialisers fail pass the turn on, until one of them succeeds.
#[test]
fn failures_pass_the_turn_on() {
    let (_watch, cell) = (watchdog(), OnceCell::new());
    let (stall, asking, tries) = (Stall::new(), Tally::new(), Tally::new());
    let attempt = || {
        tries.add();
        if tries.count() < 4 {
            Err(tries.count())
        } else {
            Ok(9)
        }
    };
    thread::scope(|s| {
        let _holder = hold(s, &cell, &stall, || Err(()));
        let ask = || {
            asking.add();
            cell.get_or_try_init(attempt).copied()
        };
        let others = [(); 4].map(|()| s.spawn(ask));
        asking.wait_for(4);
        settle();
        stall.end();
        let mut outcomes = others.map(|t| t.join().unwrap());
        outcomes.sort_unstable();
        assert_eq!(outcomes, [Ok(9), Err(1), Err(2), Err(3)]);
    });
    assert_eq!(tries.count(), 4);
}

/// `wait` wants a value: neither an empty cell nor a failed initialiser ends it.
#[test]
fn wait_outlasts_failures() {
    let (_watch, cell, back) = (watchdog(), OnceCell::new(), AtomicBool::new(false));
    let asking = Tally::new();
    thread::scope(|s| {
        let wait = |timeout: Option<Duration>| {
            asking.add();
            let value = match timeout {
                None => Some(cell.wait()),
                Some(timeout) => cell.wait_timeout(timeout),
            };
            back.store(true, Ordering::Relaxed);
            value.copied()
        };
        let waiters = [None, Some(LONG), Some(Duration::MAX)].map(|t| s.spawn(move || wait(t)));
        asking.wait_for(3);
        for _ in 0..3 {
            settle();
            assert!(cell.get_or_try_init(|| Err(())).is_err());
            settle();
            assert!(catch(|| cell.get_or_init(|| planned_panic())).is_err());
        }
        settle();
        assert!(
            !back.load(Ordering::Relaxed),
            "it came back without a value"
        );
        assert_eq!(cell.set(7), Ok(()));
        assert_eq!(waiters.map(|t| t.join().unwrap()), [Some(7); 3]);
    });
}

#[test]
fn a_timeout_on_an_empty_cell_expires() {
    let (_watch, cell) = (watchdog(), OnceCell::<u64>::new());
    for micros in [0, 1, 20, 50, 2000] {
        assert_eq!(cell.wait_timeout(Duration::from_micros(micros)), None);
    }
    assert_eq!(cell.get_or_init(|| 1), &1);
    assert_eq!(cell.wait_timeout(Duration::ZERO), Some(&1));
}

/// It does not wait for the initialiser, which is held until after it came back.
#[test]
fn a_timeout_during_a_computation_expires() {
    let (_watch, cell, stall) = (watchdog(), OnceCell::new(), Stall::new());
    thread::scope(|s| {
        let holder = hold::<()>(s, &cell, &stall, || Ok(7));
        for micros in [0, 1, 50, 2000] {
            assert_eq!(cell.wait_timeout(Duration::from_micros(micros)), None);
        }
        assert_eq!(holder.end().unwrap(), Ok(7));
    });
    assert_eq!(cell.wait_timeout(Duration::ZERO), Some(&7));
}

/// A waiter whose time is up leaves the others where they are.
#[test]
fn some_expire_and_the_others_wait_on() {
    let (_watch, cell, stall, asking) = (watchdog(), OnceCell::new(), Stall::new(), Tally::new());
    thread::scope(|s| {
        let _holder = hold::<()>(s, &cell, &stall, || Ok(7));
        let wait = |timeout| {
            asking.add();
            cell.wait_timeout(timeout).copied()
        };
        let short = Duration::from_millis(3);
        let patient = [LONG; 3].map(|t| s.spawn(move || wait(t)));
        let hasty = [short; 3].map(|t| s.spawn(move || wait(t)));
        asking.wait_for(6);
        assert_eq!(hasty.map(|t| t.join().unwrap()), [None; 3]);
        stall.end();
        assert_eq!(patient.map(|t| t.join().unwrap()), [Some(7); 3]);
    });
}

/// Timeouts that run out at about the moment when the value is published: `None` or the value, and
/// nobody is lost.
#[test]
fn a_timeout_races_the_publication() {
    let (_watch, start) = (watchdog(), Tally::new());
    for round in 0..rounds(200_u64) {
        let cell = OnceCell::new();
        thread::scope(|s| {
            let waiter = s.spawn(|| {
                start.add();
                cell.wait_timeout(Duration::from_micros(round)).copied()
            });
            start.wait_for(usize::try_from(round + 1).unwrap());
            cell.get_or_init(|| round);
            assert!([None, Some(round)].contains(&waiter.join().unwrap()));
        });
        assert_eq!(cell.wait(), &round);
    }
}

/// Initialisers and waiters in the destructors of a thread's own values.
#[test]
fn it_works_while_a_thread_is_torn_down() {
    static COMPUTED: OnceCell<u64> = OnceCell::new();
    static AWAITED: OnceCell<u64> = OnceCell::new();
    static DYING: Tally = Tally::new();
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            DYING.add();
            assert_eq!(COMPUTED.get_or_init(|| 7) + AWAITED.get_or_init(|| 0), 15);
            assert!(catch(|| planned_panic()).is_err());
            DYING.add();
        }
    }
    thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });
    let (_watch, stall) = (watchdog(), Stall::new());
    thread::scope(|s| {
        let _holder = hold::<()>(s, &AWAITED, &stall, || Ok(8));
        s.spawn(|| LAST.set(Some(Last)));
        DYING.wait_for(1);
        settle();
        stall.end();
        DYING.wait_for(2);
    });
}
