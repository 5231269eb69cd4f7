//! The registry itself.

use alloc::vec;
use core::{
    fmt,
    hash::{BuildHasher, Hash},
};

use equivalent::Equivalent;

use super::{
    Batch, BatchError, Refused, Sealed, Snapshot,
    builtins::{Builtins, Load},
    raw::{Refusal, Sealing},
};
use crate::{
    hashing::{ProcessSeeded, hash},
    index::{Found, Index, Iter, Watermark, Whole},
};

/// Values that are registered over time, and read at any time: handlers, codecs, filters, routes.
///
/// It only ever grows while it is shared: an entry lives at its address, readers take no lock and
/// write to nothing shared, and a [`Snapshot`] is a number, not a copy. [`replace`](Self::replace)
/// and [`remove`](Self::remove) add a change that shadows the older entry, which
/// [`compact`](Self::compact) drops.
///
/// * **Writers** look their keys up without a lock, then change the registry under a short one, in
///   which neither user code runs nor memory is allocated; if another writer was faster with a key
///   that hashes alike they begin anew. Now and then one of them rehashes all entries into a table
///   four times as large, by the hashes that are kept with them; the others wait for that, readers do
///   not.
/// * **User code** (`Hash`, `Eq`, closures) may panic anywhere: the registry is as if the call had
///   not been made. A destructor that panics finds it made, or refused.
/// * **Costs** per entry: one allocation, 16 bytes beside key and value, and 35 to 125 bytes in the
///   order and the tables, depending on how full the newest one is.
///
/// ```
/// use onset::Registry;
///
/// type Filter = fn(&str) -> String;
///
/// static FILTERS: Registry<&str, Filter> = Registry::with_builtins(|filters| {
///     filters.register("upper", |text| text.to_uppercase());
///     filters.register("trim", |text| text.trim().into());
/// });
///
/// FILTERS.register("twice", |text| text.repeat(2)).unwrap();
/// assert_eq!(FILTERS.get("twice").unwrap()("ab"), "abab");
///
/// let before = FILTERS.snapshot();
/// FILTERS.replace("trim", |text| text.trim_end().into()).unwrap();
/// assert_eq!(before.get("trim").unwrap()(" a "), "a", "a snapshot never changes");
/// assert_eq!(FILTERS.get("trim").unwrap()(" a "), " a");
///
/// let refused = FILTERS.register("upper", |_| String::new()).unwrap_err();
/// assert_eq!(refused.key, "upper", "a duplicate comes back");
/// ```
///
/// For values that are computed on first use, there is [`OnceMap`](crate::OnceMap).
pub struct Registry<K, V, S = ProcessSeeded> {
    pub(super) index: Index<K, V, Sealing>,
    pub(super) hasher: S,
    builtins: Builtins<K, V, S>,
    /// Places that were freed by `compact`, so that the version never goes back.
    freed: u64,
}

impl<K, V> Registry<K, V> {
    /// An empty registry.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hasher(ProcessSeeded::new())
    }

    /// A registry that loads its built-ins on the first access, whatever that is: whole, as one
    /// batch, by one thread, while the others wait as they do for a [`OnceCell`](crate::OnceCell).
    ///
    /// If `load` panics the registry stays as it was, and the next access tries again. If it uses
    /// the registry otherwise than through its batch, it panics instead of waiting for itself.
    ///
    /// Each access panics as long as `load` registers a key twice.
    #[must_use]
    pub const fn with_builtins(load: Load<K, V, ProcessSeeded>) -> Self {
        Self::with_builtins_and_hasher(load, ProcessSeeded::new())
    }
}

impl<K, V, S> Registry<K, V, S> {
    /// An empty registry that hashes by `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            index: Index::new(Sealing { sealed: false }),
            hasher,
            builtins: Builtins::none(),
            freed: 0,
        }
    }

    /// As [`with_builtins`](Registry::with_builtins), hashing by `hasher`.
    #[must_use]
    pub const fn with_builtins_and_hasher(load: Load<K, V, S>, hasher: S) -> Self {
        Self {
            index: Index::new(Sealing { sealed: false }),
            hasher,
            builtins: Builtins::of(load),
            freed: 0,
        }
    }
}

impl<K, V, S> Registry<K, V, S> {
    /// What is published at the moment, the built-ins at least.
    #[inline]
    #[track_caller]
    fn seen(&self) -> Watermark {
        let seen = self.index.seen();
        if seen.is_nothing() {
            self.first_look()
        } else {
            seen
        }
    }

    #[cold]
    #[track_caller]
    fn first_look(&self) -> Watermark {
        self.builtins.ensure(&self.index, &self.hasher);
        self.index.seen()
    }

    pub(super) fn version_of(&self, seen: Watermark) -> u64 {
        self.freed + u64::from(seen.places())
    }

    /// What is registered at the moment: a view that never changes.
    ///
    /// Never blocks (but for the built-ins). Costs an `Acquire` load.
    #[inline]
    #[track_caller]
    pub fn snapshot(&self) -> Snapshot<'_, K, V, S> {
        Snapshot::new(self, self.seen())
    }

    /// How many keys are registered. Never blocks, costs an `Acquire` load.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.snapshot().len()
    }

    /// Whether nothing is registered. Never blocks, costs an `Acquire` load.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.snapshot().is_empty()
    }

    /// A number that is larger after each change: by one for each key that it concerned. Never
    /// blocks, costs an `Acquire` load.
    #[track_caller]
    pub fn version(&self) -> u64 {
        self.snapshot().version()
    }

    /// What is registered, in the order in which it was registered, as of this moment. Every
    /// registration that was completed before is there. Never blocks.
    #[track_caller]
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.snapshot().iter()
    }

    /// Refuses every change from now on, for ever.
    ///
    /// Blocks for as long as another thread changes the registry. A change that is under way is
    /// either complete when this returns, or refused.
    #[track_caller]
    pub fn seal(&self) {
        self.seen();
        self.index.lock(0).extra().sealed = true;
    }

    /// Whether every change is refused. Blocks for as long as another thread changes the registry.
    pub fn is_sealed(&self) -> bool {
        self.index.lock(0).extra().sealed
    }

    /// Drops what was replaced or removed, and the tables that were outgrown. The order and the
    /// version stay; a sealed registry stays sealed.
    ///
    /// Never blocks. If a destructor panics the others run, and the registry is compact all the
    /// same. Costs in proportion to what is registered, and a table.
    pub fn compact(&mut self) {
        let before = self.index.seen();
        let gone = self.index.compact();
        self.freed += u64::from(before.places() - self.index.seen().places());
        drop(gone);
    }
}

impl<K, V, S: BuildHasher> Registry<K, V, S> {
    /// The value of `key`: a reference for as long as the registry is borrowed, whatever is
    /// replaced or removed meanwhile.
    ///
    /// Never blocks (but for the built-ins). A `Hash` or `Eq` that panics does no harm. Costs the
    /// hash, six dependent loads and, as a rule, one comparison of keys.
    #[inline]
    #[track_caller]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.snapshot().get(key)
    }

    /// Whether `key` is registered. Never blocks; costs as [`get`](Self::get).
    #[inline]
    #[track_caller]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get(key).is_some()
    }

    /// Removes `key` from what later look-ups and snapshots see, and returns its value, which stays
    /// until the registry is [compacted](Self::compact) or dropped. It may be registered again.
    ///
    /// Blocks for as long as another thread changes the registry. A `Hash` or `Eq` that panics does
    /// no harm.
    ///
    /// # Errors
    ///
    /// If the registry is sealed.
    ///
    /// # Panics
    ///
    /// As `register`, if the key is there.
    #[track_caller]
    pub fn remove<Q>(&self, key: &Q) -> Result<Option<&V>, Sealed>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.seen();
        let hash = hash(&self.hasher, key);
        let removed = self.index.remove(hash, |other| key.equivalent(other))?;
        Ok(removed.map(Found::value))
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> Registry<K, V, S> {
    /// Registers a value, and returns a reference to it.
    ///
    /// Blocks for as long as another thread changes the registry. A `Hash` or `Eq` that panics does
    /// no harm. Costs a look-up, an allocation and a lock; every now and then a larger table.
    ///
    /// # Errors
    ///
    /// `key` and `value`, if the key is registered already or the registry is sealed.
    ///
    /// # Panics
    ///
    /// If more than 2³² changes were made without [`compact`](Self::compact).
    #[track_caller]
    pub fn register(&self, key: K, value: V) -> Result<&V, Refused<K, V>> {
        self.seen();
        let entry = Whole::new(hash(&self.hasher, &key), key, value);
        match self.index.put(entry, false) {
            Ok(put) => Ok(put.new.value()),
            Err(not) => Err(refused(&not.refusal, not.entry)),
        }
    }

    /// The value that is registered, or else `value`, which is registered then.
    ///
    /// Blocks and costs as [`register`](Self::register) if the key is not there, otherwise as
    /// [`get`](Self::get): then `key` and `value` are dropped.
    ///
    /// # Errors
    ///
    /// `key` and `value`, if the key is not there and the registry is sealed.
    ///
    /// # Panics
    ///
    /// As [`register`](Self::register).
    #[track_caller]
    pub fn register_or_get(&self, key: K, value: V) -> Result<&V, Refused<K, V>> {
        if let Some(value) = self.get(&key) {
            return Ok(value);
        }
        let entry = Whole::new(hash(&self.hasher, &key), key, value);
        match self.index.put(entry, false) {
            Ok(put) => Ok(put.new.value()),
            Err(not) => match not.refusal {
                Refusal::Present(found) => Ok(found.value()),
                Refusal::Sealed => Err(refused(&not.refusal, not.entry)),
            },
        }
    }

    /// Registers a value, instead of the one that is registered, if there is any: that one is
    /// returned, and stays for those who see it until the registry is [compacted](Self::compact) or
    /// dropped. In the order, the new value comes last.
    ///
    /// Blocks and costs as [`register`](Self::register).
    ///
    /// # Errors
    ///
    /// `key` and `value`, if the registry is sealed.
    ///
    /// # Panics
    ///
    /// As [`register`](Self::register).
    #[track_caller]
    pub fn replace(&self, key: K, value: V) -> Result<Option<&V>, Refused<K, V>> {
        self.seen();
        let entry = Whole::new(hash(&self.hasher, &key), key, value);
        match self.index.put(entry, true) {
            Ok(put) => Ok(put.old.map(Found::value)),
            Err(not) => Err(refused(&not.refusal, not.entry)),
        }
    }

    /// Makes several changes at once: no reader, at any moment, sees a part of them.
    ///
    /// The changes are collected while `f` runs, in which the registry is as it was, and published
    /// when it returns `Ok`, by one atomic step. If `f` fails or panics, or a key is registered
    /// already, or the registry is sealed, none of them is made, and what was collected is dropped
    /// here.
    ///
    /// Blocks for as long as another thread changes the registry; not while `f` runs. `f` may use
    /// the registry, batches included.
    ///
    /// ```
    /// use onset::{BatchError, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.register("a", 1).unwrap();
    ///
    /// let refused = registry.batch(|batch| {
    ///     batch.register("b", 2);
    ///     batch.register("a", 3);
    ///     Ok::<_, ()>(())
    /// });
    /// assert_eq!(refused, Err(BatchError::Duplicate { key: "a", value: 3 }));
    /// assert_eq!(registry.len(), 1, "nothing of it is left");
    /// ```
    ///
    /// # Errors
    ///
    /// What `f` returned; the first duplicate; or that the registry is sealed.
    ///
    /// # Panics
    ///
    /// As [`register`](Self::register).
    #[track_caller]
    pub fn batch<E>(
        &self,
        f: impl FnOnce(&mut Batch<'_, K, V, S>) -> Result<(), E>,
    ) -> Result<(), BatchError<E, K, V>> {
        self.seen();
        let mut batch = Batch::new(&self.index, &self.hasher);
        if let Err(error) = f(&mut batch) {
            // Before there is something to return: a destructor may panic (rust-lang/rust 47949).
            drop(batch);
            return Err(BatchError::Failed(error));
        }
        batch.commit()
    }
}

fn refused<K, V>(refusal: &Refusal<'_, K, V>, entry: Whole<K, V>) -> Refused<K, V> {
    let reason = refusal.reason();
    let (key, value) = entry.into_parts();
    Refused { reason, key, value }
}

impl<K, V, S: Default> Default for Registry<K, V, S> {
    /// An empty registry.
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

/// What is registered at the moment, in order.
impl<K: fmt::Debug, V: fmt::Debug, S> fmt::Debug for Registry<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

impl<'r, K, V, S> IntoIterator for &'r Registry<K, V, S> {
    type Item = (&'r K, &'r V);
    type IntoIter = Iter<'r, K, V>;

    fn into_iter(self) -> Iter<'r, K, V> {
        self.iter()
    }
}

/// What is registered, in order; what was replaced or removed is dropped.
impl<K, V, S> IntoIterator for Registry<K, V, S> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(mut self) -> vec::IntoIter<(K, V)> {
        self.seen();
        self.compact();
        self.index.drain().into_iter()
    }
}
