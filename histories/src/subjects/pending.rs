//! What is to be dealt with later, each once.

use onset::Pending;

use super::key::{KEYS, Key};
use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingOp {
    /// To keep this item.
    Add(u8),
    /// All items.
    TakeAll,
    /// How many there are.
    Len,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingOutcome {
    /// Whether the item is new.
    Added(bool),
    /// These, in this order.
    Taken(Vec<u8>),
    /// So many.
    Len(usize),
}

/// The items that wait, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PendingModel(Vec<u8>);

impl Model for PendingModel {
    type Op = PendingOp;
    type Outcome = PendingOutcome;

    fn step(&self, op: &PendingOp, outcome: &PendingOutcome) -> Option<Self> {
        let mut next = self.clone();
        let expected = match *op {
            PendingOp::Add(item) => {
                let is_new = !self.0.contains(&item);
                next.0.extend(is_new.then_some(item));
                PendingOutcome::Added(is_new)
            }
            PendingOp::TakeAll => PendingOutcome::Taken(std::mem::take(&mut next.0)),
            PendingOp::Len => PendingOutcome::Len(self.0.len()),
        };
        (expected == *outcome).then_some(next)
    }
}

impl PendingOp {
    /// Any of them.
    #[must_use]
    pub fn any(dice: &mut fastrand::Rng) -> Self {
        match dice.u8(..8) {
            0..5 => Self::Add(dice.u8(..KEYS)),
            5..7 => Self::TakeAll,
            _ => Self::Len,
        }
    }
}

/// A `Pending`.
pub struct Waiting(Pending<Key>);

impl Subject for Waiting {
    const NAME: &'static str = "Pending";

    type Op = PendingOp;
    type Outcome = PendingOutcome;
    type Model = PendingModel;

    fn new() -> Self {
        Self(Pending::new())
    }

    fn op(dice: &mut fastrand::Rng, _fresh: u8) -> PendingOp {
        PendingOp::any(dice)
    }

    fn apply(&self, op: &PendingOp, pause: Pause) -> PendingOutcome {
        match *op {
            PendingOp::Add(id) => PendingOutcome::Added(self.0.add(Key { id, pause })),
            PendingOp::TakeAll => {
                let taken = self.0.take_all();
                PendingOutcome::Taken(taken.iter().map(|key| key.id).collect())
            }
            PendingOp::Len => PendingOutcome::Len(self.0.len()),
        }
    }
}
