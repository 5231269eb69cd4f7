//! The current value, read without a shared write.

use alloc::sync::Arc;
use core::{
    convert::Infallible,
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr,
    time::Duration,
};

use super::{
    Guard, Reader,
    raw::{Current, Version},
};
use crate::{
    sync::Deadline,
    wait::{
        computing::{Kind, Site},
        gate::{Endless, Gate, Turn},
    },
};

/// Holds the current value of something that is replaced as a whole: settings, a routing table, a
/// key.
///
/// [`load`](Self::load) gives a guard that keeps its snapshot for as long as it lives. Each thread
/// has a copy of the current `Arc` of its own, and a load that finds it current touches nothing
/// shared but a generation counter, which changes only when a value is published: readers do not
/// disturb each other, nor writers.
///
/// * **Writing** is for the rarer side: it takes a short lock and makes every thread renew its copy
///   at its next load, under the same lock.
/// * **Old values** are dropped by whoever lets go of them last, outside the lock: the writer, a
///   reader at its next load, a guard, or a thread at its exit. The price of the copies: a thread
///   that stops reading keeps at most one old value alive, until it reads again or exits. When the
///   cell is dropped the copies go with it.
/// * **Panics**: a destructor, an `update` closure or a `lazy` initialiser that panics leaves the
///   cell as it was, or, for a destructor, as it was to become.
/// * **Generations** count the publications from one; a lazy cell without a value has zero.
///
/// ```
/// use onset::SnapshotCell;
///
/// static LIMITS: SnapshotCell<Vec<u32>> = SnapshotCell::lazy(|| vec![10, 20]);
///
/// let before = LIMITS.load();
/// LIMITS.update(|limits| limits.iter().map(|limit| limit + 1).collect());
/// assert_eq!(*before, [10, 20], "a guard keeps its snapshot");
/// assert_eq!(*LIMITS.load(), [11, 21]);
/// ```
///
/// Prefer [`Reader`] where something `mut` can be kept between two reads, an
/// [`OnceCell`](crate::OnceCell) for what never changes, and an atomic for a number. Where values
/// are stored about as often as they are loaded, a `Mutex<Arc<T>>` does the same work.
///
/// The engine (a generation, a mutex around the current `Arc`, a copy per thread) is the one that
/// per-thread caches have had for long; arc-swap's `Cache` is its explicit form, and hides behind
/// every `load` here.
pub struct SnapshotCell<T> {
    pub(super) current: Current<T>,
    /// Who may compute the first value; done once there is one.
    gate: Gate<Endless>,
    init: Option<fn() -> T>,
}

/// What [`SnapshotCell::compare_and_swap`] found instead of what was expected.
#[derive(Clone, Debug)]
pub struct Changed<T> {
    /// The published value.
    pub current: Arc<T>,
    /// The value that was not published.
    pub new: Arc<T>,
}

impl<T> SnapshotCell<T> {
    /// A cell that holds `value`.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self::with_arc(Arc::new(value))
    }

    /// A cell that holds the value of an `Arc`.
    #[must_use]
    pub const fn with_arc(value: Arc<T>) -> Self {
        Self {
            current: Current::full(value),
            gate: Gate::done(Endless),
            init: None,
        }
    }

    /// A cell whose first value is computed by the first load, unless one is stored before.
    ///
    /// One thread computes, and the others wait as for an [`OnceCell`](crate::OnceCell): they spin
    /// up to 30 µs, then park. If `init` panics there is no value, and the next load tries again.
    /// A value that is stored meanwhile wins, and `init`'s is dropped.
    #[must_use]
    pub const fn lazy(init: fn() -> T) -> Self {
        Self {
            current: Current::empty(),
            gate: Gate::new(Endless),
            init: Some(init),
        }
    }

    #[track_caller]
    fn site() -> Site {
        const KIND: Kind =
            Kind::initialised("SnapshotCell", "compute the value without loading the cell");
        Site::of::<T>(&KIND)
    }

    /// How many values have been published; a lazy cell without a value has zero.
    ///
    /// Never blocks. Who sees a generation sees what its publisher did before it published.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.current.generation()
    }

    /// Waits until the generation is another one than `seen`, and returns it; `None` if `timeout`
    /// has passed.
    ///
    /// Blocks: parks at once, since publications are rare. Does not compute a lazy cell's first
    /// value. A change that happens between a look at [`generation`](Self::generation) and this
    /// call is not missed.
    ///
    /// ```
    /// use onset::SnapshotCell;
    /// use std::time::Duration;
    ///
    /// let cell = SnapshotCell::new(1);
    /// let seen = cell.generation();
    /// assert_eq!(cell.wait_for_change(seen, Duration::from_millis(1)), None);
    /// std::thread::scope(|s| {
    ///     s.spawn(|| cell.store(2));
    ///     assert_eq!(cell.wait_for_change(seen, Duration::MAX), Some(seen + 1));
    /// });
    /// ```
    #[track_caller]
    pub fn wait_for_change(&self, seen: u64, timeout: Duration) -> Option<u64> {
        self.current
            .wait_for_change(seen, Deadline::after(timeout), Self::site())
    }

    /// Publishes `value`.
    ///
    /// Blocks for the time of another thread's publication or renewal, which is short: no user code
    /// runs meanwhile. Does not wait for a lazy cell's initialiser, whose value is then dropped. If
    /// the old value is let go of here, its destructor runs after the publication, and a panic of
    /// it goes on. Costs an allocation and a lock.
    pub fn store(&self, value: T) {
        self.store_arc(Arc::new(value));
    }

    /// Publishes the value of an `Arc`; otherwise as [`store`](Self::store).
    pub fn store_arc(&self, value: Arc<T>) {
        drop(self.publish(value));
    }

    fn publish(&self, value: Arc<T>) -> Option<Arc<T>> {
        let old = self.current.publish_if(|_| true, value);
        if !self.gate.is_done() {
            self.gate.finish();
        }
        old.unwrap_or_else(|_| unreachable!("published on no condition"))
    }
}

impl<T: Send + Sync + 'static> SnapshotCell<T> {
    /// The current value, in a guard that keeps it.
    ///
    /// Blocks only if a value has been published since this thread's last load, and then for a
    /// moment, in which no user code runs; and on a lazy cell, while its first value is computed. If
    /// this thread's copy was the last of the old value, its destructor runs here, and a panic of it
    /// goes on. Otherwise it costs a load, a look into a table of the thread's own, and an
    /// increment that no other thread sees. A thread's first load of a cell allocates and takes short
    /// locks; while the thread is torn down, each one takes the cell's lock.
    ///
    /// # Panics
    ///
    /// A lazy cell: if the initialiser does, if it loads the cell, or if waiting for it would close
    /// a cycle.
    #[inline]
    #[track_caller]
    pub fn load(&self) -> Guard<'_, T> {
        let copy = match self.current.load() {
            Some(copy) => copy,
            None => self.first(Self::site(), Current::load),
        };
        Guard { copy }
    }

    /// The current value, to be kept for longer than the cell or sent to another thread.
    ///
    /// Blocks and panics as [`load`](Self::load). Costs an increment that all threads share, besides.
    #[track_caller]
    pub fn load_full(&self) -> Arc<T> {
        let guard = self.load();
        let value = Guard::to_arc(&guard);
        // Not at the end of the block: see `Current::refresh`.
        drop(guard);
        value
    }

    /// A handle with a copy of its own; blocks and panics as [`load`](Self::load).
    #[track_caller]
    pub fn reader(&self) -> Reader<'_, T> {
        Reader::new(self, self.version())
    }

    #[track_caller]
    pub(super) fn version(&self) -> Version<T> {
        match self.current.version() {
            Some(version) => version,
            None => self.first(Self::site(), Current::version),
        }
    }

    /// What `look` finds once the first value is published.
    #[cold]
    #[inline(never)]
    fn first<'a, R>(&'a self, site: Site, look: fn(&'a Current<T>) -> Option<R>) -> R {
        if let (Turn::Mine(claim), Some(init)) = (self.gate.enter(site), self.init) {
            let value = claim.compute(site, || Arc::new(init()));
            // A value that was stored meanwhile stays, and this one is dropped.
            let _ = self.current.publish_if(|there| there.is_none(), value);
            claim.finish();
        }
        look(&self.current).expect("once the gate is done, there is a value")
    }

    /// Publishes `value` and returns the one before.
    ///
    /// As [`store`](Self::store), but a lazy cell without a value computes its first one before, as
    /// for [`load`](Self::load).
    #[track_caller]
    pub fn swap(&self, value: T) -> Arc<T> {
        self.swap_arc(Arc::new(value))
    }

    /// Publishes the value of an `Arc` and returns the one before; otherwise as
    /// [`swap`](Self::swap).
    #[track_caller]
    pub fn swap_arc(&self, value: Arc<T>) -> Arc<T> {
        // Not by taking a copy, which might be the last one by the time when it is dropped.
        if self.current.glimpse() == 0 {
            self.first(Self::site(), |_| Some(()));
        }
        self.publish(value)
            .expect("there was a value before, and there still is")
    }

    /// Publishes `new` if the published value still is `current`: the same one, not an equal one.
    /// Returns the one before.
    ///
    /// `current` is what a [`Guard`] or an `Arc` of this cell dereferences to. Blocks as
    /// [`store`](Self::store); nothing is dropped here. A lazy cell without a value has none that
    /// could be `current`, and computes its first one for the error.
    ///
    /// # Errors
    ///
    /// The published value and `new`, if the published value is another one.
    ///
    /// ```
    /// use onset::SnapshotCell;
    /// use std::sync::Arc;
    ///
    /// let cell = SnapshotCell::new("old");
    /// let seen = cell.load();
    /// assert!(cell.compare_and_swap(&seen, Arc::new("new")).is_ok());
    /// let refused = cell.compare_and_swap(&seen, Arc::new("late")).unwrap_err();
    /// assert_eq!((*refused.current, *refused.new), ("new", "late"));
    /// ```
    #[track_caller]
    pub fn compare_and_swap(&self, current: &T, new: Arc<T>) -> Result<Arc<T>, Changed<T>> {
        let mut other = None;
        let condition = |there: Option<&Arc<T>>| {
            let expected = is_same(there, current);
            if !expected {
                // Now: by the next look it may be the expected one again.
                other = there.cloned();
            }
            expected
        };
        match self.current.publish_if(condition, new) {
            Ok(old) => Ok(old.expect("it was the expected one")),
            Err(new) => Err(Changed {
                current: match other {
                    Some(other) => other,
                    None => self.version().value,
                },
                new,
            }),
        }
    }

    /// Publishes what `f` makes of the current value, and returns it.
    ///
    /// If another value is published meanwhile, `f` is called again with that one. Blocks as
    /// [`store`](Self::store); no lock is held while `f` runs. What `f` made in vain is dropped. If
    /// `f` panics, nothing is published and the panic goes on. `f` may use the cell; if it publishes
    /// a value each time, this never ends.
    #[track_caller]
    pub fn update(&self, mut f: impl FnMut(&T) -> T) -> Arc<T> {
        let Ok(new) = self.try_update(|value| Ok::<_, Infallible>(f(value)));
        new
    }

    /// As [`update`](Self::update), but `f` may fail.
    ///
    /// # Errors
    ///
    /// Those of `f`; then nothing is published.
    #[track_caller]
    pub fn try_update<E>(&self, mut f: impl FnMut(&T) -> Result<T, E>) -> Result<Arc<T>, E> {
        loop {
            let current = self.load();
            let made = f(&current).map(Arc::new);
            let done = match &made {
                Ok(new) => self
                    .current
                    .publish_if(|there| is_same(there, &current), Arc::clone(new))
                    .is_ok(),
                Err(_) => true,
            };
            // Not at the end of the block: see `Current::refresh`.
            drop(current);
            if done {
                drop(f);
                return made;
            }
        }
    }
}

fn is_same<T>(there: Option<&Arc<T>>, expected: &T) -> bool {
    there.is_some_and(|there| ptr::eq(&**there, expected))
}

impl<T> From<T> for SnapshotCell<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> From<Arc<T>> for SnapshotCell<T> {
    fn from(value: Arc<T>) -> Self {
        Self::with_arc(value)
    }
}

impl<T: Default> Default for SnapshotCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// Shows the current value; `<uninit>` for a lazy cell without one.
impl<T: fmt::Debug> fmt::Debug for SnapshotCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.current.version().map(|version| version.value);
        crate::cell::debug(f, "SnapshotCell", value)
    }
}

impl<T: RefUnwindSafe> UnwindSafe for SnapshotCell<T> {}
impl<T: RefUnwindSafe> RefUnwindSafe for SnapshotCell<T> {}
