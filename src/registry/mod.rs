//! Many values, registered over time.
//!
//! [`Registry`] keeps them; a [`Snapshot`] is what it held at one moment; a [`Batch`] adds many at
//! once. [`Pending`] collects what is to be registered, or otherwise dealt with, later.
//!
//! # The promise
//!
//! Nobody ever sees half a registration, nor part of a batch: every look-up works on what was
//! published by one atomic step. A registered value stays at its address for as long as the
//! registry is shared, whatever is registered, replaced or removed meanwhile.

mod batch;
mod builtins;
mod object;
mod pending;
mod raw;
mod refused;
mod snapshot;

pub use self::{
    batch::Batch,
    object::Registry,
    pending::Pending,
    refused::{BatchError, Reason, Refused, Sealed},
    snapshot::Snapshot,
};
pub use crate::index::Iter;
