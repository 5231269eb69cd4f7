//! What a registry held at one moment.

use core::{
    fmt,
    hash::{BuildHasher, Hash},
    ptr,
};

use equivalent::Equivalent;

use super::Registry;
use crate::{
    hashing::hash,
    index::{Found, Iter, Watermark},
};

/// What a [`Registry`] held at one moment: it never changes.
///
/// It is a reference and a number, so that it costs nothing to make, to copy and to drop. It keeps
/// nothing alive but the borrow of the registry, which keeps everything.
pub struct Snapshot<'r, K, V, S> {
    registry: &'r Registry<K, V, S>,
    seen: Watermark,
}

impl<'r, K, V, S> Snapshot<'r, K, V, S> {
    pub(super) fn new(registry: &'r Registry<K, V, S>, seen: Watermark) -> Self {
        Self { registry, seen }
    }

    /// The value of `key` at that moment.
    ///
    /// Never blocks; costs what [`Registry::get`] costs, and a step for each time that the key was
    /// replaced since.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&'r V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        S: BuildHasher,
    {
        let hash = hash(&self.registry.hasher, key);
        let index = &self.registry.index;
        index
            .find(self.seen, hash, |other| key.equivalent(other))
            .map(Found::value)
    }

    /// Whether `key` was registered at that moment. Never blocks.
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
        S: BuildHasher,
    {
        self.get(key).is_some()
    }

    /// How many keys were registered at that moment. Costs nothing.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.live() as usize
    }

    /// Whether nothing was registered at that moment. Costs nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The [version](Registry::version) of the registry at that moment.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.registry.version_of(self.seen)
    }

    /// What was registered at that moment, in the order in which it was registered. A value that
    /// replaced another one stands in its own place. Never blocks.
    pub fn iter(&self) -> Iter<'r, K, V> {
        self.registry.index.iter(self.seen, None)
    }

    /// What is in this snapshot and was not in an `older` one, in order: registered or replaced in
    /// between, and not removed. Never blocks; costs in proportion to what happened in between.
    ///
    /// Of an older one that is in truth newer, there is nothing.
    ///
    /// # Panics
    ///
    /// If `older` is of another registry.
    #[track_caller]
    pub fn since(&self, older: &Self) -> Iter<'r, K, V> {
        assert!(
            ptr::eq(self.registry, older.registry),
            "the older snapshot is of another registry; remedy: compare snapshots of the same one"
        );
        self.registry.index.iter(self.seen, Some(older.seen))
    }
}

impl<K, V, S> Clone for Snapshot<'_, K, V, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V, S> Copy for Snapshot<'_, K, V, S> {}

impl<'r, K, V, S> IntoIterator for Snapshot<'r, K, V, S> {
    type Item = (&'r K, &'r V);
    type IntoIter = Iter<'r, K, V>;

    fn into_iter(self) -> Iter<'r, K, V> {
        self.iter()
    }
}

impl<'r, K, V, S> IntoIterator for &Snapshot<'r, K, V, S> {
    type Item = (&'r K, &'r V);
    type IntoIter = Iter<'r, K, V>;

    fn into_iter(self) -> Iter<'r, K, V> {
        self.iter()
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S> fmt::Debug for Snapshot<'_, K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}
