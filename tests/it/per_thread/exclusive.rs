//! What the owner of an object can do, or who has it to himself: `iter_mut`, `into_iter`, `clear`.

use std::{
    mem,
    sync::{Arc, Mutex},
    thread::{self, ThreadId},
};

use onset::PerThread;

use super::{
    Fragile, Log, Make, OnDrop, crew, dismiss, fragile, id_at, ids, numbered, shared, sole,
};
use crate::support::{Ledger, Tracked, Worker, catch, is_planned, watchdog};

type Object = PerThread<Tracked, Make<Tracked>>;

/// An object, to oneself, and threads that have values in it.
fn owned(threads: u64, ledger: &'static Ledger) -> (Object, Vec<Worker>) {
    let object = numbered(ledger);
    let workers = crew(threads, &object);
    (sole(object), workers)
}

#[test]
fn all_values_can_be_changed() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, workers) = owned(3, ledger);
    for value in &mut object {
        value.write(value.id() + 10);
    }
    assert_eq!(ids(&object), [10, 11, 12]);
    object
        .iter_mut()
        .for_each(|value| value.write(value.id() + 10));
    let object = Arc::new(object);
    let seen: Vec<_> = workers.iter().map(|w| id_at(w, &object)).collect();
    assert_eq!((seen, object.len()), (vec![20, 21, 22], 3));
    dismiss(workers);
    drop(object);
    assert_eq!(ledger.alive(), 0);
}

/// When the object is used again, what exiting threads have left is gone, and those that exit from
/// then on drop their values themselves.
#[test]
fn afterwards_all_is_as_before() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, mut workers) = owned(5, ledger);
    let mut values = object.iter_mut();
    values.by_ref().for_each(|value| value.write(9));
    dismiss([0, 0, 2].map(|leaves| workers.remove(leaves)));
    drop(values);
    object.with(|own| assert_eq!((own.id(), ledger.alive()), (5, 3)));
    assert_eq!(ids(&object), [5, 9, 9]);
    dismiss(workers);
    assert_eq!((ids(&object), ledger.alive()), (vec![5], 1));
}

#[test]
fn iterators_know_their_lengths() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, workers) = owned(3, ledger);
    let mut values = object.iter_mut();
    assert_eq!((values.len(), values.size_hint()), (3, (3, Some(3))));
    assert!(values.next().is_some());
    assert_eq!(format!("{values:?}"), "IterMut { left: 2 }");
    assert_eq!(values.by_ref().count(), 2);
    assert_eq!((values.len(), values.next().is_none()), (0, true));
    drop(values);
    let mut values = object.into_iter();
    assert_eq!((values.len(), values.size_hint()), (3, (3, Some(3))));
    assert!(values.next().is_some());
    assert_eq!(format!("{values:?}"), "IntoIter { left: 2 }");
    assert_eq!(
        (values.by_ref().count(), values.next().is_none()),
        (2, true)
    );
    dismiss(workers);
}

#[test]
fn nothing_to_go_through() {
    let mut object = PerThread::<u8>::new(|| unreachable!("nobody asks"));
    assert_eq!(object.iter_mut().len(), 0);
    assert_eq!(object.iter_mut().next(), None);
    object.clear();
    assert_eq!(object.into_iter().next(), None);
}

/// Threads that exit while the values are gone through: they do not wait.
#[test]
fn who_exits_meanwhile_leaves_the_value() {
    static DROPPED_BY: Log<ThreadId> = Log::new();
    let make = || OnDrop::new(|| DROPPED_BY.push(thread::current().id()));
    let (_watch, object) = (watchdog(), shared(make));
    let workers = [(); 3].map(|()| Worker::new());
    for worker in &workers {
        let object = Arc::clone(&object);
        worker.run(move || object.with(|_| ()));
    }
    let mut object = sole(object);
    let mut values = object.iter_mut();
    assert!(values.next().is_some());
    dismiss(workers);
    assert!(DROPPED_BY.take().is_empty());
    assert_eq!(values.by_ref().count(), 2, "they are there to the end");
    drop(values);
    drop(object);
    assert_eq!(DROPPED_BY.take(), [thread::current().id(); 3]);
}

/// The references live as long as the object is borrowed, the iterator need not.
#[test]
fn a_reference_outlives_the_iterator() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, workers) = owned(3, ledger);
    let values: Vec<&mut Tracked> = object.iter_mut().collect();
    dismiss(workers);
    assert_eq!(ledger.alive(), 3, "the values are borrowed");
    assert_eq!(values.iter().map(|value| value.id()).max(), Some(2));
    drop(values);
    assert_eq!(object.len(), 0, "no living thread has one");
    drop(object);
    assert_eq!(ledger.alive(), 0);
}

/// Forgets it, but not where it lies: a leak checker still finds it.
fn forget<T>(value: T) {
    // onset-audit: allow(R6): one list for whatever is forgotten
    static FORGOTTEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let place = Box::into_raw(Box::new(value)).expose_provenance();
    FORGOTTEN.lock().unwrap().push(place);
}

/// The values of threads that exit are then left to the object; otherwise nothing changes.
#[test]
fn an_iterator_that_is_forgotten() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, mut workers) = owned(4, ledger);
    let mut values = object.iter_mut();
    assert!(values.next().is_some());
    forget(values);
    dismiss(workers.drain(1..3));
    assert_eq!(ids(&object), [0, 3]);
    assert_eq!((object.with(Tracked::id), object.len()), (4, 3));
    let object = Arc::new(object);
    let here = Arc::clone(&object);
    assert!(workers[0].run(move || here.remove().is_some()));
    assert_eq!(id_at(&workers[0], &object), 5);
    let mut object = sole(object);
    assert_eq!(object.iter_mut().len(), 3, "of the living threads");
    dismiss(workers.drain(..1));
    drop(object);
    dismiss(workers);
    assert_eq!((ledger.made(), ledger.alive()), (6, 0));
}

/// All ways in which the values go after an iterator was forgotten, and some threads exited.
#[test]
fn what_a_forgotten_iterator_kept_goes_with_the_others() {
    let ways: [fn(Object); 4] = [
        |object| drop(object),
        |mut object| object.clear(),
        |mut object| assert_eq!(object.iter_mut().len(), 2),
        |object| assert_eq!(object.into_iter().count(), 2),
    ];
    for way in ways {
        let (_watch, ledger) = (watchdog(), Ledger::new());
        let (mut object, mut workers) = owned(5, ledger);
        forget(object.iter_mut());
        dismiss([0, 0, 2].map(|leaves| workers.remove(leaves)));
        way(object);
        assert_eq!((ledger.made(), ledger.alive()), (5, 0));
        dismiss(workers);
        assert_eq!(ledger.alive(), 0);
    }
}

/// Among them one whose destructor panics: the values of the living are dropped all the same.
#[test]
fn what_a_forgotten_iterator_kept_may_panic() {
    type Object = PerThread<Fragile, Make<Fragile>>;
    let ways: [fn(Object); 4] = [
        |object| drop(object),
        |mut object| object.clear(),
        |object| drop(object.into_iter()),
        |mut object| drop(object.iter_mut()),
    ];
    for way in ways {
        let (_watch, ledger) = (watchdog(), Ledger::new());
        let (mut object, mut workers) = fragile(ledger);
        forget(object.iter_mut());
        dismiss(workers.drain(..2));
        assert!(is_planned(&catch(|| way(object)).unwrap_err()));
        assert_eq!((ledger.made(), ledger.alive()), (4, 0));
        dismiss(workers);
        assert_eq!(ledger.alive(), 0, "once");
    }
}

#[test]
fn what_is_not_asked_for_is_dropped() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (object, workers) = owned(4, ledger);
    let mut values = object.into_iter();
    let kept = values.next().expect("there are four");
    assert_eq!(ledger.alive(), 4);
    drop(values);
    assert_eq!((ledger.alive(), kept.id() < 4), (1, true));
    dismiss(workers);
    drop(kept);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_cleared_object_begins_anew() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, workers) = owned(3, ledger);
    object.clear();
    object.clear();
    assert_eq!((object.len(), ledger.alive()), (0, 0));
    let object = Arc::new(object);
    assert_eq!(id_at(&workers[1], &object), 3);
    let there = Arc::clone(&object);
    assert!(workers[0].run(move || there.remove().is_none()));
    assert_eq!((ids(&object), ledger.alive()), (vec![3], 1));
    dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}

/// An object that is replaced, in place, is another object.
#[test]
fn an_object_that_is_replaced() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (mut object, workers) = owned(2, ledger);
    let old = mem::replace(&mut object, sole(numbered(ledger)));
    assert_eq!((old.len(), object.len()), (2, 0));
    let object = Arc::new(object);
    assert_eq!(id_at(&workers[1], &object), 0, "the first of the new one");
    assert_eq!((ids(&old), ids(&object)), (vec![0, 1], vec![0]));
    let old = Arc::new(old);
    assert_eq!(id_at(&workers[1], &old), 1, "moved, but the same");
    dismiss(workers);
    assert_eq!(ledger.alive(), 0);
}
