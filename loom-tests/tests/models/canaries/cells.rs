//! Broken copies of how the cells publish, and of how they wait.

use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

use loom::{
    cell::UnsafeCell,
    model,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicPtr, AtomicU32},
    },
    thread,
};

fn must_fail(name: &str, expected: &str, f: impl FnOnce()) {
    super::must_fail(module_path!(), name, expected, f);
}

/// `raw/slot.rs`: a pointer published by a compare-exchange.
fn slot(publish: Ordering, load: Ordering, lose: Ordering) {
    model(move || {
        let slot = Arc::new(AtomicPtr::<UnsafeCell<u32>>::new(std::ptr::null_mut()));
        let get_or_init = move |slot: &AtomicPtr<UnsafeCell<u32>>, value| {
            let mut seen = slot.load(load);
            let mut own = std::ptr::null_mut();
            if seen.is_null() {
                let cell = UnsafeCell::new(0);
                // SAFETY: [MODEL] nobody else has it yet.
                cell.with_mut(|place| unsafe { *place = value });
                own = Box::into_raw(Box::new(cell));
                match slot.compare_exchange(std::ptr::null_mut(), own, publish, lose) {
                    Ok(_) => seen = own,
                    Err(winner) => seen = winner,
                }
            }
            // SAFETY: [MODEL] what is published stays until the end of the execution.
            let published = unsafe { &*seen };
            // SAFETY: [MODEL] loom reports a write that could happen at the same time.
            let value = published.with(|place| unsafe { *place });
            (value, (own != seen).then_some(own))
        };
        let other = Arc::clone(&slot);
        let thread = thread::spawn(move || get_or_init(&other, 1).0);
        let (value, _lost) = get_or_init(&slot, 2);
        assert_eq!(thread.join().unwrap(), value);
    });
}

#[test]
fn slot_as_it_is() {
    slot(Release, Acquire, Acquire);
}

#[test]
fn slot_published_relaxed() {
    must_fail("slot_published_relaxed", "Causality violation", || {
        slot(Relaxed, Acquire, Acquire);
    });
}

#[test]
fn slot_read_relaxed() {
    must_fail("slot_read_relaxed", "Causality violation", || {
        slot(Release, Relaxed, Acquire);
    });
}

#[test]
fn slot_lost_relaxed() {
    must_fail("slot_lost_relaxed", "Causality violation", || {
        slot(Release, Acquire, Relaxed);
    });
}

/// `raw/inline.rs`: a value in place, and the word that says it is there.
fn inline(value_first: bool, finish: Ordering) {
    model(move || {
        let cell = Arc::new((AtomicU32::new(0), Unchecked(UnsafeCell::new(0))));
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || {
            let (word, value) = &*other;
            if !value_first {
                word.store(1, finish);
            }
            value.write(7);
            if value_first {
                word.store(1, finish);
            }
        });
        let (word, value) = &*cell;
        if word.load(Acquire) == 1 {
            assert_eq!(value.read(), 7);
        }
        thread.join().unwrap();
    });
}

struct Unchecked(UnsafeCell<u32>);

// SAFETY: [MODEL] loom checks each access.
unsafe impl Send for Unchecked {}
// SAFETY: [MODEL] loom checks each access.
unsafe impl Sync for Unchecked {}

impl Unchecked {
    fn write(&self, value: u32) {
        // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
        self.0.with_mut(|place| unsafe { *place = value });
    }

    fn read(&self) -> u32 {
        // SAFETY: [MODEL] loom reports a write that could happen at the same time.
        self.0.with(|place| unsafe { *place })
    }
}

#[test]
fn inline_as_it_is() {
    inline(true, Release);
}

#[test]
fn inline_flag_before_value() {
    must_fail("inline_flag_before_value", "Causality violation", || {
        inline(false, Release);
    });
}

#[test]
fn inline_finished_relaxed() {
    must_fail("inline_finished_relaxed", "Causality violation", || {
        inline(true, Relaxed);
    });
}

/// How the lot can be got wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lot {
    AsItIs,
    /// The waiters are looked for before the word is moved on.
    WakeBeforePublish,
    /// The waiter looks at the word, and enters the table later.
    AnnounceOutside,
    NoWake,
}

type Table = Mutex<Vec<(std::sync::Arc<AtomicBool>, thread::Thread)>>;

const DONE: u32 = 1;
const WAITERS: u32 = 2;

/// `wait/gate.rs` and `wait/lot.rs`: one finishes, one parks.
fn lot(how: Lot) {
    model(move || {
        let shared = Arc::new((AtomicU32::new(0), Table::default()));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || finish(how, &other.0, &other.1));
        park(how, &shared.0, &shared.1);
        assert_eq!(shared.0.load(Acquire), DONE);
        thread.join().unwrap();
    });
}

fn announce(word: &AtomicU32) -> bool {
    word.compare_exchange(0, WAITERS, Relaxed, Relaxed).is_ok()
}

fn park(how: Lot, word: &AtomicU32, table: &Table) {
    if how == Lot::AnnounceOutside && !announce(word) {
        return;
    }
    let released = std::sync::Arc::new(AtomicBool::new(false));
    let mut waiters = table.lock().unwrap();
    if how != Lot::AnnounceOutside && !announce(word) {
        return;
    }
    waiters.push((released.clone(), thread::current()));
    drop(waiters);
    while !released.load(Relaxed) {
        thread::park();
    }
}

fn finish(how: Lot, word: &AtomicU32, table: &Table) {
    if word.compare_exchange(0, DONE, Release, Relaxed).is_ok() {
        return;
    }
    let mut waiters = table.lock().unwrap();
    let woken = match how {
        Lot::NoWake => Vec::new(),
        _ => std::mem::take(&mut *waiters),
    };
    if how == Lot::WakeBeforePublish {
        drop(waiters);
        wake(woken);
        word.store(DONE, Release);
    } else {
        word.store(DONE, Release);
        drop(waiters);
        wake(woken);
    }
}

fn wake(woken: Vec<(std::sync::Arc<AtomicBool>, thread::Thread)>) {
    for (released, thread) in woken {
        released.store(true, Relaxed);
        thread.unpark();
    }
}

#[test]
fn lot_as_it_is() {
    lot(Lot::AsItIs);
}

#[test]
fn lot_wakes_before_it_publishes() {
    must_fail("lot_wakes_before_it_publishes", "left == right", || {
        lot(Lot::WakeBeforePublish);
    });
}

#[test]
fn lot_announced_outside() {
    must_fail("lot_announced_outside", "deadlock", || {
        lot(Lot::AnnounceOutside);
    });
}

#[test]
fn lot_without_wake() {
    must_fail("lot_without_wake", "deadlock", || lot(Lot::NoWake));
}
