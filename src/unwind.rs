//! A panic that goes no further.

use alloc::boxed::Box;
use core::{any::Any, mem, panic::AssertUnwindSafe};
use std::panic::catch_unwind;

/// Runs `f`. If it panics, the panic hook has reported it, and that is all.
pub(crate) fn contain(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f)) {
        discard(payload);
    }
}

/// Drops what a panic carried. Its destructor may panic as well, and so may that of what this one
/// carries, and so on: the second one is leaked.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(second);
    }
}
