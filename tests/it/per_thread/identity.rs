//! A value belongs to one thread and one object: nothing is inherited, neither by a thread that
//! gets a dead one's identifier, nor by an object that gets a dead one's place.

use std::sync::Arc;

use onset::PerThread;

use super::{dismiss, elsewhere, id_at, numbered, shared, sole};
use crate::support::{Ledger, Tally, Tracked, Worker, catch, planned_panic, watchdog};

/// Systems give the identifiers of dead threads to new ones, and their thread-locals' places.
#[test]
fn a_new_thread_begins_with_nothing() {
    let ledger = Ledger::new();
    let object = numbered(ledger);
    for id in 0..if cfg!(miri) { 10 } else { 500 } {
        elsewhere(|| {
            assert_eq!(object.len(), 0);
            assert!(object.remove().is_none());
            assert_eq!(object.with(Tracked::id), id);
            assert_eq!(object.with(Tracked::id), id);
        });
        assert_eq!(ledger.alive(), 0);
    }
}

/// In the same place of memory, with the same place in the tables, in a thread that remembers.
#[test]
fn a_new_object_begins_with_nothing() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    for round in 0..if cfg!(miri) { 20 } else { 2000_u64 } {
        let object = shared(move || ledger.value(round));
        if round % 3 > 0 {
            assert_eq!(id_at(&worker, &object), round);
        }
        if round % 2 > 0 {
            object.with(|own| assert_eq!(own.id(), round));
        }
        let there = usize::from(round % 3 > 0) + usize::from(round % 2 > 0);
        assert_eq!((object.len(), ledger.alive()), (there, there));
        drop(sole(object));
        assert_eq!(ledger.alive(), 0);
    }
    dismiss([worker]);
}

/// Values of other types lie where the old ones lay.
#[test]
fn nor_does_one_of_another_type() {
    let (_watch, worker) = (watchdog(), Worker::new());
    for round in 0..if cfg!(miri) { 5 } else { 200_u8 } {
        let bytes = shared(move || [round; 40]);
        let text = shared(move || round.to_string());
        for _ in 0..2 {
            let (bytes, text) = (Arc::clone(&bytes), Arc::clone(&text));
            worker.run(move || {
                assert!(bytes.with(|bytes| *bytes == [round; 40]));
                assert_eq!(text.with(String::len), round.to_string().len());
            });
        }
        drop(sole(bytes));
        let number = shared(move || u64::from(round) << 40);
        worker.run(move || assert_eq!(number.with(|n| *n), u64::from(round) << 40));
        worker.run(move || assert_eq!(text.with(String::clone), round.to_string()));
    }
    dismiss([worker]);
}

/// Objects that go in another order than they came, and new ones between them.
#[test]
fn objects_come_and_go() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let mut objects: Vec<_> = (0..20)
        .map(|id| (id, shared(move || ledger.value(id))))
        .collect();
    for round in 20..if cfg!(miri) { 30 } else { 600 } {
        objects
            .iter()
            .for_each(|(id, object)| assert_eq!(id_at(&worker, object), *id));
        let place = usize::try_from(round * 7 % 20).unwrap();
        objects[place] = (round, shared(move || ledger.value(round)));
        assert_eq!(ledger.alive(), 19);
    }
    dismiss([worker]);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn thousands_of_objects() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let count = if cfg!(miri) { 50 } else { 5000_u64 };
    let objects: Vec<_> = (0..count)
        .map(|n| PerThread::new(move || ledger.value(n)))
        .collect();
    let visit = || {
        for _ in 0..2 {
            for (object, n) in objects.iter().zip(0..) {
                assert_eq!(object.with(Tracked::id), n);
            }
        }
    };
    visit();
    elsewhere(|| {
        visit();
        assert_eq!(ledger.alive() as u64, 2 * count);
    });
    assert_eq!(ledger.alive() as u64, count);
    drop(objects);
    assert_eq!(ledger.alive(), 0);
}

/// A thread that uses a late object alone, not the ones before it.
#[test]
fn an_object_far_behind() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let objects: Vec<_> = (0..1000).map(|_| numbered(ledger)).collect();
    // An object has a place in the tables once it has been used.
    objects.iter().for_each(|object| object.with(|_| ()));
    elsewhere(|| {
        let (last, others) = objects.split_last().unwrap();
        assert_eq!(last.with(Tracked::id), 1);
        assert!(others.iter().all(|object| object.remove().is_none()));
        assert_eq!(ledger.alive(), 1001);
    });
    assert_eq!(ledger.alive(), 1000);
    drop(objects);
    assert_eq!(ledger.alive(), 0);
}

/// The table grows while values are in use.
#[test]
fn objects_that_are_made_while_others_are_in_use() {
    fn nest(depth: u64, ledger: &'static Ledger) -> u64 {
        let object = PerThread::new(|| ledger.value(depth));
        object.with(|value| {
            let inner = if depth == 0 {
                0
            } else {
                nest(depth - 1, ledger)
            };
            assert!(catch(|| object.remove()).is_err(), "it is in use");
            value.id() + inner
        })
    }
    let ledger = Ledger::new();
    let sum = elsewhere(|| nest(100, ledger));
    assert_eq!((sum, ledger.made(), ledger.alive()), (5050, 101, 0));
}

/// Threads that use a new object first, all at once: one object, a value for each.
#[test]
fn a_first_use_by_all() {
    for _ in 0..if cfg!(miri) { 3 } else { 100 } {
        let (ledger, inside) = (Ledger::new(), Tally::new());
        let object = numbered(ledger);
        let mut ids = crate::support::run_together(4, |_| {
            let id = object.with(Tracked::id);
            inside.add();
            inside.wait_for(4);
            assert_eq!((object.with(Tracked::id), object.len()), (id, 4));
            // Nobody leaves before all have looked.
            inside.add();
            inside.wait_for(8);
            id
        });
        ids.sort_unstable();
        assert_eq!((ids, ledger.alive()), (vec![0, 1, 2, 3], 0));
    }
}

/// A moved object is the same one.
#[test]
fn an_object_that_is_moved() {
    let (_watch, ledger, worker) = (watchdog(), Ledger::new(), Worker::new());
    let object = numbered(ledger);
    assert_eq!((object.with(Tracked::id), id_at(&worker, &object)), (0, 1));
    let moved = Box::new(sole(object));
    assert_eq!(moved.with(Tracked::id), 0);
    let moved = Arc::new(*moved);
    assert_eq!((moved.with(Tracked::id), id_at(&worker, &moved)), (0, 1));
    assert!(catch(|| moved.with(|_| planned_panic())).is_err());
    dismiss([worker]);
    assert_eq!(ledger.alive(), 1);
}
