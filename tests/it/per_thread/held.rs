//! Visitors that hold a value while its thread wants to be rid of it: an exit does not wait,
//! `remove` and `scope` do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use onset::{PerThread, ScopeError};

use super::{Log, OnDrop, Shared, crew, dismiss, elsewhere, ids, numbered, work_with};
use crate::support::{
    Ledger, Stall, Tracked, Worker, catch, hold, is_planned, planned_panic, run_together, settle,
    watchdog,
};

/// A visitor that holds the value number 0, until the stall ends.
fn visit_and_hold(object: &Shared<Tracked>, stall: &Stall) {
    object.for_each(|value| {
        if value.id() == 0 {
            stall.stand();
            assert_eq!(value.id(), 0, "it is whole until the visitor has left");
        }
    });
}

/// The thread exits at once, without its value, which the visitor drops when it leaves.
#[test]
fn an_exit_does_not_wait() {
    static DROPPED_BY: Log<thread::ThreadId> = Log::new();
    static OBJECT: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| DROPPED_BY.push(thread::current().id())));
    let (_watch, stall) = (watchdog(), Stall::new());
    let owner = Worker::new();
    owner.run(|| OBJECT.with(|_| ()));
    thread::scope(|s| {
        let visitor = hold(s, &stall, || OBJECT.for_each(|_| stall.stand()));
        owner.exit().expect("it ends as it should");
        assert_eq!(OBJECT.len(), 0, "no living thread has one");
        OBJECT.for_each(|_| unreachable!("no living thread has one"));
        assert!(DROPPED_BY.take().is_empty());
        let by_the_visitor = visitor.thread();
        visitor.end();
        assert_eq!(DROPPED_BY.take(), [by_the_visitor]);
    });
    assert!(OBJECT.is_empty());
}

#[test]
fn of_several_visitors_the_last_one_drops_it() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (object, stalls) = (numbered(ledger), [const { Stall::new() }; 3]);
    let owner = crew(1, &object);
    thread::scope(|s| {
        let [a, b, c] = stalls
            .each_ref()
            .map(|stall| hold(s, stall, || visit_and_hold(&object, stall)));
        dismiss(owner);
        b.end();
        assert_eq!(ledger.alive(), 1);
        a.end();
        assert_eq!(ledger.alive(), 1);
        c.end();
        assert_eq!(ledger.alive(), 0);
    });
}

/// A visitor that panics while it holds what an exited thread has left.
#[test]
fn a_visitor_that_panics_drops_what_it_holds() {
    let (_watch, ledger, stall) = (watchdog(), Ledger::new(), Stall::new());
    let object = numbered(ledger);
    let workers = crew(3, &object);
    thread::scope(|s| {
        let visit = || {
            catch(|| {
                object.for_each(|_| {
                    stall.stand();
                    planned_panic();
                });
            })
        };
        let visitor = hold(s, &stall, visit);
        dismiss(workers);
        assert_eq!((object.len(), ledger.alive()), (0, 3));
        assert!(is_planned(&visitor.end().unwrap_err()));
    });
    assert_eq!(ledger.alive(), 0);
}

/// What a destructor says that runs in the visitor comes out there.
#[test]
fn a_destructor_that_panics_in_the_visitor() {
    static OBJECT: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| planned_panic()));
    let (_watch, stall) = (watchdog(), Stall::new());
    let owner = Worker::new();
    owner.run(|| OBJECT.with(|_| ()));
    thread::scope(|s| {
        let visit = || catch(|| OBJECT.for_each(|_| stall.stand()));
        let visitor = hold(s, &stall, visit);
        owner.exit().expect("it ends as it should");
        assert!(is_planned(&visitor.end().unwrap_err()));
    });
    assert!(OBJECT.is_empty());
}

/// A thread wants to be rid of its value, which visitors hold: it waits until the last one has
/// left.
fn waits<R: Send>(wants: impl FnOnce(&Shared<Tracked>) -> R + Send, leave: impl Fn() + Sync) -> R {
    let (_watch, has_value, stalls) = (watchdog(), Stall::new(), [const { Stall::new() }; 2]);
    let (object, has_left) = (numbered(Ledger::new()), AtomicBool::new(false));
    let visit = |stall: &Stall, is_last| {
        object.for_each(|value| {
            stall.stand();
            assert_eq!(value.id(), 0, "it is whole until the visitor has left");
            has_left.store(is_last, Ordering::Relaxed);
            leave();
        });
    };
    thread::scope(|s| {
        let owner = hold(s, &has_value, || {
            object.with(Tracked::id);
            has_value.stand();
            let got = wants(&object);
            assert!(has_left.load(Ordering::Relaxed), "it did not wait");
            got
        });
        let first = hold(s, &stalls[0], || catch(|| visit(&stalls[0], false)));
        let last = hold(s, &stalls[1], || catch(|| visit(&stalls[1], true)));
        has_value.end();
        settle();
        let _ = first.end();
        settle();
        assert!(!owner.is_finished());
        let _ = last.end();
        owner.end()
    })
}

fn remove(object: &Shared<Tracked>) -> u64 {
    object.remove().expect("there is one").id()
}

fn work(object: &Shared<Tracked>) -> Result<u64, ScopeError<(), ()>> {
    work_with(object, |value| {
        value.write(7);
        value.id()
    })
}

#[test]
fn remove_waits() {
    assert_eq!(waits(remove, || ()), 0);
}

#[test]
fn a_scope_waits() {
    assert_eq!(waits(work, || ()), Ok(7));
}

#[test]
fn for_visitors_that_panic_as_well() {
    assert_eq!(waits(remove, || planned_panic()), 0);
    assert_eq!(waits(work, || planned_panic()), Ok(7));
}

/// What waits is no part of the object any more: others do not see it, and do not wait for it.
#[test]
fn nobody_waits_for_who_waits() {
    let (_watch, ledger, stall) = (watchdog(), Ledger::new(), Stall::new());
    let object = numbered(ledger);
    let workers = crew(1, &object);
    let wants = Arc::clone(&object);
    thread::scope(|s| {
        let visitor = hold(s, &stall, || visit_and_hold(&object, &stall));
        s.spawn(|| workers[0].run(move || assert_eq!(remove(&wants), 0)));
        while !object.is_empty() {
            thread::yield_now();
        }
        assert_eq!(ids(&object), []);
        elsewhere(|| assert_eq!(object.with(Tracked::id), 1));
        assert_eq!(ledger.alive(), 1);
        visitor.end();
    });
    dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}

/// Threads that take their values out again and again while the others look: nobody is forgotten.
#[test]
fn over_and_over() {
    let rounds = if cfg!(miri) { 20 } else { 2000 };
    let ledger = Ledger::new();
    let object = numbered(ledger);
    run_together(3, |racer| {
        for round in 0..rounds {
            object.with(Tracked::id);
            match (racer + round) % 3 {
                0 => assert!(object.remove().is_some()),
                1 => assert_eq!(work(&object), Ok(7)),
                _ => object.for_each(|value| assert!(value.id() < u64::MAX)),
            }
        }
    });
    assert_eq!(ledger.alive(), 0);
}
