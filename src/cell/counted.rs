//! How often was the work duplicated?

use core::fmt;

use super::{InitCell, InitCellMut, traits};
use crate::sync::{AtomicBool, AtomicUsize, Ordering};

/// A cell around another that counts how often the value was computed, and how often in vain.
///
/// Reading costs what it costs on `C`; a computation pays two increments.
///
/// ```
/// use onset::{Counted, InitCell, RaceCell};
///
/// static CELL: Counted<RaceCell<u64>> = Counted::new(RaceCell::new());
///
/// std::thread::scope(|s| {
///     for n in 0..4 {
///         s.spawn(move || CELL.get_or_init(|| n));
///     }
/// });
/// assert!((1..=4).contains(&CELL.computations()));
/// assert_eq!(CELL.lost_races(), CELL.computations() - 1);
/// ```
///
/// The counts are exact when no call is under way; during one they may lag behind. They tell how
/// often, never what: nothing can be ordered by them.
pub struct Counted<C> {
    cell: C,
    /// Closures that began.
    computations: AtomicUsize,
    /// Closures that returned a value.
    completed: AtomicUsize,
    /// Whether the value came by `set`, not from a closure.
    was_set: AtomicBool,
}

impl<C> Counted<C> {
    /// Counts what happens to `cell` from now on.
    #[must_use]
    pub const fn new(cell: C) -> Self {
        Self {
            cell,
            computations: AtomicUsize::new(0),
            completed: AtomicUsize::new(0),
            was_set: AtomicBool::new(false),
        }
    }

    /// How many closures began to run, those that failed among them.
    pub fn computations(&self) -> usize {
        // Relaxed: a count from which nothing follows; so are all in this file.
        self.computations.load(Ordering::Relaxed)
    }

    /// The cell itself. What is done to it directly is not counted; a value that comes that way
    /// makes `lost_races` wrong.
    pub const fn inner(&self) -> &C {
        &self.cell
    }

    /// The cell itself, without its counts.
    pub fn into_inner(self) -> C {
        self.cell
    }
}

impl<C: InitCell> Counted<C> {
    /// How many closures returned a value that was not published, because another one was.
    pub fn lost_races(&self) -> usize {
        let completed = self.completed.load(Ordering::Relaxed);
        let published = self.cell.get().is_some() && !self.was_set.load(Ordering::Relaxed);
        completed.saturating_sub(usize::from(published))
    }
}

impl<C: InitCell> InitCell for Counted<C> {
    type Value = C::Value;
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "each use is a new cell"
    )]
    const EMPTY: Self = Self::new(C::EMPTY);

    #[inline]
    fn get(&self) -> Option<&C::Value> {
        self.cell.get()
    }

    #[inline]
    #[track_caller]
    fn get_or_try_init<F, E>(&self, f: F) -> Result<&C::Value, E>
    where
        F: FnOnce() -> Result<C::Value, E>,
    {
        self.cell.get_or_try_init(|| {
            self.computations.fetch_add(1, Ordering::Relaxed);
            let value = f()?;
            self.completed.fetch_add(1, Ordering::Relaxed);
            Ok(value)
        })
    }

    #[track_caller]
    fn set(&self, value: C::Value) -> Result<(), C::Value> {
        self.cell.set(value)?;
        self.was_set.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl<C: InitCellMut> InitCellMut for Counted<C> {
    fn get_mut(&mut self) -> Option<&mut C::Value> {
        self.cell.get_mut()
    }

    /// Moves the value out; the counts start again at zero.
    fn take(&mut self) -> Option<C::Value> {
        let value = self.cell.take();
        self.computations.store(0, Ordering::Relaxed);
        self.completed.store(0, Ordering::Relaxed);
        self.was_set.store(false, Ordering::Relaxed);
        value
    }
}

impl<C: InitCell> Default for Counted<C> {
    /// An empty cell, nothing counted.
    fn default() -> Self {
        Self::EMPTY
    }
}

/// Never blocks: the value if it is there, and the counts.
impl<C: InitCell> fmt::Debug for Counted<C>
where
    C::Value: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted")
            .field("value", &traits::Shown(self.get()))
            .field("computations", &self.computations())
            .field("lost_races", &self.lost_races())
            .finish()
    }
}
