//! An initialiser that asks for its own value panics; it never hangs, and leaves nothing behind.

use std::{cell::Cell, sync::Arc};

use onset::{Lazy, PerThread};

use super::{dismiss, elsewhere, numbered};
use crate::{
    messages::{at, complaint, per_thread_recursion},
    support::{Ledger, Tally, Tracked, Worker, catch, watchdog},
};

#[test]
fn the_message_names_the_type_both_places_and_the_remedy() {
    static AGAIN: u32 = line!() + 1;
    static OBJECT: PerThread<u64> = PerThread::new(|| OBJECT.with(|n| n + 1));
    let _watch = watchdog();
    for _ in 0..2 {
        let began = line!() + 1;
        let text = complaint(|| OBJECT.with(|_| ()));
        assert_eq!(text, per_thread_recursion("u64", &at!(AGAIN), &at!(began)));
        assert!(OBJECT.is_empty() && OBJECT.remove().is_none());
    }
}

thread_local! {
    static WAY: Cell<fn()> = const { Cell::new(|| ()) };
}

/// Each way to ask, from within the initialiser, which was entered each way.
#[test]
fn every_way_to_ask_is_caught() {
    static OBJECT: PerThread<Tracked> = PerThread::new(|| {
        WAY.get()();
        unreachable!("it has panicked")
    });
    static LINE: u32 = line!() + 2;
    let ways: [fn(); 3] = [
        || OBJECT.with(|_| ()),
        || OBJECT.try_with(|_| ()).unwrap(),
        || OBJECT.scope(|_| Ok::<_, ()>(())).unwrap(),
    ];
    let _watch = watchdog();
    for (began, enter) in (LINE..).zip(ways) {
        for (again, ask) in (LINE..).zip(ways) {
            WAY.set(ask);
            let name = std::any::type_name::<Tracked>();
            let expected = per_thread_recursion(name, &at!(again), &at!(began));
            assert_eq!(complaint(enter), expected);
            assert!(OBJECT.is_empty());
        }
    }
}

/// What was caught is over: the initialiser goes on, and its value counts.
#[test]
fn an_initialiser_that_catches_it_goes_on() {
    static LEDGER: Lazy<&Ledger> = Lazy::new(Ledger::new);
    static OBJECT: PerThread<Tracked> = PerThread::new(|| {
        assert!(catch(|| OBJECT.with(Tracked::id)).is_err());
        assert!(catch(|| OBJECT.try_with(Tracked::id)).is_err());
        LEDGER.value(9)
    });
    let _watch = watchdog();
    elsewhere(|| {
        assert_eq!(OBJECT.with(Tracked::id), 9);
        assert_eq!((LEDGER.made(), OBJECT.len()), (1, 1));
    });
    assert_eq!(LEDGER.alive(), 0);
}

#[test]
fn through_another_object() {
    static CALLS: Tally = Tally::new();
    static OUTER: PerThread<u64> = PerThread::new(|| INNER.with(|n| n + 1));
    static INNER: PerThread<u64> = PerThread::new(|| {
        CALLS.add();
        match CALLS.count() {
            1 => OUTER.with(|n| n + 1),
            _ => 5,
        }
    });
    let _watch = watchdog();
    assert!(catch(|| OUTER.with(|_| ())).is_err());
    assert!(OUTER.is_empty() && INNER.is_empty());
    assert_eq!(OUTER.with(|n| *n), 6);
    assert_eq!(INNER.with(|n| *n), 5);
}

#[test]
fn looking_is_no_recursion() {
    static CALLS: Tally = Tally::new();
    static OBJECT: PerThread<usize> = PerThread::new(|| {
        CALLS.add();
        if CALLS.count() == 2 {
            look();
        }
        CALLS.count()
    });
    fn look() {
        assert_eq!(OBJECT.len(), 1, "the other thread's");
        OBJECT.for_each(|others| assert_eq!(*others, 1));
        assert_eq!(OBJECT.remove(), None);
        assert_eq!(format!("{OBJECT:?}"), "PerThread { threads: 1, .. }");
    }
    let (_watch, other) = (watchdog(), Worker::new());
    other.run(|| OBJECT.with(|_| ()));
    assert_eq!(OBJECT.with(|n| *n), 2);
    dismiss([other]);
}

/// Another thread's value is another value, even if one initialiser waits for the other.
#[test]
fn another_thread_s_first_use_is_no_recursion() {
    let _watch = watchdog();
    static DEPTH: Tally = Tally::new();
    static OBJECT: PerThread<usize> = PerThread::new(|| {
        DEPTH.add();
        match DEPTH.count() {
            4 => 0,
            _ => 1 + elsewhere(|| OBJECT.with(|n| *n)),
        }
    });
    assert_eq!(OBJECT.with(|n| *n), 3);
    assert_eq!(OBJECT.len(), 1, "the other threads are gone");
}

/// A cell's initialiser that needs a value whose initialiser needs the cell.
#[test]
fn through_a_cell() {
    static CELL: Lazy<u64> = Lazy::new(|| OBJECT.with(|n| n + 1));
    static OBJECT: PerThread<u64> = PerThread::new(|| *CELL + 1);
    let _watch = watchdog();
    let through_the_cell = complaint(|| *CELL);
    let through_the_object = complaint(|| OBJECT.with(|n| *n));
    assert!(through_the_cell.starts_with("`OnceCell<u64>` is needed"));
    assert!(through_the_object.starts_with("`PerThread<u64>` is needed"));
    assert!(OBJECT.is_empty() && Lazy::get(&CELL).is_none());
}

/// The object is known by what it holds, not by where it lies: a new one at the same place, within
/// the initialiser of another, is no recursion.
#[test]
fn objects_that_are_made_inside() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = PerThread::new(|| {
        let inner: Vec<_> = (0..10).map(|_| numbered(ledger)).collect();
        let sum: u64 = inner.iter().map(|inner| inner.with(Tracked::id)).sum();
        assert_eq!((sum, ledger.alive()), (0, 10));
        Arc::clone(&inner[3])
    });
    assert_eq!(object.with(|kept| kept.with(Tracked::id)), 0);
    assert_eq!(ledger.alive(), 1);
    drop(object);
    assert_eq!(ledger.alive(), 0);
}
