//! A cell with its fallible initialiser beside it.

use core::{fmt, marker::PhantomData};

use super::{DefaultCell, InitCell, traits};

/// The fallible twin of [`Lazy`](crate::Lazy): an error is returned, not stored, and the next call
/// tries again.
///
/// ```
/// use onset::TryLazy;
///
/// static PORT: TryLazy<u16, std::num::ParseIntError> =
///     TryLazy::new(|| std::env::var("ONSET_DOC_PORT").unwrap_or("8080".into()).parse());
///
/// assert_eq!(PORT.get(), Ok(&8080));
/// ```
pub struct TryLazy<T, E, C = DefaultCell<T>, F = fn() -> Result<T, E>> {
    cell: C,
    init: F,
    result: PhantomData<fn() -> Result<T, E>>,
}

impl<T, E, C: InitCell<Value = T>, F> TryLazy<T, E, C, F> {
    /// A value that `init` will compute, in an empty `C`.
    #[must_use]
    pub const fn new(init: F) -> Self {
        Self::with_cell(C::EMPTY, init)
    }

    /// A value that `init` will compute, in `cell`: for cells with settings of their own.
    #[must_use]
    pub const fn with_cell(cell: C, init: F) -> Self {
        Self {
            cell,
            init,
            result: PhantomData,
        }
    }

    /// The value, computed if need be.
    ///
    /// Blocking, losers, recursion and cost are those of
    /// [`C::get_or_try_init`](InitCell::get_or_try_init). After an `Err` or a panic the cell is
    /// empty, and the next call (or a waiting one) tries again.
    ///
    /// # Errors
    ///
    /// What the initialiser returned to this call.
    #[inline]
    #[track_caller]
    pub fn get(&self) -> Result<&T, E>
    where
        F: Fn() -> Result<T, E>,
    {
        self.cell.get_or_try_init(&self.init)
    }

    /// The value, if it was computed. Never blocks, computes nothing.
    #[inline]
    pub fn peek(&self) -> Option<&T> {
        self.cell.get()
    }

    /// The cell, for what only it knows.
    #[inline]
    pub const fn cell(&self) -> &C {
        &self.cell
    }
}

/// Never blocks, computes nothing: shows the value if it is there, `<uninit>` otherwise.
impl<T: fmt::Debug, E, C: InitCell<Value = T>, F> fmt::Debug for TryLazy<T, E, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        traits::debug(f, "TryLazy", self.peek())
    }
}
