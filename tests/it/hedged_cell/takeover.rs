//! When the lease runs out.

use std::{ptr, thread, time::Duration};

use onset::HedgedCell;

use super::{LONG, hold};
use crate::support::{
    Ledger, Stall, Tally, Tracked, catch, is_planned, planned_panic, rounds, run_together, settle,
    watchdog,
};

/// Waiting threads come back with a value while the first initialiser is stalled; when it goes on
/// it returns the published value and drops its own.
fn others_do_not_wait_for_a_stalled_one(patience: Duration) {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(patience), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        let ask = |id| cell.get_or_init(|| ledger.value(id));
        let others = [1, 2, 3].map(|id| s.spawn(move || ask(id)));
        let seen = others.map(|t| t.join().unwrap());
        assert!(!first.is_finished());
        assert!((1..4).contains(&seen[0].id()));
        assert!(seen.iter().all(|value| ptr::eq(*value, seen[0])));
        assert_eq!(ledger.alive(), 1);
        let late = first.end().unwrap().unwrap();
        assert!(ptr::eq(late, seen[0]));
    });
    assert!(ledger.made() >= 2);
    assert_eq!(ledger.alive(), 1, "the late value is dropped");
    drop(cell);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_stall_costs_no_more_than_the_patience() {
    for micros in [1, 20, 100, 5000] {
        others_do_not_wait_for_a_stalled_one(Duration::from_micros(micros));
    }
    others_do_not_wait_for_a_stalled_one(HedgedCell::<u8>::default().patience());
}

#[test]
fn patience_zero_waits_for_nobody() {
    (0..rounds(10)).for_each(|_| others_do_not_wait_for_a_stalled_one(Duration::ZERO));
}

/// With four waiters on one lease, one computes and the others wait for it. The second lease is a
/// second and so not in play.
#[test]
fn exactly_one_takes_over() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(Duration::from_millis(500)), Ledger::new());
    let asking = Tally::new();
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        let ask = |id| {
            asking.add();
            asking.wait_for(4);
            cell.get_or_init(|| {
                let value = ledger.value(id);
                // The others' leases end now, too.
                settle();
                value
            })
        };
        let others = [1, 2, 3, 4].map(|id| s.spawn(move || ask(id)));
        let seen = others.map(|t| t.join().unwrap().id());
        assert_eq!((ledger.made(), seen), (1, [seen[0]; 4]));
        assert_eq!(first.end().unwrap().unwrap().id(), seen[0]);
    });
    assert_eq!((ledger.made(), ledger.alive()), (2, 1));
}

/// An initialiser that is merely not instant is waited for.
#[test]
fn within_the_patience_there_is_one_computation() {
    for patience in [LONG, Duration::MAX] {
        for _ in 0..rounds(20) {
            let (cell, ledger) = (HedgedCell::new(patience), Ledger::new());
            run_together(5, |n| {
                cell.get_or_init(|| {
                    settle_now_and_then(n);
                    ledger.value(n as u64)
                });
            });
            assert_eq!(ledger.made(), 1);
        }
    }
}

fn settle_now_and_then(n: usize) {
    if n % 2 == 0 {
        settle();
    }
}

#[test]
fn the_largest_patience_is_endless() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(Duration::MAX), Ledger::new());
    let asking = Tally::new();
    thread::scope(|s| {
        let _first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        let ask = || {
            asking.add();
            cell.get_or_init(|| ledger.value(1)).id()
        };
        let others = [(); 4].map(|()| s.spawn(ask));
        asking.wait_for(4);
        settle();
        stall.end();
        assert_eq!(others.map(|t| t.join().unwrap()), [0; 4]);
    });
    assert_eq!(ledger.made(), 1);
}

/// Those who took over stall as well, one after the other: the next one takes over from each.
#[test]
fn a_row_of_stalls() {
    let (_watch, stalls) = (watchdog(), [const { Stall::new() }; 5]);
    let (cell, ledger) = (HedgedCell::new(Duration::from_micros(200)), Ledger::new());
    thread::scope(|s| {
        let holders = [0, 1, 2, 3, 4].map(|n| {
            let end = move || Ok(ledger.value(n));
            hold(s, &cell, &stalls[usize::try_from(n).unwrap()], end)
        });
        let value = cell.get_or_init(|| ledger.value(5));
        assert!(holders.iter().all(|t| !t.is_finished()));
        stalls.iter().for_each(Stall::end);
        for late in holders {
            assert!(ptr::eq(late.end().unwrap().unwrap(), value));
        }
        assert_eq!(value.id(), 5);
    });
    assert_eq!((ledger.made(), ledger.alive()), (6, 1));
}

/// The first one may finish first after all: then whoever took over is the loser.
#[test]
fn whoever_finishes_first_publishes() {
    let (_watch, stalls) = (watchdog(), [const { Stall::new() }; 2]);
    let (cell, ledger) = (HedgedCell::new(Duration::from_micros(50)), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stalls[0], || Ok(ledger.value(0)));
        let second = hold(s, &cell, &stalls[1], || Ok(ledger.value(1)));
        assert_eq!(first.end().unwrap().unwrap().id(), 0);
        assert_eq!(cell.get().unwrap().id(), 0);
        assert_eq!(second.end().unwrap().unwrap().id(), 0);
    });
    assert_eq!((ledger.made(), ledger.alive()), (2, 1));
}

#[test]
fn a_takeover_that_fails_leaves_it_empty() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(Duration::from_micros(50)), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        assert_eq!(cell.get_or_try_init(|| Err("no")).err(), Some("no"));
        assert!(cell.get().is_none());
        let panicked = catch(|| cell.get_or_init(|| planned_panic()).id());
        assert!(is_planned(&panicked.unwrap_err()));
        assert!(cell.get().is_none() && !first.is_finished());
        assert_eq!(cell.get_or_init(|| ledger.value(1)).id(), 1);
        assert_eq!(first.end().unwrap().unwrap().id(), 1);
    });
    assert_eq!((ledger.made(), ledger.alive()), (2, 1));
}

/// The first one publishes although whoever took over has failed in the meantime.
#[test]
fn the_first_publishes_after_a_failed_takeover() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, ledger) = (HedgedCell::new(Duration::ZERO), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stall, || Ok(ledger.value(0)));
        assert!(cell.get_or_try_init(|| Err("no")).is_err());
        assert_eq!(first.end().unwrap().unwrap().id(), 0);
    });
    assert_eq!(cell.get_or_init(|| unreachable!("it is there")).id(), 0);
}

/// A lease of that length is long over for whoever was held meanwhile, and not nearly for newcomers, who ask within
/// some milliseconds.
const ONE_LEASE: Duration = Duration::from_secs(1);

/// Three who ask for the value while somebody else computes it get that one's.
fn newcomers_wait_for<'s>(
    end: impl FnOnce() -> u64,
    s: &'s thread::Scope<'s, '_>,
    cell: &'s HedgedCell<Tracked>,
    own: impl Fn() -> Tracked + Copy + Send + 's,
    asking: &'s Tally,
) {
    let ask = move || {
        asking.add();
        cell.get_or_init(own).id()
    };
    let newcomers = [(); 3].map(|()| s.spawn(ask));
    asking.wait_for(3);
    settle();
    assert_eq!(end(), 1);
    assert_eq!(newcomers.map(|t| t.join().unwrap()), [1; 3]);
}

/// A failure frees only what is still one's own: the one who took over computes on, and newcomers
/// wait for him.
fn a_late_failure_disturbs_nobody(fail: fn() -> Result<Tracked, &'static str>) {
    let (_watch, stalls, asking) = (watchdog(), [const { Stall::new() }; 2], Tally::new());
    let (cell, ledger) = (HedgedCell::new(ONE_LEASE), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stalls[0], fail);
        let second = hold(s, &cell, &stalls[1], || Ok(ledger.value(1)));
        assert!(!first.end().is_ok_and(|r| r.is_ok()));
        let end = || second.end().unwrap().unwrap().id();
        newcomers_wait_for(end, s, &cell, || ledger.value(2), &asking);
    });
    assert_eq!(ledger.made(), 1);
}

#[test]
fn a_late_error_disturbs_nobody() {
    a_late_failure_disturbs_nobody(|| Err("late"));
}

#[test]
fn a_late_panic_disturbs_nobody() {
    a_late_failure_disturbs_nobody(|| planned_panic());
}

/// A thread that was away for so long that its claim was taken over, freed and made anew does not
/// take the new one for its own.
#[test]
fn a_late_failure_knows_its_own_claim() {
    let (_watch, stalls, asking) = (watchdog(), [const { Stall::new() }; 2], Tally::new());
    let (cell, ledger) = (HedgedCell::new(ONE_LEASE), Ledger::new());
    thread::scope(|s| {
        let first = hold(s, &cell, &stalls[0], || Err("late"));
        assert_eq!(cell.get_or_try_init(|| Err("no")).err(), Some("no"));
        let third = hold(s, &cell, &stalls[1], || Ok(ledger.value(1)));
        assert_eq!(first.end().unwrap().err(), Some("late"));
        let end = || third.end().unwrap().unwrap().id();
        newcomers_wait_for(end, s, &cell, || ledger.value(2), &asking);
    });
    assert_eq!(ledger.made(), 1);
}
