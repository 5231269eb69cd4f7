//! One computes, the others wait.

use core::{
    convert::Infallible,
    panic::{RefUnwindSafe, UnwindSafe},
    time::Duration,
};

use super::{InitCell, InitCellMut, raw::inline::Inline, traits::cell_traits};
use crate::{
    sync::Deadline,
    wait::computing::{Kind, Site},
};

/// A cell whose value is computed by exactly one thread while the others wait: a `OnceLock` that
/// neither parks too soon nor hangs.
///
/// The value stands in place; the cell adds a 32-bit word to it. Method names and meaning are those
/// of `std::sync::OnceLock` and `once_cell::sync::OnceCell`.
///
/// * **Waiting**: a thread that finds the value being computed spins for about as long as a park
///   and a wake-up cost (30 µs, of which the first 4 without giving its core away), then parks.
/// * **Failure**: if the closure panics or returns `Err`, the cell stays empty, the waiters wake,
///   and one of them computes. There is no poison.
/// * **Recursion**: asking for the value from within its own initialiser panics, in release builds
///   too. So does a cycle across threads, in the thread that closes it. A thread that finds the
///   value pays nothing for that.
/// * **What one initialiser did is seen by the next** if the first one failed, and by everybody who
///   sees the value if it did not.
///
/// ```
/// use onset::OnceCell;
///
/// static CONFIG: OnceCell<String> = OnceCell::new();
///
/// fn config() -> &'static str {
///     CONFIG.get_or_init(|| "read from a file".to_string())
/// }
/// assert_eq!(config(), "read from a file");
/// ```
///
/// Prefer [`RaceCell`](crate::RaceCell) where computing twice costs less than waiting, and
/// [`HedgedCell`](crate::HedgedCell) where the initialiser may stall.
pub struct OnceCell<T> {
    inline: Inline<T>,
}

impl<T> OnceCell<T> {
    /// An empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            inline: Inline::empty(),
        }
    }

    /// A cell that holds `value`.
    #[must_use]
    pub const fn with_value(value: T) -> Self {
        Self {
            inline: Inline::full(value),
        }
    }

    #[track_caller]
    fn site() -> Site {
        Site::of::<T>(const { &Kind::cell("OnceCell") })
    }

    /// The value, if there is one.
    ///
    /// Never blocks. Costs an `Acquire` load, a compare and a branch.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.inline.get()
    }

    /// The value, if there is one, through `&mut`. Never blocks, costs no atomic operation worth
    /// its name.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.inline.get_mut()
    }

    /// The value, without a look at whether it is there.
    ///
    /// # Safety
    ///
    /// The cell has a value, and something orders its publication before this call.
    #[inline]
    pub unsafe fn get_unchecked(&self) -> &T {
        // SAFETY: [INLINE-READ] the caller's promise.
        unsafe { self.inline.get_done() }
    }

    /// Fills the cell.
    ///
    /// Blocks while another thread computes. If the cell has or gets a value, `value` comes back.
    ///
    /// # Errors
    ///
    /// `value`, if the cell holds another one.
    ///
    /// # Panics
    ///
    /// If called from within the cell's own initialiser, or if waiting would close a cycle.
    #[inline]
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        self.try_insert(value).map(drop).map_err(|(_, value)| value)
    }

    /// Fills the cell and returns a reference to the value; otherwise the value that is there, and
    /// yours.
    ///
    /// Blocks and panics as [`set`](Self::set).
    ///
    /// # Errors
    ///
    /// The published value and `value`, if the cell holds another one.
    #[inline]
    #[track_caller]
    pub fn try_insert(&self, value: T) -> Result<&T, (&T, T)> {
        let mut value = Some(value);
        let published = self.get_or_init(|| value.take().expect("runs once"));
        match value {
            None => Ok(published),
            Some(value) => Err((published, value)),
        }
    }

    /// The value, computed by `f` if there is none.
    ///
    /// Blocks while another thread computes: spins up to 30 µs, then parks. There are no losers. If
    /// `f` panics, the cell stays empty, a waiter computes, and the panic goes on. Recursion
    /// panics. If the value is there, it costs what [`get`](Self::get) costs; whoever computes
    /// pays two compare-exchanges besides `f`.
    ///
    /// # Panics
    ///
    /// If called from within the cell's own initialiser, or if waiting would close a cycle of
    /// initialisers across threads.
    #[inline]
    #[track_caller]
    pub fn get_or_init<F>(&self, f: F) -> &T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// The value, computed by `f` if there is none, unless `f` fails.
    ///
    /// As [`get_or_init`](Self::get_or_init); an `Err` is returned to the caller whose closure it
    /// was, the cell stays empty, and a waiter computes.
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
    pub fn get_or_try_init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        match self.get() {
            Some(value) => Ok(value),
            None => self.init(f),
        }
    }

    /// Out of line, with the site made here: a call site keeps nothing but the hit path and a call.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        self.inline.init(Self::site(), f)
    }

    /// As [`get_or_init`](Self::get_or_init), through `&mut`: never blocks, and returns `&mut`.
    pub fn get_mut_or_init<F>(&mut self, f: F) -> &mut T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_mut_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// As [`get_or_try_init`](Self::get_or_try_init), through `&mut`: never blocks, and returns
    /// `&mut`.
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

    /// Waits until somebody has filled the cell; computes nothing.
    ///
    /// Blocks, for ever if nobody does. A failed initialiser does not end the wait.
    ///
    /// # Panics
    ///
    /// If called from within the cell's own initialiser, or if waiting would close a cycle.
    #[inline]
    #[track_caller]
    pub fn wait(&self) -> &T {
        match self.get() {
            Some(value) => value,
            None => self
                .inline
                .wait(None, Self::site())
                .expect("an endless wait ends with a value"),
        }
    }

    /// Waits until somebody has filled the cell, but no longer than `timeout`; computes nothing.
    ///
    /// Blocks for `timeout` at most (a zero one does not block), and so ends with `None` where
    /// [`wait`](Self::wait) panics. A timeout that is longer than the clock can count is none:
    /// then it is `wait`.
    #[inline]
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Option<&T> {
        match self.get() {
            Some(value) => Some(value),
            None => self.inline.wait(Deadline::after(timeout), Self::site()),
        }
    }

    /// Moves the value out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        self.inline.take()
    }

    /// The value, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }
}

impl<T> InitCell for OnceCell<T> {
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
    #[track_caller]
    fn get_or_try_init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        self.get_or_try_init(f)
    }

    #[inline]
    #[track_caller]
    fn set(&self, value: T) -> Result<(), T> {
        self.set(value)
    }
}

impl<T> InitCellMut for OnceCell<T> {
    #[inline]
    fn get_mut(&mut self) -> Option<&mut T> {
        self.get_mut()
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        self.take()
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    fn clone(&self) -> Self {
        self.get().cloned().map_or_else(Self::new, Self::with_value)
    }
}

impl<T> From<T> for OnceCell<T> {
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

cell_traits!(OnceCell);

impl<T: UnwindSafe> UnwindSafe for OnceCell<T> {}
// A closure that panics leaves the cell empty, never half full.
impl<T: UnwindSafe + RefUnwindSafe> RefUnwindSafe for OnceCell<T> {}
