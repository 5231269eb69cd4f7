use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use histories::{
    subject::{Pause, Subject},
    subjects::{SnapshotModel, SnapshotOp, SnapshotOutcome},
};

use crate::rejected;

/// A publication shows its generation before its value: who renews the copy in between keeps the
/// old value, and takes it for the new one.
struct Stale {
    generation: AtomicU64,
    published: Mutex<u8>,
    /// A copy, and its generation.
    copy: Mutex<(u8, u64)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Subject for Stale {
    const NAME: &'static str = "a snapshot cell with a stale copy";

    type Op = SnapshotOp;
    type Outcome = SnapshotOutcome;
    type Model = SnapshotModel;

    fn new() -> Self {
        Self {
            generation: AtomicU64::new(1),
            published: Mutex::new(0),
            copy: Mutex::new((0, 1)),
        }
    }

    /// Loads and stores only.
    fn op(dice: &mut fastrand::Rng, fresh: u8) -> SnapshotOp {
        if dice.u8(..3) == 0 {
            SnapshotOp::Store(fresh)
        } else {
            SnapshotOp::Load
        }
    }

    fn apply(&self, op: &SnapshotOp, pause: Pause) -> SnapshotOutcome {
        if let SnapshotOp::Store(value) = *op {
            self.generation.fetch_add(1, Ordering::AcqRel);
            pause.pause();
            *lock(&self.published) = value;
            return SnapshotOutcome::Stored;
        }
        let generation = self.generation.load(Ordering::Acquire);
        let mut copy = lock(&self.copy);
        if copy.1 != generation {
            *copy = (*lock(&self.published), generation);
        }
        SnapshotOutcome::Loaded(copy.0, copy.1)
    }
}

#[test]
fn a_snapshot_cell_with_a_stale_copy() {
    rejected::<Stale>();
}
