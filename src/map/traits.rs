//! The traits that both maps have, written once.

macro_rules! map_traits {
    ($map:ident) => {
        impl<K, V, S: Default> Default for $map<K, V, S> {
            /// An empty map.
            fn default() -> Self {
                Self::with_hasher(S::default())
            }
        }

        /// What is published at the moment, in order.
        impl<K: core::fmt::Debug, V: core::fmt::Debug, S> core::fmt::Debug for $map<K, V, S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.iter().fmt(f)
            }
        }

        impl<'m, K, V, S> IntoIterator for &'m $map<K, V, S> {
            type Item = (&'m K, &'m V);
            type IntoIter = Iter<'m, K, V>;

            fn into_iter(self) -> Iter<'m, K, V> {
                self.iter()
            }
        }

        /// What is published, in order.
        impl<K, V, S> IntoIterator for $map<K, V, S> {
            type Item = (K, V);
            type IntoIter = alloc::vec::IntoIter<(K, V)>;

            fn into_iter(mut self) -> Self::IntoIter {
                self.map.drain().into_iter()
            }
        }
    };
}

pub(super) use map_traits;
