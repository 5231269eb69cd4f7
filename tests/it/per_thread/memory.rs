//! Whatever comes and goes leaves nothing behind: neither values nor the memory for their
//! bookkeeping.
//!
//! The memory is that of a process of the test's own, where nothing else goes on.

use std::{panic::resume_unwind, sync::Arc};

use onset::PerThread;

use super::{OnDrop, Shared, dismiss, elsewhere, shared};
use crate::support::{Ledger, Tally, Tracked, Worker, catch, leaves_no_memory, leaves_nothing};

const THREADS: usize = 10_000;
const OBJECTS: usize = 200_000;

/// Large enough for a leak to stand out.
type Large = (Tracked, [u8; 4000]);

fn large(ledger: &'static Ledger) -> Shared<Large> {
    shared(move || (ledger.value(7), [7; 4000]))
}

fn use_it(object: &Shared<Large>) {
    object.with(|(value, bytes)| assert_eq!((value.id(), bytes[3999]), (7, 7)));
}

leaves_nothing! {
    short_lived_threads: threads_that_use_a_late_object();
    short_lived_objects: objects_that_a_thread_uses();
    short_lived_values: values_that_are_taken_out();
    threads_that_outlive_their_objects: objects_go_first();
    threads_whose_values_panic: values_panic();
}

/// Each thread has a value and a table, both of which would be seen.
fn threads_that_use_a_late_object() {
    let ledger = Ledger::new();
    let others: Vec<_> = (0..120)
        .map(|n| PerThread::<u8, _>::new(move || n))
        .collect();
    others.iter().for_each(|object| object.with(|_| ()));
    let object = large(ledger);
    leaves_no_memory(THREADS, || {
        elsewhere(|| use_it(&object));
        assert_eq!((object.len(), ledger.alive()), (0, 0));
    });
    assert_eq!(ledger.made(), THREADS + THREADS / 10);
}

fn objects_that_a_thread_uses() {
    leaves_no_memory(OBJECTS, || {
        let object = PerThread::<u8>::new(|| 7);
        assert_eq!(object.with(|n| *n), 7);
    });
}

fn values_that_are_taken_out() {
    let ledger = Ledger::new();
    let object = large(ledger);
    leaves_no_memory(THREADS, || {
        use_it(&object);
        assert!(object.remove().is_some());
        assert_eq!((object.len(), ledger.alive()), (0, 0));
    });
}

/// The tables of threads that live remember objects that are gone, but not more than are alive at
/// once.
fn objects_go_first() {
    let (ledger, workers) = (Ledger::new(), [Worker::new(), Worker::new()]);
    leaves_no_memory(THREADS, || {
        let object = large(ledger);
        for worker in &workers {
            let object = Arc::clone(&object);
            worker.run(move || use_it(&object));
        }
        drop(object);
        assert_eq!(ledger.alive(), 0);
    });
    dismiss(workers);
}

/// A panic that nobody waits for takes nothing with it.
fn values_panic() {
    static DROPS: Tally = Tally::new();
    let object = PerThread::new(|| {
        OnDrop::new(|| {
            DROPS.add();
            resume_unwind(Box::new([7_u8; 4000]));
        })
    });
    leaves_no_memory(THREADS, || elsewhere(|| object.with(|_| ())));
    assert_eq!(DROPS.count(), THREADS + THREADS / 10);
    assert!(catch(|| drop(object)).is_ok());
}
