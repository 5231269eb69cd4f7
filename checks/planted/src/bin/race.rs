//! A data race on purpose: a value is published as `RaceCell` does it, but by a `Relaxed` store, so
//! that its reader has no edge from its writer.

use std::{
    hint::spin_loop,
    sync::atomic::{AtomicPtr, Ordering},
    thread,
};

static PUBLISHED: AtomicPtr<[u64; 4]> = AtomicPtr::new(std::ptr::null_mut());

fn main() {
    let reader = thread::spawn(|| {
        loop {
            let seen = PUBLISHED.load(Ordering::Acquire);
            // SAFETY: none: the value may not be there yet.
            if let Some(value) = unsafe { seen.as_ref() } {
                return value.iter().sum::<u64>();
            }
            spin_loop();
        }
    });
    let value = Box::leak(Box::new([1; 4]));
    // Release would be right.
    PUBLISHED.store(value, Ordering::Relaxed);
    let sum = reader.join().expect("it only reads");
    // SAFETY: it came from a box, and the reader is gone.
    drop(unsafe { Box::from_raw(value) });
    println!("the reader saw {sum}");
}
