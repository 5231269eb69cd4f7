//! One computes, the others wait: per key.

use core::{
    convert::Infallible,
    hash::{BuildHasher, Hash},
    time::Duration,
};

use equivalent::Equivalent;

use super::{
    Iter,
    raw::{Flights, Published},
    traits::map_traits,
};
use crate::{
    hashing::ProcessSeeded,
    index::{self, Found, Watermark},
    sync::Deadline,
    wait::computing::{Kind, Site},
};

/// A map whose values are computed on first use: for each key by one thread, while the others who
/// ask for the same key wait, and those who ask for other keys do not.
///
/// Published values stand in an append-only index: whoever finds one takes no lock, writes to nothing
/// shared, and has a plain reference for as long as the map is borrowed.
///
/// * **Waiting** is that of [`OnceCell`](crate::OnceCell): spin for about as long as a park and a
///   wake-up cost, then park.
/// * **Failure**: if the closure panics or returns `Err`, nothing of the key is left behind, the
///   waiters wake, and one of them computes. A million keys that fail leave the map as it was.
/// * **Recursion**: asking for a key from within its own computation panics instead of hanging, and
///   so does a cycle across keys, cells and threads. Asking for another key works.
/// * **User code** (`Hash`, `Eq`, destructors, closures) may panic anywhere: the map stays valid, and
///   no lock is held meanwhile.
/// * **Costs**: 1.4 kB for the map itself, most of it lists of what is being computed; an entry costs
///   what one of a [`Registry`](crate::Registry) does.
///
/// ```
/// use onset::OnceMap;
///
/// static SQUARES: OnceMap<u64, u64> = OnceMap::new();
///
/// assert_eq!(SQUARES.get(&12), None);
/// assert_eq!(SQUARES.get_or_init(12, |n| n * n), &144);
/// assert_eq!(SQUARES.get_or_init(12, |_| unreachable!("it is there")), &144);
/// ```
///
/// # Files that are read once, and again when they change
///
/// With a [`Reload`](crate::Reload) for each key, this is the cache with two levels of locks: one to
/// find the entry, another to load it. Requests in flight keep the version that they have.
///
/// ```
/// use onset::{FileError, FileSource, Guard, LoadError, OnceMap, Reload};
/// use std::{fs, path::{Path, PathBuf}, str::Utf8Error, time::Duration};
///
/// type Parse = fn(&[u8]) -> Result<String, Utf8Error>;
/// type Page = Reload<FileSource<Parse>>;
///
/// static PAGES: OnceMap<PathBuf, Page> = OnceMap::new();
///
/// fn page(path: &Path) -> Result<Guard<'static, String>, LoadError<FileError<Utf8Error>>> {
///     let load = |path: &PathBuf| {
///         let parse: Parse = |bytes| Ok(std::str::from_utf8(bytes)?.to_uppercase());
///         let page = Reload::new(FileSource::new(path, parse)).check_every(Duration::ZERO);
///         drop(page.get()?); // a file that cannot be loaded leaves nothing in the map
///         Ok(page)
///     };
///     PAGES.get_or_try_init_ref(path, load)?.get()
/// }
///
/// # let directory = std::env::temp_dir().join(format!("onset-pages-{}", std::process::id()));
/// # fs::create_dir_all(&directory).unwrap();
/// let path = directory.join("index.txt");
/// assert!(page(&path).is_err(), "there is no such file yet");
/// assert!(PAGES.is_empty());
///
/// fs::write(&path, "first").unwrap();
/// let in_flight = page(&path).unwrap();
/// fs::write(&path, "second").unwrap();
/// assert_eq!(*page(&path).unwrap(), "SECOND");
/// assert_eq!(*in_flight, "FIRST");
/// # fs::remove_dir_all(&directory).unwrap();
/// ```
pub struct OnceMap<K, V, S = ProcessSeeded> {
    map: Published<K, V, S, Flights<K, V>>,
}

impl<K, V> OnceMap<K, V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hasher(ProcessSeeded::new())
    }
}

impl<K, V, S> OnceMap<K, V, S> {
    /// An empty map that hashes by `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            map: Published::new(hasher, Flights::new()),
        }
    }

    #[track_caller]
    fn site() -> Site {
        const KIND: &Kind = &Kind::initialised(
            "OnceMap",
            "compute a key's value without asking the map for the same key, or use a \
                     `RaceMap`, whose inner value wins",
        );
        Site::of::<(K, V)>(KIND)
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

impl<K, V, S: BuildHasher> OnceMap<K, V, S> {
    /// The value of `key`, if it is published: a reference for as long as the map is borrowed.
    ///
    /// Never blocks, also while the value is being computed. A `Hash` or `Eq` that panics does no
    /// harm. Costs the hash, six dependent loads and, as a rule, one comparison of keys.
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

    /// Waits until the value of `key` is published, but no longer than `timeout`; computes nothing.
    ///
    /// Blocks for `timeout` at most (with a zero one it waits for no computation). Nobody need compute
    /// the value yet, and a failed computation does not end the wait. A timeout that is longer than the
    /// clock can count is none.
    ///
    /// # Panics
    ///
    /// With such an endless one, if called from within the computation of the same key, or if waiting
    /// would close a cycle; if the key's computation begins later, then from there on.
    #[track_caller]
    pub fn wait<Q>(&self, key: &Q, timeout: Duration) -> Option<&V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let hash = self.map.hash(key);
        let found = match self.map.find(hash, key) {
            Ok(found) => Some(found),
            Err(_) => {
                let deadline = Deadline::after(timeout);
                self.map.wait(Self::site(), hash, key, deadline)
            }
        };
        found.map(Found::value)
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

impl<K: Hash + Eq, V, S: BuildHasher> OnceMap<K, V, S> {
    /// The value of `key`, computed by `f` if it is not there.
    ///
    /// Blocks while another thread computes the value of the same key: spins up to 30 µs, then
    /// parks. There are no losers; `key` is dropped if it is not needed. If `f` panics, nothing of
    /// the key is left behind, a waiter computes, and the panic goes on. Recursion on the same key
    /// panics. If the value is there, it costs what [`get`](Self::get) costs (which does not need
    /// the key as a whole); whoever computes pays two allocations and three short locks besides
    /// `f`, and a few more if anybody awaits a key.
    ///
    /// # Panics
    ///
    /// If called from within the computation of the same key, or if waiting would close a cycle
    /// across threads; and if more than 2³² values were published.
    #[inline]
    #[track_caller]
    pub fn get_or_init<F>(&self, key: K, f: F) -> &V
    where
        F: FnOnce(&K) -> V,
    {
        let Ok(value) = self.get_or_try_init(key, |key| Ok::<_, Infallible>(f(key)));
        value
    }

    /// The value of `key`, computed by `f` if it is not there, unless `f` fails.
    ///
    /// As [`get_or_init`](Self::get_or_init); an `Err` is returned to the caller whose closure it
    /// was, nothing of the key is left behind, and a waiter computes.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](Self::get_or_init).
    #[inline]
    #[track_caller]
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
    #[track_caller]
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
    #[track_caller]
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
    #[track_caller]
    fn init<F, E>(&self, seen: Watermark, hash: index::Hash, key: K, f: F) -> Result<&V, E>
    where
        F: FnOnce(&K) -> Result<V, E>,
    {
        let (found, _key) = self.map.compute(Self::site(), seen, hash, key, f)?;
        Ok(found.value())
    }

    /// Publishes a value for `key`.
    ///
    /// Blocks while another thread computes the value of the same key. If there is a value, `key` and
    /// `value` come back.
    ///
    /// # Errors
    ///
    /// `key` and `value`, if the key has a value.
    ///
    /// # Panics
    ///
    /// As [`get_or_init`](Self::get_or_init).
    #[track_caller]
    pub fn insert(&self, key: K, value: V) -> Result<&V, (K, V)> {
        let hash = self.map.hash(&key);
        let Err(seen) = self.map.find(hash, &key) else {
            return Err((key, value));
        };
        let mut value = Some(value);
        let put = |_: &K| Ok::<_, Infallible>(value.take().expect("runs once"));
        let Ok((found, key)) = self.map.compute(Self::site(), seen, hash, key, put);
        match (key, value) {
            (Some(key), Some(value)) => Err((key, value)),
            _ => Ok(found.value()),
        }
    }
}

map_traits!(OnceMap);
