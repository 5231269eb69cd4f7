//! The two maps as the shared tests see them, and more hashers that make the worst of it.

use std::{
    fmt::Debug,
    hash::{BuildHasher, Hash, Hasher},
};

use equivalent::Equivalent;
use onset::{OnceMap, ProcessSeeded, RaceMap, map::Iter};

use crate::support::{Always, Itself};

/// What both maps can do.
pub(crate) trait Map<K, V>: Default + Send + Sync + IntoIterator<Item = (K, V)> {
    fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V>;
    fn contains_key<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> bool;
    fn get_or_init(&self, key: K, f: impl FnOnce(&K) -> V) -> &V;
    fn get_or_try_init<E>(&self, key: K, f: impl FnOnce(&K) -> Result<V, E>) -> Result<&V, E>;
    fn get_or_init_ref<'q, Q>(&self, key: &'q Q, f: impl FnOnce(&K) -> V) -> &V
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>;
    fn get_or_try_init_ref<'q, Q, E>(
        &self,
        key: &'q Q,
        f: impl FnOnce(&K) -> Result<V, E>,
    ) -> Result<&V, E>
    where
        Q: Hash + Equivalent<K> + ?Sized,
        K: From<&'q Q>;
    fn insert(&self, key: K, value: V) -> Result<&V, (K, V)>;
    fn remove<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>;
    fn clear(&mut self);
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool;
    fn iter(&self) -> Iter<'_, K, V>;
}

pub(crate) trait Shared: Send + Sync {}
impl<T: Send + Sync> Shared for T {}

/// One of the two maps, for any keys and values.
pub(crate) trait Kind {
    type Map<K: Hash + Eq + Shared, V: Shared, S: BuildHasher + Default + Shared>: Map<K, V>;
    /// Whether a key's value is computed once, and not by whoever comes first.
    const ONCE: bool;
}

pub(crate) type Of<M, K, V, S = ProcessSeeded> = <M as Kind>::Map<K, V, S>;

pub(crate) struct Once;
pub(crate) struct Race;

macro_rules! kinds {
    ($($kind:ident = $map:ident, $once:expr;)*) => {$(
        impl Kind for $kind {
            type Map<K: Hash + Eq + Shared, V: Shared, S: BuildHasher + Default + Shared> =
                $map<K, V, S>;
            const ONCE: bool = $once;
        }

        impl<K, V, S> Map<K, V> for $map<K, V, S>
        where
            K: Hash + Eq + Shared,
            V: Shared,
            S: BuildHasher + Default + Shared,
        {
            fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
                self.get(key)
            }
            fn contains_key<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> bool {
                self.contains_key(key)
            }
            fn get_or_init(&self, key: K, f: impl FnOnce(&K) -> V) -> &V {
                self.get_or_init(key, f)
            }
            fn get_or_try_init<E>(
                &self,
                key: K,
                f: impl FnOnce(&K) -> Result<V, E>,
            ) -> Result<&V, E> {
                self.get_or_try_init(key, f)
            }
            fn get_or_init_ref<'q, Q>(&self, key: &'q Q, f: impl FnOnce(&K) -> V) -> &V
            where
                Q: Hash + Equivalent<K> + ?Sized,
                K: From<&'q Q>,
            {
                self.get_or_init_ref(key, f)
            }
            fn get_or_try_init_ref<'q, Q, E>(
                &self,
                key: &'q Q,
                f: impl FnOnce(&K) -> Result<V, E>,
            ) -> Result<&V, E>
            where
                Q: Hash + Equivalent<K> + ?Sized,
                K: From<&'q Q>,
            {
                self.get_or_try_init_ref(key, f)
            }
            fn insert(&self, key: K, value: V) -> Result<&V, (K, V)> {
                self.insert(key, value)
            }
            fn remove<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<(K, V)> {
                self.remove(key)
            }
            fn clear(&mut self) {
                self.clear();
            }
            fn len(&self) -> usize {
                self.len()
            }
            fn is_empty(&self) -> bool {
                self.is_empty()
            }
            fn iter(&self) -> Iter<'_, K, V> {
                self.iter()
            }
        }
    )*};
}

kinds! {
    Once = OnceMap, true;
    Race = RaceMap, false;
}

/// A hasher for keys that are numbers, which makes of them what `F` says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct By<F>(F);

pub(crate) trait Mix: Copy + Default + Debug + Shared {
    fn mix(number: u64) -> u64;
}

impl<F: Mix> BuildHasher for By<F> {
    type Hasher = Mixer<F>;

    fn build_hasher(&self) -> Mixer<F> {
        Mixer(0, self.0)
    }
}

pub(crate) struct Mixer<F>(u64, F);

impl<F: Mix> Hasher for Mixer<F> {
    fn write(&mut self, _: &[u8]) {
        panic!("only for `u64`");
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        F::mix(self.0)
    }
}

macro_rules! mixes {
    ($($(#[$doc:meta])* $mix:ident: $f:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct $mix;

        impl Mix for $mix {
            fn mix(number: u64) -> u64 {
                let mix: fn(u64) -> u64 = $f;
                mix(number)
            }
        }
    )*};
}

mixes! {
    /// Different tags for all that are less than 128 apart, in one group.
    OneGroup: |number| number << 25;
    /// Tags that differ in one bit, in one group, which is the last one of every table.
    LastGroup: |number| (number << 25 & 1 << 25) | 0x01FF_FFFF;
}

/// Every key collides with every other one.
pub(crate) type Colliding = Always<7>;
/// The same tag for all (that are numbers, and no large ones), in different groups.
pub(crate) type OneTag = Itself;
