//! The primitives, with what each ought to do.

mod cells;
mod place;
mod snapshots;
mod take;

pub use self::{
    cells::{Cell, Impatient, Named},
    place::{Outcome as PlaceOutcome, PlaceOp},
    snapshots::{SnapshotModel, SnapshotOp, SnapshotOutcome, Snapshots},
    take::{Take, TakeModel, TakeOp},
};
