//! Everyone computes; one result is published, and can be kept for longer than the cell.

use alloc::sync::Arc;
use core::{
    convert::Infallible,
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::{
    InitCell,
    raw::slot::{OwningSlot, Slot},
    traits::cell_traits,
};

/// A [`RaceCell`](crate::RaceCell) whose value is in an [`Arc`], so that it can outlive the cell.
///
/// [`get`](Self::get) borrows the value and touches no count; [`get_arc`](Self::get_arc) clones the
/// `Arc`. Blocking, losers, failure and recursion are as with `RaceCell`.
///
/// ```
/// use onset::RaceArc;
/// use std::sync::Arc;
///
/// let cell = RaceArc::new();
/// let shared: Arc<String> = cell.get_arc_or_init(|| "kept".to_string());
/// drop(cell);
/// assert_eq!(*shared, "kept");
/// ```
pub struct RaceArc<T> {
    slot: OwningSlot<Arc<T>>,
}

impl<T> RaceArc<T> {
    /// An empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slot: OwningSlot(Slot::empty()),
        }
    }

    /// A cell that holds `value`. Not `const`: it allocates.
    #[must_use]
    pub fn with_value(value: T) -> Self {
        Self::with_arc(Arc::new(value))
    }

    /// A cell that holds `value`.
    #[must_use]
    pub fn with_arc(value: Arc<T>) -> Self {
        Self {
            slot: OwningSlot(Slot::full(value)),
        }
    }

    /// The value, if there is one.
    ///
    /// Never blocks. Costs an `Acquire` load and a branch; no count is touched.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.slot.get()
    }

    /// A clone of the `Arc`, if there is one.
    ///
    /// Never blocks. Costs what [`get`](Self::get) costs, and a count that all threads share.
    #[inline]
    pub fn get_arc(&self) -> Option<Arc<T>> {
        self.slot.get_owner()
    }

    /// The value through `&mut`, if there is one and no clone of the `Arc` is out. Never blocks.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.slot.get_mut()
    }

    /// Fills the cell.
    ///
    /// Never blocks. If another value is there or wins, `value` comes back. Costs an allocation and
    /// a compare-exchange; if the cell is full, a load.
    ///
    /// # Errors
    ///
    /// `value`, if the cell holds another one.
    #[inline]
    pub fn set(&self, value: T) -> Result<(), T> {
        self.try_insert(value).map(drop).map_err(|(_, value)| value)
    }

    /// Fills the cell with an `Arc` that exists already.
    ///
    /// Never blocks. If another value is there or wins, `value` comes back. Costs a
    /// compare-exchange.
    ///
    /// # Errors
    ///
    /// `value`, if the cell holds another one.
    pub fn set_arc(&self, value: Arc<T>) -> Result<(), Arc<T>> {
        self.slot.publish(value).map(drop).map_err(|(_, lost)| lost)
    }

    /// Fills the cell and returns a reference to the value; otherwise the value that is there, and
    /// yours.
    ///
    /// Never blocks; costs as [`set`](Self::set).
    ///
    /// # Errors
    ///
    /// The published value and `value`, if the cell holds another one.
    pub fn try_insert(&self, value: T) -> Result<&T, (&T, T)> {
        if let Some(published) = self.get() {
            return Err((published, value));
        }
        self.slot
            .publish(Arc::new(value))
            .map_err(|(published, lost)| {
                (
                    published,
                    Arc::into_inner(lost).expect("the lost `Arc` was never shared"),
                )
            })
    }

    /// The value, computed by `f` if there is none.
    ///
    /// Never blocks. If another thread publishes first, its value is returned and `f`'s is dropped
    /// here. If `f` panics, the cell is as it was. Recursion is harmless: the inner value wins.
    /// If the value is there, it costs what [`get`](Self::get) costs; otherwise `f`, an
    /// allocation and a compare-exchange.
    #[inline]
    pub fn get_or_init<F>(&self, f: F) -> &T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// As [`get_or_init`](Self::get_or_init), blocking, losers, panics and recursion included, and
    /// clones the `Arc`: a count that all threads share.
    pub fn get_arc_or_init<F>(&self, f: F) -> Arc<T>
    where
        F: FnOnce() -> T,
    {
        self.get_or_init(f);
        self.get_arc().expect("a published value stays")
    }

    /// The value, computed by `f` if there is none, unless `f` fails.
    ///
    /// As [`get_or_init`](Self::get_or_init). An `Err` is returned even if another thread has
    /// published in the meantime.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    #[inline]
    pub fn get_or_try_init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        match self.get() {
            Some(value) => Ok(value),
            None => self.compute(f),
        }
    }

    #[cold]
    #[inline(never)]
    fn compute<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        // A loser's `Arc` is dropped here.
        Ok(self
            .slot
            .publish(Arc::new(f()?))
            .unwrap_or_else(|(published, _lost)| published))
    }

    /// Never blocks. The value through `&mut`, computed by `f` if there is none; `None` while
    /// clones of the `Arc` are out.
    pub fn get_mut_or_init<F>(&mut self, f: F) -> Option<&mut T>
    where
        F: FnOnce() -> T,
    {
        self.get_or_init(f);
        self.get_mut()
    }

    /// As [`get_mut_or_init`](Self::get_mut_or_init), unless `f` fails.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    pub fn get_mut_or_try_init<F, E>(&mut self, f: F) -> Result<Option<&mut T>, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        self.get_or_try_init(f)?;
        Ok(self.get_mut())
    }

    /// Moves the `Arc` out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<Arc<T>> {
        self.slot.take()
    }

    /// The `Arc`, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<Arc<T>> {
        self.take()
    }
}

impl<T> InitCell for RaceArc<T> {
    type Value = T;
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "each use is a new cell"
    )]
    const EMPTY: Self = Self::new();

    #[inline]
    fn get(&self) -> Option<&T> {
        self.get()
    }

    #[inline]
    fn get_or_try_init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        self.get_or_try_init(f)
    }

    #[inline]
    fn set(&self, value: T) -> Result<(), T> {
        self.set(value)
    }
}

/// The clone shares the value: its `Arc` is cloned, not the value.
impl<T> Clone for RaceArc<T> {
    fn clone(&self) -> Self {
        self.get_arc().map_or_else(Self::new, Self::with_arc)
    }
}

impl<T> From<T> for RaceArc<T> {
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

cell_traits!(RaceArc);

// As `Arc`: the value is shared with whoever has a clone.
impl<T: RefUnwindSafe> UnwindSafe for RaceArc<T> {}
impl<T: RefUnwindSafe> RefUnwindSafe for RaceArc<T> {}
