//! What must not happen, and did.

use std::{
    cell::Cell,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// After so many the run ends: what comes later is most likely a consequence.
const MOST: u64 = 20;

/// Who is at work on this thread.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// None: the thread that looks over the rooms.
    worker: Option<u64>,
    operation: u64,
}

impl Place {
    pub(crate) const fn of_worker(worker: u64, operation: u64) -> Self {
        Self {
            worker: Some(worker),
            operation,
        }
    }

    pub(crate) const fn of_checker(operation: u64) -> Self {
        Self {
            worker: None,
            operation,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.worker {
            Some(worker) => write!(f, "worker {worker}, operation {}", self.operation),
            None => f.write_str("the look over the rooms"),
        }
    }
}

thread_local! {
    // Without a destructor: values are dropped while the thread's storage is torn down, too.
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
}

pub(crate) fn at_work(place: Place) {
    PLACE.set(Some(place));
}

/// The violations of a run.
pub(crate) struct Violations {
    seed: u64,
    count: AtomicU64,
    /// Holds lines together.
    output: Mutex<()>,
}

impl Violations {
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            seed,
            count: AtomicU64::new(0),
            output: Mutex::new(()),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn too_many(&self) -> bool {
        self.count() >= MOST
    }

    pub(crate) fn report(&self, room: &str, invariant: &str, detail: fmt::Arguments<'_>) {
        let place = PLACE.get();
        self.report_at(room, invariant, place, detail);
    }

    pub(crate) fn report_at(
        &self,
        room: &str,
        invariant: &str,
        place: Option<Place>,
        detail: fmt::Arguments<'_>,
    ) {
        if self.count.fetch_add(1, Ordering::Relaxed) >= MOST {
            return;
        }
        let _together = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let by = match place {
            Some(place) => place.to_string(),
            None => "no worker".into(),
        };
        let seed = self.seed;
        eprintln!("violation: {room}: {invariant}: {detail} (seed {seed}, {by})");
    }
}
