//! An object that has one value per thread.

use core::{
    convert::Infallible,
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::{
    AccessError, InitError, IntoIter, IterMut,
    raw::{Found, Lent, Slots},
    visit::Visit,
};
use crate::wait::computing::{self, Kind, Site};

/// One value per thread, computed on the thread's first use, and dropped when the thread exits or
/// when the `PerThread` goes, whichever comes first.
///
/// It is an object, not a declaration: it stands in a `static` or in a field, and thousands may be
/// alive at once. References never leave the closure, which is what makes the clean-up sound.
///
/// * **Drop**: exactly once, also if the thread and the object go at the same moment. At a thread's
///   exit the value is dropped by that thread, in no particular order among several objects (or, if
///   another thread visits it just then, by that one). When the object goes the values of all
///   threads are dropped by whoever drops the object: hence `T: Send`.
/// * **A destructor** may use the same or another `PerThread`. During a thread's tear-down it finds
///   the values that are left; new ones are refused ([`AccessError::TornDown`]), because nobody
///   would drop them. One that panics at a thread's exit is reported by the panic hook; the other
///   values are dropped and the thread ends as it would have. One that panics when the object goes
///   is passed on after the other values have been dropped; a second one aborts, as it does when a
///   `Vec` is dropped.
/// * **A coroutine** with a stack of its own may be suspended inside a `with`. The value then is in
///   use, and if the thread exits it stays until the object goes.
/// * **Recursion**: asking for the value from within its own initialiser panics.
/// * **Failure**: an initialiser that returns a `Result` goes with
///   [`with_try_init`](Self::with_try_init) and [`scope_try_init`](Self::scope_try_init).
/// * **Identity**: a new thread never gets a dead one's value, even if the system gives it the same
///   identifier: nothing here knows threads by their identifiers.
/// * **Memory**: a value takes up two cache lines or more, so that threads do not disturb each
///   other. It and its bookkeeping are freed when the thread exits. Each thread has a table of 32
///   bytes per object, as long as the most objects that were alive at once, as far as it used them.
/// * **The main thread's** values are dropped at its exit on most platforms, as with
///   `std::thread_local!`; a process that is ended from another thread does not drop them.
///
/// ```
/// use onset::PerThread;
/// use std::cell::Cell;
///
/// static REQUESTS: PerThread<Cell<u64>> = PerThread::new(|| Cell::new(0));
///
/// REQUESTS.with(|n| n.set(n.get() + 1));
/// std::thread::spawn(|| REQUESTS.with(|n| assert_eq!(n.get(), 0))).join().unwrap();
/// assert_eq!(REQUESTS.with(Cell::get), 1);
/// ```
///
/// A reference into a value that lived on after the closure could outlive its thread, and then be
/// read while the value's place belongs to another one. It does not compile:
///
/// ```compile_fail,E0521
/// use onset::PerThread;
/// use std::cell::Cell;
///
/// static NAMES: PerThread<String> = PerThread::new(|| "mine".to_string());
/// thread_local!(static KEPT: Cell<&'static str> = const { Cell::new("") });
///
/// NAMES.with(|name| KEPT.set(name.as_str()));
/// ```
///
/// [`scope`](Self::scope) is for values that have transactions. Prefer `std::thread_local!` for a
/// static whose value needs neither `remove` nor `for_each`: it costs half as much.
///
/// The idea is that of the per-thread storage of Zope's database connections and of the Python
/// Cookbook, whose authors wished for a clean-up when a thread ends.
pub struct PerThread<T, F = fn() -> T> {
    pub(super) slots: Slots<T>,
    init: F,
}

impl<T, F> PerThread<T, F> {
    /// No values yet; `init` computes each thread's on its first use.
    #[must_use]
    pub const fn new(init: F) -> Self {
        Self {
            slots: Slots::new(),
            init,
        }
    }

    #[track_caller]
    pub(super) fn site() -> Site {
        const KIND: Kind =
            Kind::initialised("PerThread", "compute the value without asking for it");
        Site::of::<T>(&KIND)
    }

    /// How many living threads have a value. One that is taken out for a `scope` does not count.
    ///
    /// Blocks for the time of another thread's first use, removal or exit, which is short: no user
    /// code runs meanwhile. Drops what threads left that exited while the object was borrowed by
    /// [`iter_mut`](Self::iter_mut). Costs time in proportion to the number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no living thread has a value; see [`len`](Self::len).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `f` with the value of each living thread that has one, in no particular order.
    ///
    /// Does not block others but those who want to `remove` their value, or to take it out for a
    /// `scope`: they wait until `f` has seen it, and if `f` waits for one of them, whoever closes
    /// the circle panics. A thread that exits does not wait: its value is then dropped here. Values that are in a `scope` at the moment are left out. `f` may use this
    /// object, but not `remove` this thread's value nor open a `scope` on it. If `f` panics, the
    /// panic goes on. Before it begins it may have to drop what threads left that exited while the
    /// object was borrowed by [`iter_mut`](Self::iter_mut): if a destructor panics, the visit does
    /// not take place. Costs two allocations, two short locks, and one more for
    /// each value.
    ///
    /// # Panics
    ///
    /// As `f` does, or a destructor of what threads have left.
    #[track_caller]
    pub fn for_each(&self, mut f: impl FnMut(&T))
    where
        T: Sync,
    {
        let mut visit = Visit::of(self.slots.visit());
        // This thread's own is lent, too: it must not wait for itself.
        let _own = self.slots.find_again();
        while visit.next(&mut f) {}
    }

    /// The calling thread's value, which it then has no more.
    ///
    /// Blocks while other threads visit the value by [`for_each`](Self::for_each). Drops first, as
    /// [`for_each`](Self::for_each) does, what threads have left. Costs two short locks.
    ///
    /// # Panics
    ///
    /// If the value is in use further up the stack: inside a `with`, a `for_each` or a `scope` that
    /// reads it. If waiting for a visitor would close a cycle, or if a destructor of what was left
    /// panics; then nothing is removed.
    #[track_caller]
    pub fn remove(&self) -> Option<T> {
        match self.slots.take_out(Self::site()) {
            Ok(loan) => loan.map(|loan| loan.into_value()),
            Err(unavailable) => refuse::<T>(unavailable.into()),
        }
    }

    /// The values of all living threads.
    ///
    /// Never blocks for long. A thread that exits while the object is so borrowed does not wait:
    /// its value stays, and is dropped when the object is used next or goes. Nobody sees the end of
    /// the borrow, so the same holds for threads that exit after it, until that next use; a `with`
    /// of a thread that has a value does not count as one. If such a destructor panics, the use does
    /// not take place.
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        IterMut {
            members: self.slots.iter_mut(),
        }
    }

    /// Drops the values of all threads; each gets a new one on its next use.
    ///
    /// # Panics
    ///
    /// If a destructor does: after the other values have been dropped.
    pub fn clear(&mut self) {
        drop(self.slots.close());
    }
}

impl<T: Send + 'static, F: Fn() -> T> PerThread<T, F> {
    /// Calls `f` with the calling thread's value, computed by the initialiser if there is none.
    ///
    /// Never blocks, but on a thread's first use for the time of another one's first use, removal
    /// or exit, which is short: no user code runs meanwhile. If the initialiser panics, the thread
    /// has no value, and its next use tries again. A first use drops, as
    /// [`for_each`](Self::for_each) does, what other threads have left. Costs a look into a table of
    /// the thread's own, about a nanosecond; a first use also an allocation and two short locks.
    ///
    /// # Panics
    ///
    /// If the initialiser asks for the value, if the value is taken out for a `scope` further up
    /// the stack, or if the thread is being torn down and its value is gone. On a first use also if
    /// a destructor of what was left panics.
    #[inline]
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        match self.slots.find() {
            Some(value) => f(&value),
            None => match self.first_use(Self::site()) {
                Ok(value) => f(&value),
                Err(error) => refuse::<T>(error),
            },
        }
    }

    /// As [`with`](Self::with), with an error where that panics because there is no value to be
    /// had.
    ///
    /// # Errors
    ///
    /// [`AccessError::TornDown`] if the thread is being torn down and its value is gone,
    /// [`AccessError::InUse`] inside a `scope`.
    ///
    /// # Panics
    ///
    /// If the initialiser asks for the value, or if a destructor of what was left panics.
    #[inline]
    #[track_caller]
    pub fn try_with<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        match self.slots.find() {
            Some(value) => Ok(f(&value)),
            None => Ok(f(&*self.first_use(Self::site())?)),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn first_use(&self, site: Site) -> Result<Lent<'_, T>, AccessError> {
        match self.first_use_by(site, || Ok::<_, Infallible>((self.init)())) {
            Ok(value) => Ok(value),
            Err(InitError::Access(error)) => Err(error),
            Err(InitError::Init(never)) => match never {},
        }
    }
}

/// For values that may not be had: connections, files.
impl<T: Send + 'static, E, F: Fn() -> Result<T, E>> PerThread<T, F> {
    /// As [`with`](Self::with), for an initialiser that may fail.
    ///
    /// If it does, `f` is not called, the thread has no value, and its next use tries again.
    ///
    /// ```
    /// use onset::PerThread;
    /// use std::{cell::RefCell, fs::File, io::{self, Write}};
    ///
    /// /// A file per thread, so that nobody waits for another one's turn.
    /// static LOG: PerThread<RefCell<File>, fn() -> io::Result<RefCell<File>>> =
    ///     PerThread::new(|| tempfile().map(RefCell::new));
    /// # fn tempfile() -> io::Result<File> { File::create(std::env::temp_dir().join("onset-log")) }
    ///
    /// LOG.with_try_init(|file| writeln!(file.borrow_mut(), "here")).unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`InitError::Init`] with the initialiser's error, or [`InitError::Access`] where
    /// [`try_with`](Self::try_with) fails.
    ///
    /// # Panics
    ///
    /// As [`try_with`](Self::try_with).
    #[inline]
    #[track_caller]
    pub fn with_try_init<R>(&self, f: impl FnOnce(&T) -> R) -> Result<R, InitError<E>> {
        match self.slots.find() {
            Some(value) => Ok(f(&value)),
            None => Ok(f(&*self.first_use_or_err(Self::site())?)),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn first_use_or_err(&self, site: Site) -> Result<Lent<'_, T>, InitError<E>> {
        self.first_use_by(site, &self.init)
    }
}

impl<T: Send + 'static, F> PerThread<T, F> {
    fn first_use_by<E>(
        &self,
        site: Site,
        init: impl FnOnce() -> Result<T, E>,
    ) -> Result<Lent<'_, T>, InitError<E>> {
        match self.slots.find_or_vacant().map_err(AccessError::from)? {
            Found::Value(value) => Ok(value),
            Found::Nothing(vacant) => {
                computing::forbid_recursion(vacant.key(), site);
                let value = computing::enter(vacant.key(), site, init);
                Ok(vacant.fill(value.map_err(InitError::Init)?))
            }
        }
    }
}

#[cold]
#[track_caller]
fn refuse<T>(error: AccessError) -> ! {
    panic!("`PerThread<{}>`: {error}", core::any::type_name::<T>())
}

impl<T: Default> Default for PerThread<T> {
    /// Each thread's value is `T::default()`.
    fn default() -> Self {
        Self::new(T::default)
    }
}

/// Shows how many threads have a value.
impl<T, F> fmt::Debug for PerThread<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerThread")
            .field("threads", &self.len())
            .finish_non_exhaustive()
    }
}

impl<T, F> IntoIterator for PerThread<T, F> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    /// The values of all living threads, owned.
    fn into_iter(self) -> IntoIter<T> {
        let Self { mut slots, init } = self;
        let nodes = slots.close().into_iter();
        // Not at the end of the block: what is returned by then leaks if a destructor panics
        // (rust-lang/rust 47949).
        drop(init);
        IntoIter { nodes }
    }
}

impl<'a, T, F> IntoIterator for &'a mut PerThread<T, F> {
    type Item = &'a mut T;
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for PerThread<T, F> {}
impl<T: RefUnwindSafe, F: RefUnwindSafe> RefUnwindSafe for PerThread<T, F> {}
