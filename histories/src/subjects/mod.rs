//! The primitives, with what each ought to do.

mod cells;
mod key;
mod place;
mod registry;
mod snapshots;
mod take;

pub use self::{
    cells::{Cell, Impatient, Named},
    place::{Outcome as PlaceOutcome, PlaceOp},
    registry::{Change, Registered, RegistryModel, RegistryOp, RegistryOutcome},
    snapshots::{SnapshotModel, SnapshotOp, SnapshotOutcome, Snapshots},
    take::{Take, TakeModel, TakeOp},
};
