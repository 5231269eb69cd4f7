//! Broken copies of `snapshot/raw` and `snapshot/reload`.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};

use loom::{
    cell::UnsafeCell,
    model,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize},
    },
    thread,
};

fn must_fail(name: &str, expected: &str, f: impl FnOnce()) {
    super::must_fail(module_path!(), name, expected, f);
}

/// A counted value.
struct Value {
    count: AtomicUsize,
    /// `true`: it was freed.
    freed: UnsafeCell<bool>,
}

// SAFETY: [MODEL] loom checks each access.
unsafe impl Send for Value {}
// SAFETY: [MODEL] loom checks each access.
unsafe impl Sync for Value {}

impl Value {
    fn new() -> Self {
        Self {
            count: AtomicUsize::new(1),
            freed: UnsafeCell::new(false),
        }
    }

    fn read(&self) {
        // SAFETY: [MODEL] loom reports a write that could happen at the same time.
        let freed = self.freed.with(|freed| unsafe { *freed });
        assert!(!freed, "read after it was freed");
    }

    fn let_go(&self) {
        if self.count.fetch_sub(1, AcqRel) == 1 {
            // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
            self.freed.with_mut(|freed| unsafe { *freed = true });
        }
    }
}

/// A load against a store of a counted value behind a mutex.
fn load_against_store(count_outside: bool) {
    model(move || {
        let cell = Arc::new((Mutex::new(0), [Value::new(), Value::new()]));
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || {
            let (current, values) = &*other;
            let old = std::mem::replace(&mut *current.lock().unwrap(), 1);
            values[old].let_go();
        });
        let (current, values) = &*cell;
        let published = current.lock().unwrap();
        let value = &values[*published];
        if count_outside {
            drop(published);
            value.count.fetch_add(1, Relaxed);
        } else {
            value.count.fetch_add(1, Relaxed);
            drop(published);
        }
        value.read();
        value.let_go();
        thread.join().unwrap();
    });
}

#[test]
fn snapshot_as_it_is() {
    load_against_store(false);
}

#[test]
fn snapshot_copied_outside() {
    must_fail("snapshot_copied_outside", "Causality violation", || {
        load_against_store(true);
    });
}

/// One waits for the next generation, which the other publishes.
fn wait_for_change(announce_outside: bool) {
    type Lot = Mutex<Vec<thread::Thread>>;
    model(move || {
        // The generation, and whether it is awaited.
        let cell = Arc::new((Mutex::new((1, false)), Lot::default()));
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || {
            let (published, lot) = &*other;
            let mut published = published.lock().unwrap();
            published.0 = 2;
            let awaited = published.1;
            drop(published);
            if awaited {
                let woken = std::mem::take(&mut *lot.lock().unwrap());
                woken.iter().for_each(thread::Thread::unpark);
            }
        });
        let (published, lot) = &*cell;
        let announce = || {
            let mut published = published.lock().unwrap();
            published.1 |= published.0 == 1;
            published.0 == 1
        };
        let enter = |lot: &mut Vec<thread::Thread>| lot.push(thread::current());
        let waits = if announce_outside {
            announce() && {
                enter(&mut lot.lock().unwrap());
                true
            }
        } else {
            let mut lot = lot.lock().unwrap();
            announce() && {
                enter(&mut lot);
                true
            }
        };
        if waits {
            thread::park();
        }
        thread.join().unwrap();
    });
}

#[test]
fn change_as_it_is() {
    wait_for_change(false);
}

#[test]
fn change_announced_outside() {
    must_fail("change_announced_outside", "deadlock", || {
        wait_for_change(true);
    });
}

/// Who sees that nothing is due must see the generation that was published before.
fn due(store: Ordering, load: Ordering) {
    model(move || {
        let reload = Arc::new((AtomicU64::new(0), AtomicU64::new(1)));
        let other = Arc::clone(&reload);
        let thread = thread::spawn(move || {
            other.1.store(2, Relaxed);
            other.0.store(1, store);
        });
        let (due, generation) = &*reload;
        if due.load(load) == 1 {
            assert_eq!(generation.load(Relaxed), 2, "the old one is served");
        }
        thread.join().unwrap();
    });
}

#[test]
fn due_as_it_is() {
    due(Release, Acquire);
}

#[test]
fn due_relaxed() {
    must_fail("due_relaxed", "the old one is served", || {
        due(Relaxed, Acquire);
    });
}

#[test]
fn due_read_relaxed() {
    must_fail("due_read_relaxed", "the old one is served", || {
        due(Release, Relaxed);
    });
}

/// Two find it due, and load: one after the other, if the claim is an exchange.
fn reload(exchange: bool) {
    model(move || {
        let reload = Arc::new((AtomicUsize::new(0), Unchecked(UnsafeCell::new(0))));
        let load = move |(claim, loads): &(AtomicUsize, Unchecked)| {
            let claimed = if exchange {
                claim.compare_exchange(0, 1, Acquire, Relaxed).is_ok()
            } else {
                let free = claim.load(Acquire) == 0;
                claim.store(1, Relaxed);
                free
            };
            if claimed {
                // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
                loads.0.with_mut(|loads| unsafe { *loads += 1 });
                claim.store(0, Release);
            }
        };
        let other = Arc::clone(&reload);
        let thread = thread::spawn(move || load(&other));
        load(&reload);
        thread.join().unwrap();
    });
}

struct Unchecked(UnsafeCell<u32>);

// SAFETY: [MODEL] loom checks each access.
unsafe impl Send for Unchecked {}
// SAFETY: [MODEL] loom checks each access.
unsafe impl Sync for Unchecked {}

#[test]
fn reload_as_it_is() {
    reload(true);
}

#[test]
fn reload_claimed_by_looking() {
    must_fail("reload_claimed_by_looking", "Causality violation", || {
        reload(false);
    });
}
