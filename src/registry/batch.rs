//! Many changes at once.

use core::hash::{BuildHasher, Hash};

use super::{
    BatchError,
    raw::{Act, Op, Sealing},
};
use crate::{
    distinct::Distinct,
    hashing::hash,
    index::{Index, Whole},
};

/// Changes that are collected in private and made all at once, or not at all: see
/// [`Registry::batch`](crate::Registry::batch).
///
/// They are made in the order in which they were asked for. Several of them for the same key come
/// down to what they come to together, in the place of the first.
pub struct Batch<'r, K, V, S> {
    index: &'r Index<K, V, Sealing>,
    hasher: &'r S,
    ops: Distinct<Op<K, V>>,
    duplicate: Option<(K, V)>,
}

impl<'r, K, V, S> Batch<'r, K, V, S> {
    pub(super) fn new(index: &'r Index<K, V, Sealing>, hasher: &'r S) -> Self {
        Self {
            index,
            hasher,
            ops: Distinct::new(),
            duplicate: None,
        }
    }

    /// Publishes built-ins: there is nothing else in the index, and nobody else changes it.
    #[track_caller]
    pub(super) fn commit_builtins(mut self) {
        assert!(
            self.duplicate.is_none(),
            "the built-ins register a key twice; remedy: leave one out, or `replace` it",
        );
        let committed = self.index.commit(self.ops.take(), |_, _, _| None);
        assert!(committed.is_ok(), "nobody can have sealed it yet");
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> Batch<'_, K, V, S> {
    /// Registers a value.
    ///
    /// If the key is registered already, or gets registered by somebody else before the batch is
    /// published, the whole batch is refused when its closure returns. (If the batch itself removes
    /// the key again, only what was registered before this call counts.)
    pub fn register(&mut self, key: K, value: V) {
        if self.duplicate.is_some() {
            return;
        }
        let hash = hash(self.hasher, &key);
        if let Some(op) = Self::own(&mut self.ops, hash, &key) {
            match op.act {
                Act::Put(_) => self.duplicate = Some((key, value)),
                _ => op.act = Act::Put(Whole::new(hash, key, value)),
            }
            return;
        }
        let seen = self.index.seen();
        if self.index.find(seen, hash, |other| *other == key).is_some() {
            self.duplicate = Some((key, value));
            return;
        }
        self.put(hash, key, value, true);
    }

    /// Registers a value, instead of the one that is registered, if there is any.
    pub fn replace(&mut self, key: K, value: V) {
        let hash = hash(self.hasher, &key);
        match Self::own(&mut self.ops, hash, &key) {
            Some(op) => op.act = Act::Put(Whole::new(hash, key, value)),
            None => self.put(hash, key, value, false),
        }
    }

    /// Removes the value that is registered, if there is any.
    pub fn remove(&mut self, key: K) {
        let hash = hash(self.hasher, &key);
        match Self::own(&mut self.ops, hash, &key) {
            Some(op) => op.act = Act::Remove { hash, key },
            None => {
                let act = Act::Remove { hash, key };
                self.ops.push(hash, Op { act, anew: false });
            }
        }
    }

    /// What the batch does with this key so far.
    fn own<'o>(
        ops: &'o mut Distinct<Op<K, V>>,
        hash: crate::index::Hash,
        key: &K,
    ) -> Option<&'o mut Op<K, V>> {
        ops.find_mut(hash, |op| op.key().is_some_and(|(_, other)| other == key))
    }

    fn put(&mut self, hash: crate::index::Hash, key: K, value: V, anew: bool) {
        let act = Act::Put(Whole::new(hash, key, value));
        self.ops.push(hash, Op { act, anew });
    }

    pub(super) fn commit<E>(mut self) -> Result<(), BatchError<E, K, V>> {
        if let Some((key, value)) = self.duplicate.take() {
            // Before there is something to return: a destructor may panic (rust-lang/rust 47949).
            drop(self.ops.take());
            return Err(BatchError::Duplicate { key, value });
        }
        let look = |seen, hash, key: &K| self.index.newest(seen, hash, |other| other == key);
        match self.index.commit(self.ops.take(), look) {
            Ok(()) => Ok(()),
            Err(None) => Err(BatchError::Sealed),
            Err(Some(entry)) => {
                let (key, value) = entry.into_parts();
                Err(BatchError::Duplicate { key, value })
            }
        }
    }
}
