//! A handle with a copy of its own.

use alloc::sync::Arc;
use core::{fmt, mem};

use super::{SnapshotCell, raw::Version};

/// A handle to a [`SnapshotCell`] that keeps a copy of the value: the fastest way to read, for who
/// can hold something `mut` between two reads.
///
/// It keeps its copy alive until the next load or until it is dropped. It may go to another thread.
pub struct Reader<'a, T> {
    cell: &'a SnapshotCell<T>,
    copy: Version<T>,
}

impl<'a, T: Send + Sync + 'static> Reader<'a, T> {
    pub(super) const fn new(cell: &'a SnapshotCell<T>, copy: Version<T>) -> Self {
        Self { cell, copy }
    }

    /// The current value.
    ///
    /// Blocks only if the value is another one than last time, and then as
    /// [`SnapshotCell::load`]. If the copy was the last of the old value, its destructor runs here;
    /// a panic of it goes on, and the reader has the new value. Costs a load and a compare.
    #[inline]
    pub fn load(&mut self) -> &T {
        if self.copy.generation != self.cell.current.glimpse() {
            self.renew();
        }
        &self.copy.value
    }

    #[cold]
    #[inline(never)]
    fn renew(&mut self) {
        let new = self.cell.version();
        drop(mem::replace(&mut self.copy, new));
    }

    /// Which of the cell's values was loaded last.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.copy.generation
    }

    /// The value that was loaded last, to be kept.
    #[must_use]
    pub fn to_arc(&self) -> Arc<T> {
        Arc::clone(&self.copy.value)
    }
}

impl<T> Clone for Reader<'_, T> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell,
            copy: self.copy.clone(),
        }
    }
}

/// Shows the value that was loaded last.
impl<T: fmt::Debug> fmt::Debug for Reader<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.copy.value).finish()
    }
}
