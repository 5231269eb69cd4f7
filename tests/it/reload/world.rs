//! A source that the test controls.

use std::{
    mem,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
};

use onset::Source;

use crate::support::{Ledger, Tally, Tracked, planned_panic};

/// What the world says when it is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Says {
    Is(u64),
    Fails(u64),
    Panics,
}

#[derive(Debug, PartialEq)]
pub(super) struct Fault(pub(super) u64);

/// To compare this one panics.
pub(super) const INCOMPARABLE: u64 = u64::MAX;

#[derive(Debug)]
pub(super) struct Version(u64);

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        if self.0.max(other.0) == INCOMPARABLE {
            planned_panic();
        }
        self.0 == other.0
    }
}

type Hook = Box<dyn FnOnce() + Send>;

/// Versions and values as the test wants them, and a record of who asked.
pub(super) struct World<V = Tracked> {
    now: Mutex<(Says, Says)>,
    hooks: Mutex<(Option<Hook>, Option<Hook>)>,
    make: Box<dyn Fn(u64) -> V + Send + Sync>,
    pub(super) asked: Tally,
    pub(super) loads: Tally,
    busy: AtomicBool,
    asked_by: Mutex<Option<ThreadId>>,
    /// How often two threads were inside at once, or one loaded after another one had asked.
    pub(super) intrusions: Tally,
}

impl World {
    /// A world whose values are entered in a ledger.
    pub(super) fn of(ledger: &'static Ledger) -> Self {
        Self::with(|id| ledger.value(id))
    }

    /// The first version is 1, and so is its value.
    pub(super) fn new() -> Self {
        Self::of(Ledger::new())
    }
}

impl<V> World<V> {
    pub(super) fn with(make: impl Fn(u64) -> V + Send + Sync + 'static) -> Self {
        Self {
            now: Mutex::new((Says::Is(1), Says::Is(1))),
            hooks: Mutex::default(),
            make: Box::new(make),
            asked: Tally::new(),
            loads: Tally::new(),
            busy: AtomicBool::new(false),
            asked_by: Mutex::new(None),
            intrusions: Tally::new(),
        }
    }

    /// From now on this is the version, and the value.
    pub(super) fn set(&self, version: u64) {
        self.says(Says::Is(version), Says::Is(version));
    }

    /// From now on this is the version, and it cannot be loaded.
    pub(super) fn spoil(&self, version: u64) {
        self.says(Says::Is(version), Says::Fails(version));
    }

    pub(super) fn says(&self, stamp: Says, value: Says) {
        *self.now.lock().unwrap() = (stamp, value);
    }

    /// What the next stamp does once it has looked.
    pub(super) fn at_stamp(&self, f: impl FnOnce() + Send + 'static) {
        self.hooks.lock().unwrap().0 = Some(Box::new(f));
    }

    /// What the next load does once it has looked.
    pub(super) fn at_load(&self, f: impl FnOnce() + Send + 'static) {
        self.hooks.lock().unwrap().1 = Some(Box::new(f));
    }

    /// How often it was asked for its version, and for a value.
    pub(super) fn calls(&self) -> (usize, usize) {
        (self.asked.count(), self.loads.count())
    }

    fn enter(&self) -> Inside<'_> {
        if self.busy.swap(true, Ordering::Relaxed) {
            self.intrusions.add();
        }
        Inside(&self.busy)
    }
}

/// Somebody is inside.
struct Inside<'w>(&'w AtomicBool);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn answer(says: Says, hook: Option<Hook>) -> Result<u64, Fault> {
    if let Some(hook) = hook {
        hook();
    }
    match says {
        Says::Is(id) => Ok(id),
        Says::Fails(id) => Err(Fault(id)),
        Says::Panics => planned_panic(),
    }
}

impl<V> Source for World<V> {
    type Value = V;
    type Stamp = Version;
    type Error = Fault;

    fn stamp(&self) -> Result<Version, Fault> {
        let _inside = self.enter();
        self.asked.add();
        *self.asked_by.lock().unwrap() = Some(thread::current().id());
        let (says, _) = *self.now.lock().unwrap();
        let hook = self.hooks.lock().unwrap().0.take();
        answer(says, hook).map(Version)
    }

    fn load(&self) -> Result<V, Fault> {
        let _inside = self.enter();
        self.loads.add();
        let asked_by = mem::take(&mut *self.asked_by.lock().unwrap());
        if asked_by != Some(thread::current().id()) {
            self.intrusions.add();
        }
        let (_, says) = *self.now.lock().unwrap();
        let hook = self.hooks.lock().unwrap().1.take();
        answer(says, hook).map(|id| (self.make)(id))
    }
}
