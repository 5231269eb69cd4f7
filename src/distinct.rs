//! A list whose items are found by what they hash to, and that never asks a user's hasher again.

use alloc::{collections::BTreeSet, vec::Vec};
use core::mem;

use crate::index::Hash;

/// Items in the order in which they came. A panic in the comparison leaves it as it was.
pub(crate) struct Distinct<T> {
    items: Vec<T>,
    by_hash: BTreeSet<(Hash, usize)>,
}

impl<T> Distinct<T> {
    pub(crate) const fn new() -> Self {
        Self {
            items: Vec::new(),
            by_hash: BTreeSet::new(),
        }
    }

    /// The item of that hash for which `is_it` holds.
    pub(crate) fn find_mut(
        &mut self,
        hash: Hash,
        mut is_it: impl FnMut(&T) -> bool,
    ) -> Option<&mut T> {
        let alike = self.by_hash.range((hash, 0)..=(hash, usize::MAX));
        let (_, place) = alike
            .copied()
            .find(|&(_, place)| is_it(&self.items[place]))?;
        Some(&mut self.items[place])
    }

    /// Adds an item that is not there yet.
    pub(crate) fn push(&mut self, hash: Hash, item: T) {
        self.by_hash.insert((hash, self.items.len()));
        self.items.push(item);
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Everything, and leaves nothing.
    pub(crate) fn take(&mut self) -> Vec<T> {
        self.by_hash.clear();
        mem::take(&mut self.items)
    }
}
