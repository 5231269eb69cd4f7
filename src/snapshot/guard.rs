//! A snapshot that is kept for as long as somebody looks at it.

use alloc::sync::Arc;
use core::{fmt, ops::Deref};

use super::raw::Guarded;

/// A value as it was when it was loaded; it stays so, and alive, while the guard lives.
///
/// Guards nest, may be cloned, and are dropped in any order. A guard stays on its thread: that is
/// why it costs no atomic operation. [`to_arc`](Self::to_arc) makes of it what may go elsewhere.
#[must_use = "a guard keeps a snapshot only while it lives"]
pub struct Guard<'a, T> {
    pub(super) copy: Guarded<'a, T>,
}

impl<T> Guard<'_, T> {
    /// The value, to be kept for longer than the cell, or sent to another thread.
    ///
    /// Never blocks. Costs an increment that all threads share.
    #[must_use]
    pub fn to_arc(guard: &Self) -> Arc<T> {
        Arc::clone(&guard.copy.value)
    }

    /// Which of the cell's values it is, as [`generation`](super::SnapshotCell::generation) counts.
    #[must_use]
    pub fn generation(guard: &Self) -> u64 {
        guard.copy.generation
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.copy.value
    }
}

impl<T> Clone for Guard<'_, T> {
    fn clone(&self) -> Self {
        Self {
            copy: self.copy.clone(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Guard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Guard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
