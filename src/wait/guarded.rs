//! A lock under which user code may run: it does not hang if that comes back for it.
//!
//! # Invariant
//!
//! * [GUARDED] the value is touched only by the holder of the gate's claim, of which there is one
//!   [GATE-ONE]; the gate is never done.

use super::{
    computing::Site,
    gate::{Endless, Gate, Turn},
};
use crate::sync::UnsafeCell;

pub(crate) struct Guarded<T> {
    gate: Gate<Endless>,
    value: UnsafeCell<T>,
}

// SAFETY: [GUARDED] one thread at a time has `&mut T`.
unsafe impl<T: Send> Sync for Guarded<T> {}

impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            gate: Gate::new(Endless),
            value: UnsafeCell::new(value),
        }
    }

    /// Runs `f` alone.
    ///
    /// # Panics
    ///
    /// If `f` comes back for it, or waiting would close a cycle; and if `f` does: then the value is
    /// as `f` left it.
    pub(crate) fn with<R>(&self, site: Site, f: impl FnOnce(&mut T) -> R) -> R {
        match self.gate.enter(site) {
            Turn::Done => unreachable!("[GUARDED] the gate is never done"),
            Turn::Mine(claim) => claim.compute(site, || {
                self.value.with_mut(|value| {
                    // SAFETY: [GUARDED] we hold the claim.
                    f(unsafe { &mut *value })
                })
            }),
        }
    }
}
