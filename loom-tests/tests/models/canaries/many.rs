//! Broken copies of `index`, `registry/raw` and `map/raw`.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use loom::{
    cell::UnsafeCell,
    model,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize},
    },
    thread,
};

fn must_fail(name: &str, expected: &str, f: impl FnOnce()) {
    super::must_fail(module_path!(), name, expected, f);
}

/// Two places in the order, and the watermark; in the table two tags, each of which leads to a key.
#[derive(Default)]
struct Index {
    watermark: AtomicUsize,
    tags: [AtomicBool; 2],
    keys: [UnsafeCell<usize>; 2],
}

// SAFETY: [MODEL] loom checks each access.
unsafe impl Send for Index {}
// SAFETY: [MODEL] loom checks each access.
unsafe impl Sync for Index {}

impl Index {
    fn append(&self, number: usize) {
        // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
        self.keys[number].with_mut(|key| unsafe { *key = number });
        self.tags[number].store(true, Release);
    }

    fn find(&self, number: usize) -> bool {
        self.tags[number].load(Acquire) && {
            // SAFETY: [MODEL] loom reports a write that could happen at the same time.
            let key = self.keys[number].with(|key| unsafe { *key });
            key == number
        }
    }
}

/// One registers two entries at once, the other looks for them.
fn batch_against_look_up(watermark_last: bool, two_steps: bool) {
    model(move || {
        let index = Arc::new(Index::default());
        let other = Arc::clone(&index);
        let thread = thread::spawn(move || {
            other.append(0);
            if two_steps {
                other.watermark.store(1, Release);
            }
            other.append(1);
            other.watermark.store(2, Release);
        });
        let found = if watermark_last {
            let found = [0, 1].map(|number| index.find(number));
            let seen = index.watermark.load(Acquire);
            [0, 1].map(|number| number < seen && found[number])
        } else {
            let seen = index.watermark.load(Acquire);
            [0, 1].map(|number| number < seen && index.find(number))
        };
        assert_eq!(found[0], found[1], "a part of the batch");
        thread.join().unwrap();
    });
}

#[test]
fn batch_as_it_is() {
    batch_against_look_up(false, false);
}

#[test]
fn batch_in_two_steps() {
    must_fail("batch_in_two_steps", "a part of the batch", || {
        batch_against_look_up(false, true);
    });
}

#[test]
fn watermark_after_the_look_up() {
    must_fail("watermark_after_the_look_up", "a part of the batch", || {
        batch_against_look_up(true, false);
    });
}

/// Two register the same key: each looks for it first, without the lock.
fn same_key(look_again: bool) {
    model(move || {
        let registry = Arc::new((AtomicUsize::new(0), Mutex::new(0)));
        let register = move |registry: &(AtomicUsize, Mutex<usize>)| {
            let (watermark, entries) = registry;
            loop {
                let seen = watermark.load(Acquire);
                if seen > 0 {
                    return;
                }
                let mut entries = entries.lock().unwrap();
                // Relaxed: under the lock.
                if look_again && watermark.load(Relaxed) != seen {
                    continue;
                }
                *entries += 1;
                watermark.store(*entries, Release);
                return;
            }
        };
        let other = Arc::clone(&registry);
        let thread = thread::spawn(move || register(&other));
        register(&registry);
        thread.join().unwrap();
        assert_eq!(*registry.1.lock().unwrap(), 1, "registered twice");
    });
}

#[test]
fn same_key_as_it_is() {
    same_key(true);
}

#[test]
fn same_key_without_another_look() {
    must_fail("same_key_without_another_look", "registered twice", || {
        same_key(false);
    });
}

/// One awaits what the other publishes.
fn awaited(look_first: bool) {
    type Waiters = Mutex<Vec<thread::Thread>>;
    model(move || {
        let map = Arc::new((AtomicUsize::new(0), Waiters::default()));
        let other = Arc::clone(&map);
        let thread = thread::spawn(move || {
            let (watermark, waiters) = &*other;
            let mut waiters = waiters.lock().unwrap();
            watermark.store(1, Release);
            let woken = std::mem::take(&mut *waiters);
            drop(waiters);
            woken.iter().for_each(thread::Thread::unpark);
        });
        let (watermark, waiters) = &*map;
        let is_there = || watermark.load(Acquire) == 1;
        let enter = || waiters.lock().unwrap().push(thread::current());
        let found = if look_first {
            let found = is_there();
            enter();
            found
        } else {
            enter();
            is_there()
        };
        if !found {
            thread::park();
            assert!(is_there());
        }
        thread.join().unwrap();
    });
}

#[test]
fn awaited_as_it_is() {
    awaited(false);
}

#[test]
fn awaited_looked_up_before() {
    must_fail("awaited_looked_up_before", "deadlock", || awaited(true));
}

/// One owns a flight, which fails; the other compares its key, without the lock.
fn key_of_a_flight(counted: bool) {
    struct Flight {
        users: AtomicUsize,
        freed: UnsafeCell<bool>,
    }
    // SAFETY: [MODEL] loom checks each access.
    unsafe impl Send for Flight {}
    // SAFETY: [MODEL] loom checks each access.
    unsafe impl Sync for Flight {}
    let let_go = |flight: &Flight| {
        if flight
            .users
            .fetch_sub(1, std::sync::atomic::Ordering::AcqRel)
            == 1
        {
            // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
            flight.freed.with_mut(|freed| unsafe { *freed = true });
        }
    };
    model(move || {
        let flight = Flight {
            users: AtomicUsize::new(1),
            freed: UnsafeCell::new(false),
        };
        let map = Arc::new((Mutex::new(true), flight));
        let other = Arc::clone(&map);
        let owner = thread::spawn(move || {
            let (listed, flight) = &*other;
            *listed.lock().unwrap() = false;
            let_go(flight);
        });
        let (listed, flight) = &*map;
        let joined = listed.lock().unwrap();
        if *joined {
            if counted {
                flight.users.fetch_add(1, Relaxed);
            }
            drop(joined);
            // SAFETY: [MODEL] loom reports a write that could happen at the same time.
            let freed = flight.freed.with(|freed| unsafe { *freed });
            assert!(!freed, "a key that was freed");
            if counted {
                let_go(flight);
            }
        } else {
            drop(joined);
        }
        owner.join().unwrap();
    });
}

#[test]
fn flight_as_it_is() {
    key_of_a_flight(true);
}

#[test]
fn flight_not_counted() {
    must_fail("flight_not_counted", "Causality violation", || {
        key_of_a_flight(false);
    });
}
