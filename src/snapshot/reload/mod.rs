//! A snapshot that is kept up to date with something outside the program.

mod check;
mod file_source;
mod source;
mod status;

use alloc::sync::Arc;
use core::{fmt, time::Duration};

use self::{check::Schedule, status::Memory};
pub use self::{
    file_source::{FileError, FileSource, FileStamp, OptionalFile},
    source::{LoadError, Source},
    status::Status,
};
use super::{Guard, raw::Current};
use crate::{
    limits::CHECK_EVERY,
    sync::{Atomic64, Mutex, Ordering, lock},
    wait::{
        computing::{Kind, Site},
        gate::{Endless, Gate},
    },
};

/// What the others do while one thread reloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stale {
    /// They get the old value.
    #[default]
    Serve,
    /// They wait for the new one: nobody gets a value that is older than the last check, and that
    /// is at most `check_every` ago.
    Wait,
}

/// A value that is loaded on first use, and loaded again when its [`Source`] has a new one.
///
/// [`get`](Self::get) asks the source for its stamp, at most every
/// [`check_every`](Self::check_every), and loads if the stamp is a new one. Between two checks it
/// costs a [`SnapshotCell::load`](crate::SnapshotCell::load) and a look at a clock.
///
/// * **One thread reloads at a time**, the one that came first when it was time: there is no thread
///   in the background. The others get the old value, or wait, as [`Stale`] says. While there is no
///   value yet they wait in any case: they spin up to 30 µs, then park.
/// * **Readers** keep the snapshot that they hold.
/// * **A failure** (the source's `Err`, or a panic) keeps the old value, is reported by
///   [`status`](Self::status), and is repeated after a back-off: `check_every`, but at least 100 ms,
///   doubled each time up to [`back_off`](Self::back_off). What failed to load is loaded at the next
///   check all the same if its stamp has changed: a mended file is not waited for. While there is no
///   value, the error is what everybody gets, until it is time to try again.
/// * **A new value** replaces the old one whole, and the old one is dropped as a `SnapshotCell` does.
///
/// ```
/// use onset::{FileSource, Lazy, Reload};
/// use std::{str::Utf8Error, time::Duration};
///
/// type Motto = Reload<FileSource<fn(&[u8]) -> Result<String, Utf8Error>>>;
///
/// fn parse(text: &[u8]) -> Result<String, Utf8Error> {
///     std::str::from_utf8(text).map(|text| text.trim().to_string())
/// }
///
/// static MOTTO: Lazy<Motto> = Lazy::new(|| {
///     let path = std::env::temp_dir().join("onset-motto.txt");
/// #   std::fs::write(&path, "whole, or not at all\n").unwrap();
///     Reload::new(FileSource::new(path, parse as _)).check_every(Duration::from_millis(500))
/// });
///
/// assert_eq!(*MOTTO.get().unwrap(), "whole, or not at all");
/// ```
///
/// The idea is `mod_python`'s: its module cache reloaded a module whose file had changed while
/// requests in flight went on with the old one.
pub struct Reload<S: Source> {
    source: S,
    schedule: Schedule,
    stale: Stale,
    current: Current<S::Value>,
    /// Who reloads. Never done: each reload is a claim that is given back.
    gate: Gate<Endless>,
    /// When to look at the source again, in nanoseconds of the clock; zero: now. Written under the
    /// memory's mutex.
    due: Atomic64,
    memory: Mutex<Memory<S>>,
}

impl<S: Source> Reload<S> {
    /// A value that is loaded on first use, and looked after every second.
    #[must_use]
    pub const fn new(source: S) -> Self {
        Self {
            source,
            schedule: Schedule::new(CHECK_EVERY),
            stale: Stale::Serve,
            current: Current::empty(),
            gate: Gate::new(Endless),
            due: Atomic64::new(0),
            memory: Mutex::new(Memory::new()),
        }
    }

    /// Asks the source at most so often, counted from the end of the last check; zero: at every
    /// `get`, but for those that wait for a check that is under way, and take what it brings. From 50 ms on a coarse clock is used
    /// where the system has one, so a check may be up to 10 ms late.
    #[must_use]
    pub const fn check_every(mut self, every: Duration) -> Self {
        self.schedule.every = every;
        self
    }

    /// What the others do while one thread reloads.
    #[must_use]
    pub const fn stale(mut self, stale: Stale) -> Self {
        self.stale = stale;
        self
    }

    /// The longest pause after a failure; 30 s if you don't say, and never less than `check_every`.
    #[must_use]
    pub const fn back_off(mut self, most: Duration) -> Self {
        self.schedule.back_off = most;
        self
    }

    /// How many values have been loaded. Never blocks.
    ///
    /// As a part of the stamp of a [`Source`] whose value is made of this one, it says when to make
    /// it anew: after a `get` of this one, which is what asks whether there is a new value.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.current.generation()
    }

    /// Where the value comes from.
    pub const fn source(&self) -> &S {
        &self.source
    }

    #[track_caller]
    fn site() -> Site {
        const KIND: Kind = Kind::initialised("Reload", "load the value without asking for it");
        Site::of::<S>(&KIND)
    }

    #[inline]
    fn is_due(&self) -> bool {
        // Acquire: pairs with the Release in `remember`. Who sees that nothing is due sees the
        // generation of the value that was loaded for it.
        self.schedule.now() >= self.due.load(Ordering::Acquire)
    }

    /// Forgets what is known of the source: the next `get` loads, whatever the stamp says and
    /// however the last attempt went. Until then the old value is served, and after that too if it
    /// fails.
    ///
    /// A reload that is under way does not count: the next one does. Never blocks for long.
    pub fn invalidate(&self) {
        let mut memory = lock(&self.memory);
        let stamps = (memory.stamp.take(), memory.wrong.take());
        memory.invalidations += 1;
        // Relaxed: it publishes nothing.
        self.due.store(0, Ordering::Relaxed);
        drop(memory);
        drop(stamps);
    }

    /// How it is doing. Never blocks for long.
    #[must_use]
    pub fn status(&self) -> Status<S::Error> {
        lock(&self.memory).status(self.current.generation())
    }
}

impl<S: Source> Reload<S>
where
    S::Value: Send + Sync + 'static,
{
    /// The value, in a guard that keeps it.
    ///
    /// May ask the source, and load: then it takes as long as that does. Otherwise it blocks while
    /// another thread loads, if [`Stale`] says so or there is no value yet. A panic of the source is
    /// an error, not a panic. If the source asks for the value while it loads, it gets the old one
    /// with [`Stale::Serve`]; otherwise its `get` panics, which by then is a panic of the source.
    /// Costs a [`SnapshotCell::load`](crate::SnapshotCell::load) and a look at a clock, between two
    /// checks.
    ///
    /// # Errors
    ///
    /// Why the last attempt failed, if there is no value yet. With a value there is none: see
    /// [`status`](Self::status).
    ///
    /// # Panics
    ///
    /// If waiting would close a cycle. If the destructor of the old value panics, that panic goes
    /// on, and the new value is there.
    #[inline]
    #[track_caller]
    pub fn get(&self) -> Result<Guard<'_, S::Value>, LoadError<S::Error>> {
        match self.ready() {
            Some(value) => Ok(value),
            None => self.check(Self::site()),
        }
    }

    /// The value, if [`get`](Self::get) would neither ask the source nor wait for somebody who does:
    /// there is one, and no check is due, or somebody is about it and the others are served the old
    /// value meanwhile ([`Stale::Serve`]).
    ///
    /// For those who must not block, an asynchronous task say, which leaves `get` to a thread that may.
    /// Costs what `get` costs between two checks.
    ///
    /// # Panics
    ///
    /// If the destructor of an old value does whose last copy was this thread's.
    #[inline]
    pub fn ready(&self) -> Option<Guard<'_, S::Value>> {
        if self.is_due() && !self.is_served_meanwhile() {
            return None;
        }
        self.current()
    }

    /// The value that there is, if there is one, however old it is: for those who look at it without
    /// being the reason to look after it.
    ///
    /// Never asks the source, and never waits. Costs a
    /// [`SnapshotCell::load`](crate::SnapshotCell::load).
    ///
    /// # Panics
    ///
    /// As [`ready`](Self::ready).
    #[inline]
    pub fn current(&self) -> Option<Guard<'_, S::Value>> {
        self.current.load().map(|copy| Guard { copy })
    }

    /// Whether somebody is about a check, and the old value is good enough until then.
    ///
    /// Who knows that the check is over, because that happened before this call, knows that no check
    /// is due, and does not come here.
    #[inline]
    fn is_served_meanwhile(&self) -> bool {
        self.stale == Stale::Serve && self.gate.is_running()
    }
}

/// Shows the value, if there is one, and how it is doing.
impl<S: Source> fmt::Debug for Reload<S>
where
    S::Value: fmt::Debug,
    S::Error: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value: Option<Arc<_>> = self.current.version().map(|version| version.value);
        f.debug_struct("Reload")
            .field("value", &value)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
