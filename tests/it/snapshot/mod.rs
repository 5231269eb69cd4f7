//! `SnapshotCell`: nobody sees half a value, and each value is dropped once, by whoever lets go of
//! it last.
//!
//! | module | question |
//! |---|---|
//! | [`drops`], [`in_vain`], [`reentry`] | what if a destructor panics, or uses the cell? |
//! | [`guards`], [`reader`] | what is kept, by whom, for how long? |
//! | [`publishing`], [`racing`], [`updating`] | what is published, and what becomes of what was there? |
//! | [`lazy`], [`awaited`] | the first value: who computes it, who waits, what if that fails? |
//! | [`waiting`], [`following`] | `wait_for_change`: is a change ever missed? |
//! | [`idle`], [`tear_down`], [`exit_against_drop`], [`process_exit`] | idle threads; threads and processes that end |
//! | [`storm`] | all at once |

use std::{sync::Arc, thread};

use onset::{Guard, SnapshotCell};

use crate::support::{Ledger, Tracked, Worker, planned_panic};

mod awaited;
mod drops;
mod exit_against_drop;
mod following;
mod guards;
mod idle;
mod in_vain;
mod lazy;
mod process_exit;
mod publishing;
mod racing;
mod reader;
mod reentry;
mod storm;
mod tear_down;
mod updating;
mod waiting;

/// A cell that a thread may keep for as long as it needs to.
type Shared<T> = Arc<SnapshotCell<T>>;

/// A counted value that may have something to do when it is dropped.
struct Ending {
    value: Tracked,
    end: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Ending {
    fn new(ledger: &'static Ledger, id: u64, end: impl FnOnce() + Send + Sync + 'static) -> Self {
        let value = ledger.value(id);
        let end: Box<dyn FnOnce() + Send + Sync> = Box::new(end);
        Self {
            value,
            end: Some(end),
        }
    }

    /// Has nothing to do.
    fn quiet(ledger: &'static Ledger, id: u64) -> Self {
        let (value, end) = (ledger.value(id), None);
        Self { value, end }
    }

    /// Panics when it is dropped, and is dropped all the same. While a failed test unwinds it does
    /// not, which would end the program.
    fn panics(ledger: &'static Ledger, id: u64) -> Self {
        Self::new(ledger, id, || {
            if !thread::panicking() {
                planned_panic();
            }
        })
    }

    #[track_caller]
    fn id(&self) -> u64 {
        self.value.id()
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

/// What is published, by its number and its generation; this thread has a copy of it afterwards.
#[track_caller]
fn seen(cell: &SnapshotCell<Ending>) -> (u64, u64) {
    let guard = cell.load();
    assert_eq!(Guard::generation(&guard), cell.generation());
    (guard.id(), Guard::generation(&guard))
}

/// Does something with the cell on another thread, which has let go of it afterwards.
fn on<T: Send + Sync + 'static, R: Send + 'static>(
    worker: &Worker,
    cell: &Shared<T>,
    f: impl FnOnce(&SnapshotCell<T>) -> R + Send + 'static,
) -> R {
    let cell = Arc::clone(cell);
    worker.run(move || f(&cell))
}

/// The cell, of which everybody else has let go.
#[track_caller]
fn sole<T>(cell: Shared<T>) -> SnapshotCell<T> {
    Arc::into_inner(cell).expect("nobody else has it")
}
