//! What the cells have in common.

use core::convert::Infallible;

/// A cell that is empty until its value is computed, once published never changes, and is read by
/// reference.
///
/// The policies are interchangeable behind it: [`Lazy`](crate::Lazy) is generic over it, the
/// conformance tests and the benchmarks run over it. The methods mean what they mean on
/// `std::sync::OnceLock`; what differs is who computes when many threads arrive at once, and who
/// waits: see the implementing type.
///
/// ```
/// use onset::{InitCell, OnceCell, RaceCell};
///
/// fn twice<C: InitCell<Value = String>>() -> usize {
///     let cell = C::EMPTY;
///     cell.get_or_init(|| "first".to_string());
///     cell.get_or_init(|| unreachable!("it is there")).len()
/// }
/// assert_eq!(twice::<OnceCell<String>>() + twice::<RaceCell<String>>(), 10);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cell that `Lazy` and `Counted` can be built on",
    label = "does not implement `InitCell`",
    note = "use `OnceCell<T>`, `HedgedCell<T>` (feature `std`), `RaceCell<T>` or `RaceArc<T>` (feature `alloc`); \
            `RaceWord` and `RaceRef` return by value and stand beside this trait"
)]
pub trait InitCell: Sized {
    /// What the cell holds.
    type Value;

    /// An empty cell. Each use of the constant is a new cell.
    const EMPTY: Self;

    /// The value, if there is one. Never blocks.
    fn get(&self) -> Option<&Self::Value>;

    /// The value, computed by `f` if there is none; `f`'s error if it fails, and the cell stays
    /// empty.
    ///
    /// Whether it blocks while another thread computes, and what recursion does, is the cell's
    /// policy: the race cells never block, and the inner value wins; the others wait, and
    /// panic. A loser's value is dropped by the loser. If `f` panics the cell stays empty. If
    /// the value is there, it costs a load and a branch.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    fn get_or_try_init<F, E>(&self, f: F) -> Result<&Self::Value, E>
    where
        F: FnOnce() -> Result<Self::Value, E>;

    /// The value, computed by `f` if there is none; otherwise as
    /// [`get_or_try_init`](Self::get_or_try_init).
    #[inline]
    #[track_caller]
    fn get_or_init<F>(&self, f: F) -> &Self::Value
    where
        F: FnOnce() -> Self::Value,
    {
        let Ok(value) = self.get_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// Fills the cell, or hands `value` back if there is one already.
    ///
    /// Blocks on an `OnceCell` that another thread computes, and panics there if this thread does;
    /// never blocks on the others.
    ///
    /// # Errors
    ///
    /// `value`, if it was not published.
    fn set(&self, value: Self::Value) -> Result<(), Self::Value>;
}

/// A cell that owns its value alone, so that `&mut` to the cell is `&mut` to the value.
pub trait InitCellMut: InitCell {
    /// The value, if there is one.
    fn get_mut(&mut self) -> Option<&mut Self::Value>;

    /// Moves the value out and leaves the cell empty: it can be computed again.
    fn take(&mut self) -> Option<Self::Value>;
}
