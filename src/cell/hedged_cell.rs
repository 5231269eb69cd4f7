//! One computes, the others wait so long and no longer.

use alloc::boxed::Box;
use core::{
    convert::Infallible,
    panic::{RefUnwindSafe, UnwindSafe},
    time::Duration,
};

use super::{
    InitCell, InitCellMut,
    raw::slot::{OwningSlot, Slot},
    traits::cell_traits,
};
use crate::{
    limits::DEFAULT_PATIENCE,
    wait::{
        computing::{Kind, Site},
        gate::{Bounded, Claim, Gate, Turn},
    },
};

/// A cell between [`OnceCell`](crate::OnceCell) and [`RaceCell`](crate::RaceCell): one thread
/// computes and the others wait, but not for ever.
///
/// Each waiting thread grants the computing one a lease of `patience`, from the moment when it
/// finds it computing. When a lease runs out before a value is published, exactly one waiter takes
/// over and computes too; the lease for that one is twice as long. Whoever finishes first
/// publishes, whole, by one compare-exchange, and wakes the waiters.
///
/// It is for initialisers that may stall: name resolution, a page fault, a thread that lost its
/// core. No thread waits longer than the patience and its own computation, as long as those who
/// took over do not stall too. Patience zero comes close to a race cell, patience without
/// end (`Duration::MAX`) is a once-cell.
///
/// * **Losers**: a value that was not published is dropped by the thread that made it, after
///   everybody was woken.
/// * **Failure**: if the closure panics or returns `Err`, the cell stays empty, and a waiter
///   computes.
/// * **Recursion**: asking for the value from within its own initialiser panics, whatever the
///   patience.
///
/// ```
/// use onset::HedgedCell;
/// use std::time::Duration;
///
/// static ADDRESS: HedgedCell<String> = HedgedCell::new(Duration::from_millis(20));
///
/// let address = ADDRESS.get_or_init(|| "resolved, now and then slowly".to_string());
/// assert!(address.starts_with("resolved"));
/// ```
///
/// The value is boxed, because two threads may write one at the same time. Under a closure that
/// must not run twice, use `OnceCell`.
pub struct HedgedCell<T> {
    slot: OwningSlot<Box<T>>,
    gate: Gate<Bounded>,
}

impl<T> HedgedCell<T> {
    /// An empty cell whose waiters wait for `patience` before one of them computes too.
    #[must_use]
    pub const fn new(patience: Duration) -> Self {
        Self {
            slot: OwningSlot(Slot::empty()),
            gate: Gate::new(Bounded(patience)),
        }
    }

    /// A cell that holds `value`, with the default patience of 100 µs. Not `const`: it allocates.
    #[must_use]
    pub fn with_value(value: T) -> Self {
        let cell = Self::EMPTY;
        // It was empty.
        let _ = cell.set(value);
        cell
    }

    /// How long the first lease is.
    pub const fn patience(&self) -> Duration {
        self.gate.patience.0
    }

    #[track_caller]
    fn site() -> Site {
        Site::of::<T>(const { &Kind::cell("HedgedCell") })
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
    /// Never blocks, even while another thread computes: then `value` is published, the waiters
    /// wake, and the computing thread loses. If another value is there or wins, `value` comes
    /// back.
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
    /// Never blocks; as [`set`](Self::set).
    ///
    /// # Errors
    ///
    /// The published value and `value`, if the cell holds another one.
    pub fn try_insert(&self, value: T) -> Result<&T, (&T, T)> {
        if let Some(published) = self.get() {
            return Err((published, value));
        }
        let outcome = self.slot.publish(Box::new(value));
        self.gate.finish();
        outcome.map_err(|(published, lost)| (published, *lost))
    }

    /// The value, computed by `f` if there is none.
    ///
    /// Blocks while another thread computes, for one lease at a time: when it runs out, one waiter
    /// runs its `f` too, and the others grant that one twice as much. A loser's value is dropped by
    /// the loser. If `f` panics, the cell stays empty, a waiter computes, and the panic goes
    /// on. Recursion panics. If the value is there, it costs what [`get`](Self::get) costs;
    /// otherwise `f`, an allocation and three compare-exchanges.
    ///
    /// # Panics
    ///
    /// If called from within the cell's own initialiser; if the patience is endless and waiting
    /// would close a cycle.
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
    /// As [`get_or_init`](Self::get_or_init). An `Err` is returned even if another thread has
    /// published in the meantime.
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
        let site = Self::site();
        match self.gate.enter(site) {
            Turn::Done => Ok(self
                .get()
                .expect("a gate is finished after the publication")),
            Turn::Mine(claim) => self.compute(claim, site, f),
        }
    }

    fn compute<F, E>(&self, claim: Claim<'_, Bounded>, site: Site, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        // Somebody may have published without a claim (`set`), or with one that he lost, and not
        // have finished yet.
        if let Some(published) = self.get() {
            claim.finish();
            return Ok(published);
        }
        let value = Box::new(claim.compute(site, f)?);
        let outcome = self.slot.publish(value);
        claim.finish();
        // A loser's box is dropped here, after everybody was woken.
        Ok(outcome.unwrap_or_else(|(published, _lost)| published))
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
            // It is empty, and nobody else is here.
            let _ = self.set(f()?);
        }
        Ok(self.get_mut().expect("it was there, or was put there"))
    }

    /// Moves the value out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        self.gate.reset();
        self.slot.take().map(|value| *value)
    }

    /// The value, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }
}

impl<T> InitCell for HedgedCell<T> {
    type Value = T;
    /// With the default patience of 100 µs.
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "each use is a new cell"
    )]
    const EMPTY: Self = Self::new(DEFAULT_PATIENCE);

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
    fn set(&self, value: T) -> Result<(), T> {
        self.set(value)
    }
}

impl<T> InitCellMut for HedgedCell<T> {
    #[inline]
    fn get_mut(&mut self) -> Option<&mut T> {
        self.get_mut()
    }

    #[inline]
    fn take(&mut self) -> Option<T> {
        self.take()
    }
}

/// The clone has the same patience.
impl<T: Clone> Clone for HedgedCell<T> {
    fn clone(&self) -> Self {
        let clone = Self::new(self.patience());
        if let Some(value) = self.get() {
            // It was empty.
            let _ = clone.set(value.clone());
        }
        clone
    }
}

/// With the default patience of 100 µs.
impl<T> From<T> for HedgedCell<T> {
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

cell_traits!(HedgedCell);

impl<T: UnwindSafe> UnwindSafe for HedgedCell<T> {}
// A closure that panics leaves the cell empty, never half full.
impl<T: UnwindSafe + RefUnwindSafe> RefUnwindSafe for HedgedCell<T> {}
