//! Everyone computes; one result is published.

use alloc::boxed::Box;
use core::{
    convert::Infallible,
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::{
    InitCell, InitCellMut,
    raw::slot::{OwningSlot, Slot},
    traits::cell_traits,
};

/// A cell that never blocks: every thread that arrives before the publication runs its closure, one
/// result is published, whole, by a single compare-exchange, and every caller returns that one.
///
/// The value is boxed; the cell itself is one pointer. It needs no operating system (feature
/// `alloc`).
///
/// * **Losers**: a value that was not published is dropped by the thread that made it, before it
///   returns.
/// * **Failure**: a closure that panics or returns `Err` concerns its caller alone.
/// * **Recursion** is harmless: the inner call's value is published, the outer one's is dropped.
///
/// ```
/// use onset::RaceCell;
///
/// static GREETING: RaceCell<String> = RaceCell::new();
///
/// let all = std::thread::scope(|s| {
///     let threads = [1, 2, 3].map(|n| s.spawn(move || GREETING.get_or_init(|| format!("by {n}"))));
///     threads.map(|t| t.join().unwrap())
/// });
/// assert!(all.iter().all(|greeting| std::ptr::eq(*greeting, all[0])));
/// ```
///
/// For closures with side effects that must happen once, use [`OnceCell`](crate::OnceCell); to find
/// out how often work was done in vain, wrap the cell in [`Counted`](crate::Counted).
pub struct RaceCell<T> {
    slot: OwningSlot<Box<T>>,
}

impl<T> RaceCell<T> {
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
        Self {
            slot: OwningSlot(Slot::full(Box::new(value))),
        }
    }

    /// The value, if there is one.
    ///
    /// Never blocks. Costs an `Acquire` load and a branch.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.slot.get()
    }

    /// The value, if there is one, through `&mut`. Never blocks.
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
            .publish(Box::new(value))
            .map_err(|(published, lost)| (published, *lost))
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
        // A loser's box is dropped here.
        Ok(self
            .slot
            .publish(Box::new(f()?))
            .unwrap_or_else(|(published, _lost)| published))
    }

    /// As [`get_or_init`](Self::get_or_init), through `&mut`: `f` runs at most once, and `&mut` is
    /// returned.
    pub fn get_mut_or_init<F>(&mut self, f: F) -> &mut T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_mut_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// As [`get_or_try_init`](Self::get_or_try_init), through `&mut`: `f` runs at most once, and
    /// `&mut` is returned.
    ///
    /// # Errors
    ///
    /// What `f` returned.
    pub fn get_mut_or_try_init<F, E>(&mut self, f: F) -> Result<&mut T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        if self.get().is_none() {
            *self = Self::with_value(f()?);
        }
        Ok(self.get_mut().expect("it was there, or was put there"))
    }

    /// Moves the value out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        self.slot.take().map(|value| *value)
    }

    /// The value, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }
}

impl<T> InitCell for RaceCell<T> {
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

impl<T> InitCellMut for RaceCell<T> {
    #[inline]
    fn get_mut(&mut self) -> Option<&mut T> {
        self.get_mut()
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        self.take()
    }
}

impl<T: Clone> Clone for RaceCell<T> {
    fn clone(&self) -> Self {
        self.get().cloned().map_or_else(Self::new, Self::with_value)
    }
}

impl<T> From<T> for RaceCell<T> {
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

cell_traits!(RaceCell);

impl<T: UnwindSafe> UnwindSafe for RaceCell<T> {}
// A closure that panics leaves the cell empty, never half full.
impl<T: UnwindSafe + RefUnwindSafe> RefUnwindSafe for RaceCell<T> {}
