//! What both maps do with the values that are there.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use equivalent::Equivalent;

use crate::{
    hashing::hash,
    index::{self, Found, Index, Iter, Watermark, Whole},
};

pub(crate) struct Published<K, V, S, X> {
    pub(super) index: Index<K, V, ()>,
    hasher: S,
    /// What a map keeps beside its values.
    pub(super) beside: X,
}

/// An entry that was not added, and the one that is there.
pub(crate) struct Lost<'m, K, V> {
    pub(crate) published: Found<'m, K, V>,
    pub(crate) entry: Whole<K, V>,
}

impl<K, V, S, X> Published<K, V, S, X> {
    pub(crate) const fn new(hasher: S, beside: X) -> Self {
        Self {
            index: Index::new(()),
            hasher,
            beside,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.index.seen().live() as usize
    }

    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        self.index.iter(self.index.seen(), None)
    }

    /// The entry of a key; or the watermark as of which there is none.
    #[inline]
    pub(crate) fn find<Q>(&self, hash: index::Hash, key: &Q) -> Result<Found<'_, K, V>, Watermark>
    where
        Q: Equivalent<K> + ?Sized,
    {
        let seen = self.index.seen();
        let found = self.index.find(seen, hash, |other| key.equivalent(other));
        found.ok_or(seen)
    }

    /// Adds an entry, whose key was not there as of `seen`; or gives it back with the one that is.
    pub(crate) fn insert(
        &self,
        mut seen: Watermark,
        entry: Whole<K, V>,
    ) -> Result<Found<'_, K, V>, Lost<'_, K, V>>
    where
        K: Eq,
    {
        loop {
            let mut change = self.index.lock(1);
            if change.nothing_new(seen, entry.hash()) {
                // SAFETY: [MAP-CURRENT], and there is room.
                return Ok(unsafe { change.append(entry, None) });
            }
            drop(change);
            match self.find(entry.hash(), entry.key()) {
                Ok(published) => return Err(Lost { published, entry }),
                Err(now) => seen = now,
            }
        }
    }

    pub(crate) fn drain(&mut self) -> Vec<(K, V)> {
        self.index.drain()
    }
}

impl<K, V, S: BuildHasher, X> Published<K, V, S, X> {
    #[inline]
    pub(crate) fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> index::Hash {
        hash(&self.hasher, key)
    }

    #[inline]
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.find(self.hash(key), key).ok().map(Found::value)
    }

    pub(crate) fn take<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.hash(key);
        self.index.take(hash, |other| key.equivalent(other))
    }
}
