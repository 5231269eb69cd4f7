//! A value in place, written by the one that the gate let through.
//!
//! # Protocol
//!
//! The holder of the gate's claim writes the value and then finishes the gate (`Release`); a reader
//! sees the gate done (`Acquire`) and then reads. Nothing else touches the value while the cell is
//! shared.
//!
//! # Invariants
//!
//! * [INLINE-WRITE] the value is written only by the holder of the claim, of which there is one
//!   [GATE-ONE].
//! * [INLINE-READ] once the gate is done the value is initialised, and nobody writes it while the
//!   cell is shared [GATE-DONE].

use core::mem::MaybeUninit;

use crate::sync::{Deadline, UnsafeCell};
use crate::wait::{
    computing::Site,
    gate::{Endless, Gate, Turn},
};

pub(crate) struct Inline<T> {
    gate: Gate<Endless>,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: [INLINE-WRITE] a value comes in from one thread and is dropped or taken on another (hence
// `Send`); [INLINE-READ] `&T` goes out to all of them (hence `Sync`).
unsafe impl<T: Send + Sync> Sync for Inline<T> {}

impl<T> Inline<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            gate: Gate::new(Endless),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    pub(crate) const fn full(value: T) -> Self {
        Self {
            gate: Gate::done(Endless),
            value: UnsafeCell::new(MaybeUninit::new(value)),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: [INLINE-READ] the gate is done.
        self.gate.is_done().then(|| unsafe { self.get_done() })
    }

    /// # Safety
    ///
    /// The gate is done, and this thread has seen that.
    #[inline]
    pub(crate) unsafe fn get_done(&self) -> &T {
        self.value.with(|value| {
            // SAFETY: [INLINE-READ]
            let value: &MaybeUninit<T> = unsafe { &*value };
            // SAFETY: [INLINE-READ]
            unsafe { value.assume_init_ref() }
        })
    }

    /// Computes the value, or waits for it.
    pub(crate) fn init<E>(&self, site: Site, f: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Turn::Mine(claim) = self.gate.enter(site) {
            let value = claim.compute(site, f)?;
            self.value.with_mut(|place| {
                // SAFETY: [INLINE-WRITE] we hold the claim.
                let place: &mut MaybeUninit<T> = unsafe { &mut *place };
                place.write(value);
            });
            claim.finish();
        }
        // SAFETY: [INLINE-READ] the gate is done: we were told so, or did it.
        Ok(unsafe { self.get_done() })
    }

    #[cold]
    pub(crate) fn wait(&self, deadline: Option<Deadline>, site: Site) -> Option<&T> {
        // SAFETY: [INLINE-READ] the gate is done: we were told so.
        self.gate
            .wait_done(deadline, site)
            .then(|| unsafe { self.get_done() })
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.gate.is_done().then(|| {
            self.value.with_mut(|value| {
                // SAFETY: [INLINE-READ] and `&mut self` is alone.
                let value: &mut MaybeUninit<T> = unsafe { &mut *value };
                // SAFETY: [INLINE-READ]
                unsafe { value.assume_init_mut() }
            })
        })
    }

    pub(crate) fn take(&mut self) -> Option<T> {
        self.gate.reset().then(|| {
            self.value.with(|value| {
                // SAFETY: [INLINE-READ] and `&mut self` is alone.
                let value = unsafe { &*value };
                // SAFETY: [INLINE-READ] the gate was done and is no longer: the value is ours to
                // move out.
                unsafe { value.assume_init_read() }
            })
        })
    }
}

impl<T> Drop for Inline<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
