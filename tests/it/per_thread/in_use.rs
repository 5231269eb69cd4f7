//! What is refused while the thread's value is in use further up its stack, and what is not.

use onset::{AccessError, PerThread, ScopeError};

use super::{elsewhere, ids, numbered, work_with};
use crate::support::{Ledger, Tracked, catch, planned_panic, watchdog};

const IN_USE: ScopeError<(), ()> = ScopeError::Access(AccessError::InUse);

type Object<F> = PerThread<Tracked, F>;

/// Neither taken out nor dropped: the value stays what and where it is.
#[track_caller]
fn assert_read_only<F: Fn() -> Tracked>(object: &Object<F>) {
    let id = object.with(Tracked::id);
    assert!(catch(|| object.remove()).is_err());
    assert_eq!(work_with(object, |_| ()), Err(IN_USE));
    assert_eq!((object.with(Tracked::id), object.len()), (id, 1));
    assert_eq!(ids(object), [id]);
}

#[track_caller]
fn assert_taken_out<F: Fn() -> Tracked>(object: &Object<F>) {
    assert!(catch(|| object.with(Tracked::id)).is_err());
    assert_eq!(object.try_with(Tracked::id), Err(AccessError::InUse));
    assert!(catch(|| object.remove()).is_err());
    assert_eq!(work_with(object, |_| ()), Err(IN_USE));
    assert_eq!((object.len(), ids(object)), (0, vec![]));
}

/// What is in use no longer can be worked with, and removed.
#[track_caller]
fn assert_free<F: Fn() -> Tracked>(object: &Object<F>) {
    assert_eq!(work_with(object, |value| value.write(9)), Ok(()));
    assert_eq!(object.remove().map(|value| value.id()), Some(9));
}

#[test]
fn inside_with() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    object.with(|_first_use| assert_read_only(&object));
    object.with(|_| {
        object.with(|_| assert_read_only(&object));
        // The outer one still reads it.
        assert_read_only(&object);
        let _ = object.try_with(|_| assert_read_only(&object));
        assert!(catch(|| object.with(|_| planned_panic())).is_err());
        assert_read_only(&object);
    });
    assert_eq!((ledger.made(), ledger.alive()), (1, 1));
    assert_free(&object);
}

#[test]
fn inside_for_each() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    object.with(Tracked::id);
    object.for_each(|_| {
        assert_read_only(&object);
        object.for_each(|_| assert_read_only(&object));
        assert_read_only(&object);
    });
    assert!(catch(|| object.for_each(|_| planned_panic())).is_err());
    assert_free(&object);
}

/// Whoever has no value when the visit begins may do with a new one what he likes.
#[test]
fn a_value_that_was_made_inside_for_each() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let workers = super::crew(2, &object);
    object.for_each(|other| {
        assert!(other.id() < 2);
        object.with(|own| assert!(own.id() >= 2));
        assert_free(&object);
    });
    assert_eq!((ledger.made(), ledger.alive()), (4, 2));
    super::dismiss(workers);
}

#[test]
fn inside_a_scope() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let nested = work_with(&object, |value| {
        assert_taken_out(&object);
        value.write(5);
        assert!(catch(|| assert_read_only(&object)).is_err());
        assert_taken_out(&object);
        value.id()
    });
    assert_eq!(nested, Ok(5));
    assert_eq!((ledger.made(), ledger.alive()), (1, 1));
    assert_free(&object);
}

/// Refusals are between a thread and itself: each other thread has a value of its own.
#[test]
fn other_threads_are_not_refused() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let elsewhere = || elsewhere(|| assert_free(&object));
    object.with(|_| elsewhere());
    object.for_each(|_| elsewhere());
    let done = work_with(&object, |_| elsewhere());
    assert_eq!((done, ledger.made(), ledger.alive()), (Ok(()), 4, 1));
}

/// Nor has one object to do with another one.
#[test]
fn other_objects_are_not_refused() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let [one, other] = [numbered(ledger), numbered(ledger)];
    one.with(|_| assert_free(&other));
    let nested = work_with(&one, |_| {
        other.with(|_| assert_read_only(&other));
        let nested = work_with(&other, |_| {
            assert_taken_out(&one);
            assert_taken_out(&other);
        });
        assert_eq!(nested, Ok(()));
        assert_taken_out(&one);
        assert_free(&other);
    });
    assert_eq!(nested, Ok(()));
    assert_free(&one);
    assert_eq!(ledger.alive(), 0);
}

/// A closure that panics leaves the value in nobody's use.
#[test]
fn after_a_panic() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let object = numbered(ledger);
    let uses: [&dyn Fn(); 3] = [
        &|| object.with(|_| object.with(|_| planned_panic())),
        &|| object.for_each(|_| object.for_each(|_| planned_panic())),
        &|| drop(object.scope(|_| -> Result<(), ()> { planned_panic() })),
    ];
    for (uses, round) in uses.into_iter().zip(0..) {
        object.with(|value| assert_eq!(value.id(), round));
        assert!(catch(uses).is_err());
        assert_eq!(object.remove().map(|value| value.id()), Some(round));
    }
    assert_eq!(ledger.alive(), 0);
}
