//! `for_each` and `len`: the values of the threads that live.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use onset::PerThread;

use super::{crew, dismiss, elsewhere, id_at, ids, numbered, work_with};
use crate::support::{
    Gate, Ledger, Tally, Tracked, Worker, catch, is_planned, planned_panic, watchdog,
};

#[test]
fn nobody_has_a_value_at_first() {
    let object = PerThread::<u8>::default();
    object.for_each(|_| unreachable!("there is none"));
    assert!(object.is_empty());
    assert_eq!(object.len(), 0);
    assert_eq!(format!("{object:?}"), "PerThread { threads: 0, .. }");
}

#[test]
fn the_values_of_all_that_live() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let mut workers = crew(5, &object);
    assert_eq!((ids(&object), object.len()), (vec![0, 1, 2, 3, 4], 5));
    object.with(Tracked::id);
    assert_eq!((ids(&object), object.len()), (vec![0, 1, 2, 3, 4, 5], 6));
    // The first, one in the middle, and the last.
    for leaves in [0, 1, 2] {
        dismiss([workers.remove(leaves)]);
    }
    assert_eq!((ids(&object), object.len()), (vec![1, 3, 5], 3));
    assert!(!object.is_empty());
    assert_eq!(format!("{object:?}"), "PerThread { threads: 3, .. }");
    dismiss(workers);
    assert_eq!(ids(&object), [5]);
}

/// What a thread writes to its value, a later visitor sees.
#[test]
fn sums_over_all_threads() {
    static TOTAL: PerThread<AtomicU64> = PerThread::new(|| AtomicU64::new(0));
    let (_watch, counted, seen) = (watchdog(), Tally::new(), Gate::new());
    thread::scope(|s| {
        for n in 0..4 {
            let (counted, seen) = (&counted, &seen);
            let add = move |own: &AtomicU64| own.fetch_add(n, Ordering::Relaxed);
            s.spawn(move || {
                (0..100)
                    .map(|_| TOTAL.with(add))
                    .for_each(|before| assert_eq!(before % n.max(1), 0));
                counted.add();
                seen.pass();
            });
        }
        counted.wait_for(4);
        let mut sum = 0;
        TOTAL.for_each(|own| sum += own.load(Ordering::Relaxed));
        seen.open();
        assert_eq!(sum, 600);
    });
}

/// One that is taken out for a unit of work is left out, and back afterwards.
#[test]
fn what_is_in_a_scope_is_left_out() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers = crew(2, &object);
    let done = work_with(&object, |own| {
        assert_eq!((own.id(), object.len()), (2, 2));
        assert_eq!(ids(&object), [0, 1]);
        elsewhere(|| assert_eq!((ids(&object), object.len()), (vec![0, 1], 2)));
    });
    assert_eq!(
        (done, ids(&object), object.len()),
        (Ok(()), vec![0, 1, 2], 3)
    );
    dismiss(workers);
}

/// A visitor may use the object: for its own value, and to visit the others again.
#[test]
fn a_visitor_may_use_the_object() {
    let (_watch, ledger, visits) = (watchdog(), Ledger::new(), Tally::new());
    let object = numbered(ledger);
    let workers = crew(3, &object);
    object.for_each(|_| {
        assert_eq!(object.with(Tracked::id), 3);
        assert_eq!(object.len(), 4);
        object.for_each(|_| visits.add());
        elsewhere(|| assert!(object.with(Tracked::id) > 3));
    });
    assert_eq!(visits.count(), 3 * 4);
    assert_eq!((ids(&object), ledger.alive()), (vec![0, 1, 2, 3], 4));
    dismiss(workers);
}

/// The others neither wait for a visitor that panics, nor lose their values by it.
#[test]
fn a_visitor_that_panics() {
    let (_watch, ledger, visits) = (watchdog(), Ledger::new(), Tally::new());
    let object = numbered(ledger);
    let workers = crew(4, &object);
    let visit = || {
        object.for_each(|_| {
            visits.add();
            if visits.count() == 2 {
                planned_panic();
            }
        });
    };
    assert!(is_planned(&catch(visit).unwrap_err()));
    assert_eq!((visits.count(), ids(&object)), (2, vec![0, 1, 2, 3]));
    for worker in &workers {
        let object = Arc::clone(&object);
        assert!(worker.run(move || object.remove().is_some()));
    }
    assert_eq!((object.len(), ledger.alive()), (0, 0));
    dismiss(workers);
}

/// Two visitors see the same values at the same time.
#[test]
fn visitors_do_not_wait_for_each_other() {
    let (_watch, ledger, inside) = (watchdog(), Ledger::new(), Tally::new());
    let object = numbered(ledger);
    let workers = crew(1, &object);
    thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| {
                object.for_each(|_| {
                    inside.add();
                    inside.wait_for(3);
                });
            });
        }
    });
    dismiss(workers);
}

/// Nor do those who use, make or count values wait for a visitor.
#[test]
fn a_visitor_holds_nobody_up() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers = crew(1, &object);
    let late = Worker::new();
    object.for_each(|_| {
        assert_eq!(id_at(&workers[0], &object), 0);
        assert_eq!(id_at(&late, &object), 1);
        assert_eq!(object.len(), 2);
    });
    dismiss(workers);
    dismiss([late]);
    assert_eq!(ledger.alive(), 0);
}
