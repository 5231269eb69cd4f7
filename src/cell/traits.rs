//! The traits that every cell has, written once.

use core::fmt;

#[cfg(feature = "alloc")]
/// `Default`, `Debug`, `PartialEq` and `Eq`, as `std::sync::OnceLock` has them.
macro_rules! cell_traits {
    ($cell:ident) => {
        impl<T> Default for $cell<T> {
            /// An empty cell.
            fn default() -> Self {
                <Self as $crate::InitCell>::EMPTY
            }
        }

        /// Never blocks: shows the value if it is there, `<uninit>` otherwise.
        impl<T: core::fmt::Debug> core::fmt::Debug for $cell<T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::cell::traits::debug(f, stringify!($cell), self.get())
            }
        }

        /// Compares what is there at the moment; two empty cells are equal.
        impl<T: PartialEq> PartialEq for $cell<T> {
            fn eq(&self, other: &Self) -> bool {
                self.get() == other.get()
            }
        }

        impl<T: Eq> Eq for $cell<T> {}
    };
}

#[cfg(feature = "alloc")]
pub(super) use cell_traits;

/// One form for all cells: `Name(value)` or `Name(<uninit>)`.
pub(crate) fn debug(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    value: Option<impl fmt::Debug>,
) -> fmt::Result {
    f.debug_tuple(name).field(&Shown(value)).finish()
}

/// The value, or `<uninit>`.
pub(super) struct Shown<V>(pub(super) Option<V>);

impl<V: fmt::Debug> fmt::Debug for Shown<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("<uninit>"),
        }
    }
}
