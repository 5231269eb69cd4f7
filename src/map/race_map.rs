//! Everyone computes; one result is published: per key.

use core::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
};

use equivalent::Equivalent;

use super::{Iter, raw::Published, traits::map_traits};
use crate::{
    hashing::ProcessSeeded,
    index::{self, Found, Watermark, Whole},
};

/// A memo table: a map whose values are computed on first use, by every thread that arrives before
/// the publication; one result is published, and every caller returns that one.
///
/// No thread ever waits for another one's closure. Published values stand in an append-only index,
/// as those of a [`OnceMap`](crate::OnceMap).
///
/// * **Losers**: a value that was not published is dropped by the thread that made it, with its key.
/// * **Failure**: a closure that panics or returns `Err` concerns its caller alone.
/// * **Recursion** is harmless: the inner call's value is published, the outer one's is dropped.
/// * **User code** (`Hash`, `Eq`, destructors, closures) may panic anywhere: the map stays valid, and
///   no lock is held meanwhile.
///
/// ```
/// use onset::RaceMap;
///
/// static LENGTHS: RaceMap<&str, usize> = RaceMap::new();
///
/// assert_eq!(LENGTHS.get_or_init("four", |word| word.len()), &4);
/// assert_eq!(LENGTHS.get("four"), Some(&4));
/// ```
///
/// For closures that are dear, or have side effects that must happen once, use
/// [`OnceMap`](crate::OnceMap).
pub struct RaceMap<K, V, S = ProcessSeeded> {
    map: Published<K, V, S, ()>,
}

impl<K, V> RaceMap<K, V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hasher(ProcessSeeded::new())
    }
}

impl<K, V, S> RaceMap<K, V, S> {
    /// An empty map that hashes by `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            map: Published::new(hasher, ()),
        }
    }

    /// How many values are published. Never blocks, costs an `Acquire` load.
    #[must_use]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether no value is published. Never blocks, costs an `Acquire` load.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys and values that are published at this moment, in the order in which they were.
    /// Never blocks.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.map.iter()
    }

    /// Drops all keys and values. Never blocks. If a destructor panics the others run, and the map is
    /// empty all the same.
    pub fn clear(&mut self) {
        drop(self.map.drain());
    }
}

impl<K, V, S: BuildHasher> RaceMap<K, V, S> {
    /// The value of `key`, if it is published: a reference for as long as the map is borrowed.
    ///
    /// Never blocks. A `Hash` or `Eq` that panics does no harm. Costs the hash, six dependent loads
    /// and, as a rule, one comparison of keys.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.get(key)
    }

    /// Whether the value of `key` is published. Never blocks; costs as [`get`](Self::get).
    #[inline]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get(key).is_some()
    }

    /// Takes the value of `key` out, with the key. Never blocks. Costs a look-up, and now and then a
    /// new table for what is left.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.map.take(key)
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> RaceMap<K, V, S> {
    /// The value of `key`, computed by `f` if it is not there.
    ///
    /// Waits for no closure; blocks for as long as another thread adds its value. If another thread
    /// publishes first, its value is returned, and `key` and `f`'s value are dropped here. If `f`
    /// panics, the map is as it was. Recursion is harmless: the inner value wins. If the value is
    /// there, it costs what [`get`](Self::get) costs (which does not need the key as a whole);
    /// otherwise `f`, an allocation, a look-up and a lock.
    ///
    /// # Panics
    ///
    /// If more than 2³² values were published.
    #[inline]
    pub fn get_or_init<F>(&self, key: K, f: F) -> &V
    where
        F: FnOnce(&K) -> V,
    {
        let Ok(value) = self.get_or_try_init(key, |key| Ok::<_, Infallible>(f(key)));
        value
    }

    /// The value of `key`, computed by `f` if it is not there, unless `f` fails.
    ///
    /// As [`get_or_init`](Self::get_or_init). An `Err` is returned even if another thread has
    /// published in the meantime.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](Self::get_or_init).
    #[inline]
    pub fn get_or_try_init<F, E>(&self, key: K, f: F) -> Result<&V, E>
    where
        F: FnOnce(&K) -> Result<V, E>,
    {
        let hash = self.map.hash(&key);
        match self.map.find(hash, &key) {
            Ok(found) => Ok(found.value()),
            Err(seen) => self.init(seen, hash, key, f),
        }
    }

    /// As [`get_or_init`](Self::get_or_init), with a key that is only made if the value is to be
    /// computed.
    ///
    /// If the value is there it costs what [`get`](Self::get) costs; otherwise a look-up more than
    /// `get_or_init`.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](Self::get_or_init), and if the key cannot be made.
    #[inline]
    pub fn get_or_init_ref<'q, Q, F>(&self, key: &'q Q, f: F) -> &V
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
        F: FnOnce(&K) -> V,
    {
        match self.get(key) {
            Some(value) => value,
            None => self.get_or_init(K::from(key), f),
        }
    }

    /// As [`get_or_try_init`](Self::get_or_try_init), with a key that is only made if the value is to
    /// be computed; see [`get_or_init_ref`](Self::get_or_init_ref).
    ///
    /// # Errors
    ///
    /// What `f` returned.
    ///
    /// # Panics
    ///
    /// As [`get_or_init_ref`](Self::get_or_init_ref).
    #[inline]
    pub fn get_or_try_init_ref<'q, Q, F, E>(&self, key: &'q Q, f: F) -> Result<&V, E>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>,
        F: FnOnce(&K) -> Result<V, E>,
    {
        match self.get(key) {
            Some(value) => Ok(value),
            None => self.get_or_try_init(K::from(key), f),
        }
    }

    #[cold]
    #[inline(never)]
    fn init<F, E>(&self, seen: Watermark, hash: index::Hash, key: K, f: F) -> Result<&V, E>
    where
        F: FnOnce(&K) -> Result<V, E>,
    {
        let value = f(&key)?;
        // A loser's entry is dropped here.
        let found = self.map.insert(seen, Whole::new(hash, key, value));
        Ok(found.unwrap_or_else(|lost| lost.published).value())
    }

    /// Publishes a value for `key`.
    ///
    /// Blocks for as long as another thread adds its value. If there is a value, `key` and `value`
    /// come back.
    ///
    /// # Errors
    ///
    /// `key` and `value`, if the key has a value.
    ///
    /// # Panics
    ///
    /// If more than 2³² values were published.
    pub fn insert(&self, key: K, value: V) -> Result<&V, (K, V)> {
        let hash = self.map.hash(&key);
        let Err(seen) = self.map.find(hash, &key) else {
            return Err((key, value));
        };
        let added = self.map.insert(seen, Whole::new(hash, key, value));
        added
            .map(Found::value)
            .map_err(|lost| lost.entry.into_parts())
    }
}

map_traits!(RaceMap);
