//! A value that is built in private and published whole, as the cells of `onset` do it.

use std::{
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
    thread,
};

static PLACE: AtomicPtr<u64> = AtomicPtr::new(ptr::null_mut());

/// One thread publishes a value, by a store of that ordering; another one waits for it and reads.
pub(crate) fn publish_and_read(store: Ordering) {
    let reader = thread::spawn(wait_and_read);
    let publisher = thread::spawn(move || PLACE.store(Box::into_raw(Box::new(42)), store));
    assert_eq!(reader.join().expect("it only reads"), 42);
    publisher.join().expect("it only publishes");
}

fn wait_and_read() -> u64 {
    loop {
        let place = PLACE.load(Ordering::Acquire);
        if !place.is_null() {
            // SAFETY: it came from a box, of which this thread is the only one to take it. Whether
            // the value is there to be seen depends on the ordering of the store.
            return *unsafe { Box::from_raw(place) };
        }
        // It must come about that the other one runs.
        thread::yield_now();
    }
}
