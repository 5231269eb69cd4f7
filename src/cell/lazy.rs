//! A cell with its initialiser beside it.

use core::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use super::{InitCell, InitCellMut, traits};

/// The cell of a [`Lazy`] that names none: [`OnceCell`](crate::OnceCell).
#[cfg(feature = "std")]
pub type DefaultCell<T> = crate::OnceCell<T>;

/// Without the feature `std` there is no default: name the cell, as `RaceLazy` does.
#[cfg(not(feature = "std"))]
pub struct DefaultCell<T>(core::convert::Infallible, PhantomData<T>);

/// A [`Lazy`] whose threads race: it never blocks, and its initialiser may run more than once.
#[cfg(feature = "alloc")]
pub type RaceLazy<T, F = fn() -> T> = Lazy<T, crate::RaceCell<T>, F>;

/// A [`Lazy`] whose threads wait no longer than the patience (100 µs by [`Lazy::new`]; another one
/// by [`Lazy::with_cell`]).
#[cfg(feature = "std")]
pub type HedgedLazy<T, F = fn() -> T> = Lazy<T, crate::HedgedCell<T>, F>;

/// A value that is computed when it is first used, by the policy of the cell `C`.
///
/// It dereferences to the value. Blocking, losers, recursion and cost are those of
/// [`C::get_or_init`](InitCell::get_or_init). The initialiser is an `Fn`: if it panics, the panic
/// goes on, nothing is poisoned, and the next access tries again.
///
/// ```
/// use onset::{Lazy, RaceLazy};
/// use std::collections::HashMap;
///
/// static COUNTRIES: Lazy<HashMap<&str, u32>> = Lazy::new(|| HashMap::from([("is", 354), ("nl", 31)]));
/// static HOME: RaceLazy<String> = RaceLazy::new(|| std::env::var("HOME").unwrap_or_default());
///
/// assert_eq!(COUNTRIES["nl"], 31);
/// assert_eq!(HOME.len(), HOME.chars().map(char::len_utf8).sum());
/// ```
pub struct Lazy<T, C = DefaultCell<T>, F = fn() -> T> {
    cell: C,
    init: F,
    value: PhantomData<fn() -> T>,
}

impl<T, C: InitCell<Value = T>, F> Lazy<T, C, F> {
    /// A value that `init` will compute, in an empty `C`.
    #[must_use]
    pub const fn new(init: F) -> Self {
        Self::with_cell(C::EMPTY, init)
    }

    /// A value that `init` will compute, in `cell`: for cells with settings of their own.
    ///
    /// ```
    /// use onset::{HedgedCell, HedgedLazy, Lazy};
    /// use std::time::Duration;
    ///
    /// static ADDRESS: HedgedLazy<String> =
    ///     Lazy::with_cell(HedgedCell::new(Duration::from_millis(5)), || "resolved".to_string());
    /// assert_eq!(*ADDRESS, "resolved");
    /// ```
    #[must_use]
    pub const fn with_cell(cell: C, init: F) -> Self {
        Self {
            cell,
            init,
            value: PhantomData,
        }
    }

    /// The value, if it was computed. Never blocks, computes nothing.
    #[inline]
    pub fn get(this: &Self) -> Option<&T> {
        this.cell.get()
    }

    /// The cell, for what only it knows: [`Counted`](crate::Counted)'s counts, a hedge's patience.
    #[inline]
    pub const fn cell(this: &Self) -> &C {
        &this.cell
    }

    /// The value, computed if need be: what dereferencing does.
    ///
    /// Blocking, losers, panics, recursion and cost are those of
    /// [`C::get_or_init`](InitCell::get_or_init).
    #[inline]
    #[track_caller]
    pub fn force(this: &Self) -> &T
    where
        F: Fn() -> T,
    {
        this.cell.get_or_init(|| (this.init)())
    }
}

impl<T, C: InitCellMut<Value = T>, F> Lazy<T, C, F> {
    /// The value, if it was computed, through `&mut`. Never blocks, computes nothing.
    #[inline]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.cell.get_mut()
    }

    /// The value, computed if need be, through `&mut`: what dereferencing does. Never blocks.
    #[inline]
    #[track_caller]
    pub fn force_mut(this: &mut Self) -> &mut T
    where
        F: Fn() -> T,
    {
        Self::force(this);
        this.cell.get_mut().expect("it was computed")
    }

    /// Moves the value out, if it was computed; the next access computes it anew.
    #[inline]
    pub fn take(this: &mut Self) -> Option<T> {
        this.cell.take()
    }

    /// The value, or the initialiser if there is none. Never blocks, computes nothing.
    ///
    /// # Errors
    ///
    /// The initialiser.
    pub fn into_inner(mut this: Self) -> Result<T, F> {
        this.cell.take().ok_or(this.init)
    }
}

impl<T, C: InitCell<Value = T>, F: Fn() -> T> Deref for Lazy<T, C, F> {
    type Target = T;
    #[inline]
    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T, C: InitCellMut<Value = T>, F: Fn() -> T> DerefMut for Lazy<T, C, F> {
    #[inline]
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        Self::force_mut(self)
    }
}

/// `T::default` as the initialiser.
impl<T: Default, C: InitCell<Value = T>> Default for Lazy<T, C> {
    fn default() -> Self {
        Self::new(T::default)
    }
}

/// Never blocks, computes nothing: shows the value if it is there, `<uninit>` otherwise.
impl<T: fmt::Debug, C: InitCell<Value = T>, F> fmt::Debug for Lazy<T, C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        traits::debug(f, "Lazy", Self::get(self))
    }
}
