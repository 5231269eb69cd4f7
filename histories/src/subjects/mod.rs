//! The primitives, with what each ought to do.

mod cells;
mod key;
mod lazy_snapshots;
mod maps;
mod pending;
mod place;
mod registry;
mod snapshots;
mod take;

pub use self::{
    cells::{Cell, Impatient, Named},
    key::Key,
    lazy_snapshots::{LazyModel, LazyOp, LazySnapshots},
    maps::{Keyed, Map, MapModel, MapOp, MapOutcome},
    pending::{PendingModel, PendingOp, PendingOutcome, Waiting},
    place::{Outcome as PlaceOutcome, PlaceModel, PlaceOp},
    registry::{Change, Registered, RegistryModel, RegistryOp, RegistryOutcome},
    snapshots::{SnapshotModel, SnapshotOp, SnapshotOutcome, Snapshots},
    take::{Take, TakeModel, TakeOp},
};
