//! What threads have left that exited while the object was borrowed exclusively: it is dropped when
//! the object is used next. Its destructor may panic, or use the object itself, in the middle of
//! that use.

use std::sync::{Arc, Mutex, RwLock};

use onset::{PerThread, Resource};

use super::{Make, OnDrop, dismiss, elsewhere};
use crate::support::{Ledger, Tracked, Worker, catch, planned_panic, watchdog};

/// A value that is told later on what to do in the end.
struct Told {
    counted: Tracked,
    at_last: Mutex<Option<OnDrop>>,
}

impl Resource for Told {
    type Error = ();
    fn commit(&mut self) -> Result<(), ()> {
        Ok(())
    }
    fn rollback(&mut self) -> Result<(), ()> {
        Ok(())
    }
}

type Object = PerThread<Told, Make<Told>>;
type Use = fn(&Object);

/// All that can be done with a shared object.
const USES: [Use; 6] = [
    |object| object.with(|value| assert!(value.counted.id() < 9)),
    |object| object.try_with(|_| ()).expect("neither gone nor in use"),
    |object| drop(object.remove()),
    |object| object.scope(|_| Ok::<_, ()>(())).expect("it can be had"),
    |object| object.for_each(|value| assert!(value.counted.id() < 9)),
    |object| assert!(object.len() < 3),
];

/// A thread exits while the object is borrowed, and leaves a value that does `at_last` when this
/// thread does `next`.
fn leave(has_value: bool, at_last: Use, next: Use) {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let make = move || Told {
        counted: ledger.value(ledger.made() as u64),
        at_last: Mutex::default(),
    };
    let object = Arc::new(RwLock::new(PerThread::new(Box::new(make) as Make<Told>)));
    let leaves = Worker::new();
    let there = Arc::clone(&object);
    leaves.run(move || {
        let own = Arc::clone(&there);
        let in_the_end = OnDrop::new(move || at_last(&own.read().unwrap()));
        let tell = |value: &Told| *value.at_last.lock().unwrap() = Some(in_the_end);
        there.read().unwrap().with(tell);
    });
    elsewhere(|| {
        if has_value {
            object.read().unwrap().with(|_| ());
        }
        drop(object.write().unwrap().iter_mut());
        dismiss([leaves]);
        let _ = catch(|| next(&object.read().unwrap()));
        assert_usable(&object.read().unwrap(), ledger);
    });
    assert_eq!((object.read().unwrap().len(), ledger.alive()), (0, 0));
}

/// Whatever came of it: this thread has one value, with which it can do what it likes.
#[track_caller]
fn assert_usable(object: &Object, ledger: &Ledger) {
    object.with(|_| assert!(catch(|| object.remove()).is_err()));
    assert_eq!((object.len(), ledger.alive()), (1, 1));
    assert_eq!(object.scope(|_| Ok::<_, ()>(())), Ok(()));
    assert!(object.remove().is_some());
    assert_eq!((object.len(), ledger.alive()), (0, 0));
    object.with(|_| ());
}

/// It makes this thread's own value in the middle of a `for_each`, which then has it in its hands:
/// `remove` must not wait for itself.
#[test]
fn that_makes_what_for_each_visits() {
    leave(
        false,
        |object| object.with(|_| ()),
        |object| object.for_each(|_| assert!(catch(|| object.remove()).is_err())),
    );
}

#[test]
fn that_panics() {
    for next in USES {
        leave(true, |_| planned_panic(), next);
        leave(false, |_| planned_panic(), next);
    }
}

#[test]
fn that_uses_the_object() {
    for next in USES {
        for at_last in USES {
            leave(true, at_last, next);
            leave(false, at_last, next);
        }
    }
}

#[test]
fn that_uses_the_object_and_panics() {
    for next in USES {
        for has_value in [true, false] {
            leave(has_value, |object| object.with(|_| planned_panic()), next);
            leave(
                has_value,
                |object| drop(object.scope(|_| -> Result<(), ()> { planned_panic() })),
                next,
            );
        }
    }
}
