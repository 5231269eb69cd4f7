//! A value that is computed by whoever needs it first, and replaced as a whole.
//!
//! Without generations: to compute the first value and to return the current one are two steps, so
//! that a load may publish the first and return the third.

use onset::SnapshotCell;

use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// The value that is computed; no operation of a round publishes it.
const FIRST: u8 = 0;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LazyOp {
    /// The value, which is the outcome.
    Load,
    /// Publishes.
    Store(u8),
    /// Publishes, and returns the one before.
    Swap(u8),
}

/// The published value, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LazyModel(Option<u8>);

impl Model for LazyModel {
    type Op = LazyOp;
    type Outcome = Option<u8>;

    fn step(&self, op: &LazyOp, outcome: &Option<u8>) -> Option<Self> {
        let value = self.0.unwrap_or(FIRST);
        let (expected, next) = match *op {
            LazyOp::Load => (Some(value), value),
            LazyOp::Store(new) => (None, new),
            LazyOp::Swap(new) => (Some(value), new),
        };
        (expected == *outcome).then_some(Self(Some(next)))
    }
}

/// A lazy `SnapshotCell`.
pub struct LazySnapshots(SnapshotCell<u8>);

impl Subject for LazySnapshots {
    const NAME: &'static str = "SnapshotCell-lazy";

    type Op = LazyOp;
    type Outcome = Option<u8>;
    type Model = LazyModel;

    fn new() -> Self {
        Self(SnapshotCell::lazy(|| Pause::Yield.then(FIRST)))
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> LazyOp {
        match dice.u8(..4) {
            0..2 => LazyOp::Load,
            2 => LazyOp::Store(fresh),
            _ => LazyOp::Swap(fresh),
        }
    }

    fn apply(&self, op: &LazyOp, _pause: Pause) -> Option<u8> {
        match *op {
            LazyOp::Load => Some(*self.0.load()),
            LazyOp::Store(new) => {
                self.0.store(new);
                None
            }
            LazyOp::Swap(new) => Some(*self.0.swap(new)),
        }
    }
}
