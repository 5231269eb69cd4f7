//! How registrations get into the index.
//!
//! # Protocol
//!
//! A change's keys are looked up without the lock, as of a watermark that was seen before. Then the
//! lock is taken: if nothing was published since that hashes as one of them, the change is made;
//! otherwise all begins anew. (Without the hashes a large batch would never come to an end beside a
//! thread that registers something else now and then.)
//!
//! # Invariant
//!
//! * [REGISTRY-CURRENT] a change is made only if no entry was published since its keys were looked up
//!   that hashes as one of them, and has at most one operation for each key. So an entry that was found
//!   to be the newest of its key still is, though it may have been removed, and where none was
//!   found there is none.

use alloc::vec::Vec;
use core::{iter, mem};

use super::{Reason, Sealed};
use crate::index::{Change, Found, Hash, Index, Watermark, Whole};

/// Whether the registry takes registrations: guarded by its lock.
pub(crate) struct Sealing {
    pub(super) sealed: bool,
}

/// Why an entry was not put.
pub(super) enum Refusal<'r, K, V> {
    Present(Found<'r, K, V>),
    Sealed,
}

impl<K, V> Refusal<'_, K, V> {
    pub(super) const fn reason(&self) -> Reason {
        match self {
            Self::Present(_) => Reason::Duplicate,
            Self::Sealed => Reason::Sealed,
        }
    }
}

/// An entry that was put, and the one that it replaced.
pub(super) struct Put<'r, K, V> {
    pub(super) new: Found<'r, K, V>,
    pub(super) old: Option<Found<'r, K, V>>,
}

/// An entry that was not put.
pub(super) struct NotPut<'r, K, V> {
    pub(super) refusal: Refusal<'r, K, V>,
    pub(super) entry: Whole<K, V>,
}

/// One key's part of a batch.
pub(super) struct Op<K, V> {
    pub(super) act: Act<K, V>,
    /// The key must not be there already.
    pub(super) anew: bool,
}

pub(super) enum Act<K, V> {
    Put(Whole<K, V>),
    Remove {
        hash: Hash,
        key: K,
    },
    /// It was put.
    Done,
}

impl<K, V> Op<K, V> {
    fn into_entry(self) -> Option<Whole<K, V>> {
        match self.act {
            Act::Put(entry) => Some(entry),
            Act::Remove { .. } | Act::Done => None,
        }
    }

    pub(super) fn key(&self) -> Option<(Hash, &K)> {
        match &self.act {
            Act::Put(entry) => Some((entry.hash(), entry.key())),
            Act::Remove { hash, key } => Some((*hash, key)),
            Act::Done => None,
        }
    }

    /// Nothing of the op is dropped here: this is done under the lock.
    fn make(&mut self, change: &mut Change<'_, K, V, Sealing>, newest: Option<Found<'_, K, V>>) {
        match mem::replace(&mut self.act, Act::Done) {
            Act::Put(entry) => {
                // SAFETY: [REGISTRY-CURRENT], and there is room for all operations.
                unsafe { change.append(entry, newest) };
            }
            act => {
                if let (false, Some(newest)) = (self.anew, newest) {
                    // SAFETY: as above.
                    unsafe { change.remove(newest) };
                }
                self.act = act;
            }
        }
    }
}

impl<K, V> Index<K, V, Sealing> {
    /// Locks the index for a change to keys of these hashes that were looked up as of `seen`; `None` if
    /// they have to be looked up again.
    fn lock_if(
        &self,
        seen: Watermark,
        mut hashes: impl Iterator<Item = Hash>,
        more: usize,
    ) -> Result<Option<Change<'_, K, V, Sealing>>, Sealed> {
        let mut change = self.lock(more);
        if !hashes.all(|hash| change.nothing_new(seen, hash)) {
            return Ok(None);
        }
        if change.extra().sealed {
            return Err(Sealed(()));
        }
        Ok(Some(change))
    }

    /// Adds an entry; returns it, and the one that it replaces.
    pub(super) fn put(
        &self,
        entry: Whole<K, V>,
        replaces: bool,
    ) -> Result<Put<'_, K, V>, NotPut<'_, K, V>>
    where
        K: Eq,
    {
        loop {
            let seen = self.seen();
            let newest = self.newest(seen, entry.hash(), |key| key == entry.key());
            match newest.filter(|found| found.is_seen_by(seen)) {
                Some(old) if !replaces => {
                    return Err(NotPut {
                        refusal: Refusal::Present(old),
                        entry,
                    });
                }
                _ => {}
            }
            match self.lock_if(seen, iter::once(entry.hash()), 1) {
                Ok(None) => {}
                Err(Sealed(())) => {
                    return Err(NotPut {
                        refusal: Refusal::Sealed,
                        entry,
                    });
                }
                Ok(Some(mut change)) => {
                    let old = newest.filter(|newest| newest.is_live());
                    // SAFETY: [REGISTRY-CURRENT], and there is room.
                    let new = unsafe { change.append(entry, newest) };
                    return Ok(Put { new, old });
                }
            }
        }
    }

    /// Removes the entry of a key; returns it.
    pub(super) fn remove(
        &self,
        hash: Hash,
        mut is_key: impl FnMut(&K) -> bool,
    ) -> Result<Option<Found<'_, K, V>>, Sealed> {
        loop {
            let seen = self.seen();
            let Some(found) = self.find(seen, hash, &mut is_key) else {
                return if self.lock(0).extra().sealed {
                    Err(Sealed(()))
                } else {
                    Ok(None)
                };
            };
            if let Some(mut change) = self.lock_if(seen, iter::once(hash), 1)? {
                let was_there = found.is_live();
                // SAFETY: [REGISTRY-CURRENT], and there is room.
                unsafe { change.remove(found) };
                return Ok(was_there.then_some(found));
            }
        }
    }

    /// Makes all changes, or none: then the duplicate comes back, if that was the reason. `look`
    /// finds the newest entry of a key.
    pub(super) fn commit<'i>(
        &'i self,
        mut ops: Vec<Op<K, V>>,
        look: impl Fn(Watermark, Hash, &K) -> Option<Found<'i, K, V>>,
    ) -> Result<(), Option<Whole<K, V>>> {
        loop {
            let seen = self.seen();
            let look = |op: &Op<K, V>| op.key().and_then(|(hash, key)| look(seen, hash, key));
            let newest: Vec<_> = ops.iter().map(look).collect();
            let present =
                |found: &Option<Found<'_, _, _>>| found.is_some_and(|f| f.is_seen_by(seen));
            let mut all = ops.iter().zip(&newest);
            let clash = all
                .position(|(op, found)| op.anew && matches!(op.act, Act::Put(_)) && present(found));
            if let Some(clash) = clash {
                let clash = ops.swap_remove(clash);
                // Before there is something to return: a destructor may panic (rust-lang/rust 47949).
                drop(ops);
                return Err(clash.into_entry());
            }
            let hashes = ops.iter().filter_map(Op::key).map(|key| key.0);
            match self.lock_if(seen, hashes, ops.len()) {
                Ok(None) => {}
                Err(Sealed(())) => return Err(None),
                Ok(Some(mut change)) => {
                    for (op, newest) in ops.iter_mut().zip(&newest) {
                        op.make(&mut change, *newest);
                    }
                    return Ok(());
                }
            }
        }
    }
}
