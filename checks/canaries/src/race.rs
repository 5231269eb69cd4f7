//! Wrong on purpose: two threads write to the same place, and nothing orders them.

use std::{cell::UnsafeCell, thread};

struct Shared(UnsafeCell<u64>);

// SAFETY: none, on purpose: what is below is the race that a check has to report.
unsafe impl Sync for Shared {}

impl Shared {
    fn write(&self, value: u64) {
        // SAFETY: none, on purpose: the other thread writes too.
        unsafe { *self.0.get() = value };
    }
}

static SHARED: Shared = Shared(UnsafeCell::new(0));

fn main() {
    let threads = [1, 2].map(|value| thread::spawn(move || SHARED.write(value)));
    for thread in threads {
        thread.join().expect("it only writes");
    }
}
