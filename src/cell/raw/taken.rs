//! A value that is handed out once.
//!
//! # Protocol
//!
//! The value is there from the start, so it is never published; whoever shared the cell published
//! that. A flag says whether it is gone; `swap` on it has exactly one winner, by the flag's
//! modification order, which every ordering respects. Nobody who loses touches the value, so there
//! is no edge to make, and `Relaxed` is enough.
//!
//! # Invariant
//!
//! * [TAKE-ONE] the value belongs to the cell while the flag is `false`, and to whoever turned it
//!   `true` after that.

use core::mem::ManuallyDrop;

use crate::sync::{AtomicBool, Ordering, UnsafeCell};

pub(crate) struct Taken<T> {
    gone: AtomicBool,
    value: UnsafeCell<ManuallyDrop<T>>,
}

// SAFETY: [TAKE-ONE] through `&Taken` the value goes to one thread, whole, and to nobody else.
unsafe impl<T: Send> Sync for Taken<T> {}

impl<T> Taken<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            gone: AtomicBool::new(false),
            value: UnsafeCell::new(ManuallyDrop::new(value)),
        }
    }

    pub(crate) fn is_gone(&self) -> bool {
        // Relaxed: an answer of the moment, from which nothing follows.
        self.gone.load(Ordering::Relaxed)
    }

    /// Whether the caller is the one.
    fn win(&self) -> bool {
        // Relaxed: see the header; only the modification order of this one location counts.
        !self.gone.swap(true, Ordering::Relaxed)
    }

    #[allow(clippy::mut_from_ref, reason = "[TAKE-ONE]: to one caller, once")]
    pub(crate) fn lend(&'static self) -> Option<&'static mut T> {
        self.win().then(|| {
            self.value.with_mut(|value| {
                // SAFETY: [TAKE-ONE] we won, the cell stays for ever, and nobody else comes near
                // the value.
                let value: &'static mut ManuallyDrop<T> = unsafe { &mut *value };
                &mut **value
            })
        })
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.win().then(|| {
            self.value.with_mut(|value| {
                // SAFETY: [TAKE-ONE] we won, so nobody else comes near the value.
                let value = unsafe { &mut *value };
                // SAFETY: [TAKE-ONE] and so it is ours to move out.
                unsafe { ManuallyDrop::take(value) }
            })
        })
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        (!self.is_gone()).then(|| {
            self.value.with_mut(|value| {
                // SAFETY: [TAKE-ONE] the value belongs to the cell, and `&mut self` is alone.
                let value: &mut ManuallyDrop<T> = unsafe { &mut *value };
                &mut **value
            })
        })
    }
}

impl<T> Drop for Taken<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
