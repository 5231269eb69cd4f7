//! Values that know whether they are whole, and whose lives are counted.

use std::{
    ops::Deref,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    dice::mix,
    faults::{self, Injected},
    tally::{Count, Tally},
};

const WORDS: usize = 4;

/// The lives of the values that belong to one object, or to one thread.
pub(crate) struct Record {
    pub(crate) tally: &'static Tally,
    created: AtomicU64,
    dropped: AtomicU64,
    /// One destructor in a record may panic: two of them in one go would end the process, as they
    /// do in a `Vec`.
    has_bomb: AtomicBool,
}

impl Record {
    pub(crate) fn new(tally: &'static Tally) -> Arc<Self> {
        Arc::new(Self {
            tally,
            created: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            has_bomb: AtomicBool::new(false),
        })
    }

    pub(crate) fn value(self: &Arc<Self>) -> Value {
        let nth = self.created.fetch_add(1, Ordering::Relaxed) + 1;
        self.tally.add(Count::Created);
        Value {
            id: nth,
            words: words(nth),
            at_drop: AtDrop::Nothing,
            record: Arc::clone(self),
        }
    }

    /// A value whose destructor panics, if none of this record's does so far.
    pub(crate) fn bomb(self: &Arc<Self>) -> Value {
        let mut value = self.value();
        if !self.has_bomb.swap(true, Ordering::Relaxed) {
            value.at_drop = AtDrop::Panic;
        }
        value
    }

    /// A value whose destructor takes its time.
    pub(crate) fn slow(self: &Arc<Self>) -> Value {
        let mut value = self.value();
        value.at_drop = AtDrop::Stall;
        value
    }

    pub(crate) fn created(&self) -> u64 {
        self.created.load(Ordering::Acquire)
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Acquire)
    }

    pub(crate) fn is_balanced(&self) -> bool {
        self.created() == self.dropped()
    }

    /// Called when no value may be alive any more.
    pub(crate) fn require_balance(&self) {
        self.tally.require(
            self.is_balanced(),
            "every value is dropped exactly once",
            format_args!("{} created, {} dropped", self.created(), self.dropped()),
        );
    }
}

fn words(id: u64) -> [u64; WORDS] {
    std::array::from_fn(|n| mix(id ^ (n as u64) << 56))
}

/// What a destructor does besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AtDrop {
    Nothing,
    Stall,
    Panic,
}

/// A value that is whole if its words belong together.
pub(crate) struct Value {
    id: u64,
    words: [u64; WORDS],
    at_drop: AtDrop,
    record: Arc<Record>,
}

impl Value {
    /// The value's number in its record, after a look whether it is whole.
    pub(crate) fn id(&self) -> u64 {
        self.record.tally.require(
            self.words == words(self.id),
            "never half a value",
            format_args!("value {} holds {:x?}", self.id, self.words),
        );
        self.id
    }

    /// Breaks it: half of it is that of another value.
    pub(crate) fn tear(&mut self) {
        self.words[WORDS - 1] = words(self.id + 1)[WORDS - 1];
    }

    pub(crate) fn tally(&self) -> &'static Tally {
        self.record.tally
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.id();
        if self.at_drop == AtDrop::Stall {
            self.record.tally.add(Count::Stalls);
            thread::sleep(Duration::from_micros(50));
            self.id();
        }
        // What is dropped a second time, or read later, is not whole.
        self.words = [0; WORDS];
        let tally = self.record.tally;
        tally.add(Count::Dropped);
        let dropped = self.record.dropped.fetch_add(1, Ordering::AcqRel) + 1;
        let created = self.record.created();
        tally.require(
            dropped <= created,
            "every value is dropped exactly once",
            format_args!("{created} created, {dropped} dropped"),
        );
        if self.at_drop == AtDrop::Panic && !thread::panicking() {
            tally.add(Count::DropPanics);
            resume_unwind(Box::new(Injected));
        }
    }
}

/// An object under test with the record of its values: when it goes they have to go, too.
pub(crate) struct Kept<T> {
    object: Option<T>,
    pub(crate) record: Arc<Record>,
    /// Whether another thread may still be dropping a value when the object is gone.
    lingers: Option<&'static Lingering>,
}

/// Records that have a while to come to balance.
pub(crate) type Lingering = crate::lingering::Lingering;

impl<T> Kept<T> {
    pub(crate) fn new(tally: &'static Tally, object: impl FnOnce(&Arc<Record>) -> T) -> Self {
        let record = Record::new(tally);
        Self {
            object: Some(object(&record)),
            record,
            lingers: None,
        }
    }

    pub(crate) fn lingering(mut self, lingering: &'static Lingering) -> Self {
        self.lingers = Some(lingering);
        self
    }

    pub(crate) fn with_mut<R>(&mut self, f: impl FnOnce(&mut T) -> R) -> R {
        f(self.object.as_mut().expect("it is there until the drop"))
    }

    /// Takes the object out, to be consumed.
    pub(crate) fn take(&mut self) -> Option<T> {
        self.object.take()
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.object.as_ref().expect("it is there until the drop")
    }
}

impl<T> Drop for Kept<T> {
    fn drop(&mut self) {
        let object = self.object.take();
        faults::contained(self.record.tally, || drop(object));
        match self.lingers {
            Some(lingering) => lingering.add(&self.record),
            None => self.record.require_balance(),
        }
    }
}
