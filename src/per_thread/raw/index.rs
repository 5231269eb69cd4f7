//! Which place an object has in the tables of the threads: the lowest that is free, so that the
//! tables are as long as the most objects that were alive at once.

use crate::sync::{self, Mutex, MutexGuard, global};
use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

struct Pool {
    /// Places that were given back.
    free: BinaryHeap<Reverse<usize>>,
    /// The lowest place that nobody ever had.
    next: usize,
}

global! {
    static POOL: Mutex<Pool> = Mutex::new(Pool { free: BinaryHeap::new(), next: 0 });
}

fn lock() -> MutexGuard<'static, Pool> {
    sync::lock(&POOL)
}

/// A place, given back when it is dropped.
pub(super) struct Index(usize);

impl Index {
    pub(super) fn new() -> Self {
        let mut pool = lock();
        if let Some(Reverse(index)) = pool.free.pop() {
            return Self(index);
        }
        pool.next += 1;
        Self(pool.next - 1)
    }

    pub(super) const fn get(&self) -> usize {
        self.0
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        lock().free.push(Reverse(self.0));
    }
}
