//! The traits that every cell has, written once.

#[cfg(feature = "alloc")]
/// `Default`, `Debug`, `PartialEq`, `Eq` and the unwind markers, as `std::sync::OnceLock` has them.
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

        impl<T: core::panic::UnwindSafe> core::panic::UnwindSafe for $cell<T> {}
        // A closure that panics leaves the cell empty, never half full.
        impl<T: core::panic::UnwindSafe + core::panic::RefUnwindSafe> core::panic::RefUnwindSafe
            for $cell<T>
        {
        }
    };
}

#[cfg(feature = "alloc")]
pub(super) use cell_traits;

/// One form for all cells: `Name(value)` or `Name(<uninit>)`.
pub(super) fn debug(
    f: &mut core::fmt::Formatter<'_>,
    name: &str,
    value: Option<impl core::fmt::Debug>,
) -> core::fmt::Result {
    let mut tuple = f.debug_tuple(name);
    match value {
        Some(value) => tuple.field(&value),
        None => tuple.field(&format_args!("<uninit>")),
    };
    tuple.finish()
}
