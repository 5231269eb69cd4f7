//! The field: what people use today, each as its documentation shows it.

use std::{
    cell::UnsafeCell,
    ptr,
    sync::{
        LazyLock, Mutex, OnceLock, RwLock,
        atomic::{AtomicPtr, Ordering},
    },
};

use super::{Contestant, Peer, Policy::*};
use crate::support::work::initialise;

/// What a cell's first use costs at least.
pub(super) const CONTROL: &[Contestant] = &[Contestant::new::<NoCell>("no_cell", Control)];

/// What reading a published value costs at least.
pub(super) const BASELINE: &[Contestant] =
    &[Contestant::new::<HandWritten>("hand_written", Racing)];

pub(super) const CELLS: &[Contestant] = &[
    Contestant::new::<once_cell::race::OnceBox<u64>>("once_cell_race", Racing),
    Contestant::new::<OnceLock<u64>>("std_once_lock", Locking),
    Contestant::new::<LazyLock<u64>>("std_lazy_lock", Locking),
    Contestant::new::<once_cell::sync::OnceCell<u64>>("once_cell_sync", Locking),
    Contestant::new::<LazyStatic>("lazy_static", Locking),
    Contestant::new::<spin::Once<u64>>("spin_once", Locking),
    Contestant::new::<conquer_once::OnceCell<u64>>("conquer_once", Locking),
    Contestant::new::<ParkingLotOnce>("parking_lot_once", Locking),
    Contestant::new::<Mutex<Option<u64>>>("mutex_option", Locking),
    Contestant::new::<RwLock<Option<u64>>>("rwlock_option", Locking),
];

/// No cell: every caller computes for itself.
struct NoCell;

impl Peer for NoCell {
    fn fresh() -> Self {
        Self
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        initialise()
    }
}

impl Peer for OnceLock<u64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.get_or_init(initialise)
    }
}

impl Peer for LazyLock<u64> {
    fn fresh() -> Self {
        Self::new(initialise)
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        **self
    }
}

impl Peer for once_cell::sync::OnceCell<u64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.get_or_init(initialise)
    }
}

impl Peer for once_cell::race::OnceBox<u64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.get_or_init(|| Box::new(initialise()))
    }
}

impl Peer for spin::Once<u64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.call_once(initialise)
    }
}

/// Not `get_or_init`, which panics in 0.4.0 ("entered unreachable code") if another thread
/// publishes between its load and its exchange: a contended first use meets that within seconds.
/// This makes the same steps, the hit path included, from the methods beside it.
impl Peer for conquer_once::OnceCell<u64> {
    fn fresh() -> Self {
        Self::uninit()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        if let Ok(value) = self.try_get() {
            return *value;
        }
        self.init_once(initialise);
        *self.get().expect("`init_once` has returned")
    }
}

impl Peer for Mutex<Option<u64>> {
    fn fresh() -> Self {
        Self::new(None)
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        let mut value = self.lock().expect("initialisers don't panic");
        *value.get_or_insert_with(initialise)
    }
}

/// Double-checked: most callers share the lock.
impl Peer for RwLock<Option<u64>> {
    fn fresh() -> Self {
        Self::new(None)
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        if let Some(value) = *self.read().expect("initialisers don't panic") {
            return value;
        }
        let mut value = self.write().expect("initialisers don't panic");
        *value.get_or_insert_with(initialise)
    }
}

/// What `lazy_static!` puts behind the static that it declares. The type is hidden and wants to
/// live for ever, since the macro is meant for statics; a benchmark needs fresh ones, hence it
/// lies in a box of its own that is taken back with this.
struct LazyStatic(&'static lazy_static::lazy::Lazy<u64>);

impl Peer for LazyStatic {
    fn fresh() -> Self {
        Self(Box::leak(Box::new(lazy_static::lazy::Lazy::INIT)))
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.0.get(initialise)
    }
}

impl Drop for LazyStatic {
    fn drop(&mut self) {
        let leaked = ptr::from_ref(self.0).cast_mut();
        // SAFETY: it came from a box in `fresh`, nobody else has it, and `value` gives out
        // copies, so that no borrow outlives this.
        drop(unsafe { Box::from_raw(leaked) });
    }
}

/// `parking_lot` has no cell: its `Once` beside a value, as its users write it.
struct ParkingLotOnce {
    once: parking_lot::Once,
    value: UnsafeCell<u64>,
}

// SAFETY: the value is written once, inside `call_once`, and read after it only.
unsafe impl Sync for ParkingLotOnce {}

impl Peer for ParkingLotOnce {
    fn fresh() -> Self {
        Self {
            once: parking_lot::Once::new(),
            value: UnsafeCell::new(0),
        }
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        self.once.call_once(|| {
            let value = initialise();
            // SAFETY: `call_once` lets one thread in, and nobody reads before it returns.
            unsafe { *self.value.get() = value };
        });
        // SAFETY: `call_once` has returned: the value is written and stays.
        unsafe { *self.value.get() }
    }
}

/// The least that a shared value behind a pointer costs: acquire load, test, dereference.
struct HandWritten(AtomicPtr<u64>);

impl HandWritten {
    #[cold]
    fn publish(&self) -> *mut u64 {
        let new = Box::into_raw(Box::new(initialise()));
        // Release: the value comes with its pointer. Acquire: somebody else's does too.
        let published =
            self.0
                .compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire);
        published.map_or_else(
            |winner| {
                // SAFETY: the exchange failed, so nobody but this thread knows `new`.
                drop(unsafe { Box::from_raw(new) });
                winner
            },
            |_| new,
        )
    }
}

impl Peer for HandWritten {
    fn fresh() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        let mut value = self.0.load(Ordering::Acquire);
        if value.is_null() {
            value = self.publish();
        }
        // SAFETY: a published pointer is valid for as long as `self`.
        unsafe { *value }
    }
}

impl Drop for HandWritten {
    fn drop(&mut self) {
        let value = *self.0.get_mut();
        if !value.is_null() {
            // SAFETY: it came from a box in `publish`, and nobody shares `self` any more.
            drop(unsafe { Box::from_raw(value) });
        }
    }
}
