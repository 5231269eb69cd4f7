//! All subjects.

use onset::{HedgedCell, OnceCell, OnceMap, RaceArc, RaceCell, RaceMap};

use crate::{
    pool::Pool,
    run::{Tally, Violation, run},
    subject::Subject,
    subjects::{Cell, Impatient, Key, LazySnapshots, Map, Registered, Snapshots, Take, Waiting},
};

/// [`run`] for one subject.
pub type Run = fn(&Pool, usize, u64, &mut dyn FnMut(usize)) -> (Tally, Option<Violation>);

/// A subject, by name.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Judges rounds of it.
    pub run: Run,
}

const fn entry<S: Subject>() -> Entry {
    Entry {
        name: S::NAME,
        run: run::<S>,
    }
}

/// The primitives that are put to the test.
pub const ALL: [Entry; 12] = [
    entry::<Cell<RaceCell<u8>>>(),
    entry::<Cell<RaceArc<u8>>>(),
    entry::<Cell<OnceCell<u8>>>(),
    entry::<Cell<HedgedCell<u8>>>(),
    entry::<Cell<Impatient>>(),
    entry::<Take>(),
    entry::<Snapshots>(),
    entry::<LazySnapshots>(),
    entry::<Registered>(),
    entry::<Waiting>(),
    entry::<Map<OnceMap<Key, u8>>>(),
    entry::<Map<RaceMap<Key, u8>>>(),
];
