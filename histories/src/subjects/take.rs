//! A value that is handed out once.

use onset::TakeCell;

use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeOp {
    /// The value; the outcome is whether there was one.
    Take,
    /// Whether it is gone.
    IsTaken,
}

/// Whether the value is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TakeModel(bool);

impl Model for TakeModel {
    type Op = TakeOp;
    type Outcome = bool;

    fn step(&self, op: &TakeOp, outcome: &bool) -> Option<Self> {
        match op {
            TakeOp::Take => (*outcome != self.0).then_some(Self(true)),
            TakeOp::IsTaken => (*outcome == self.0).then(|| self.clone()),
        }
    }
}

/// A `TakeCell`.
pub struct Take(TakeCell<Box<u8>>);

impl Subject for Take {
    const NAME: &'static str = "TakeCell";

    type Op = TakeOp;
    type Outcome = bool;
    type Model = TakeModel;

    fn new() -> Self {
        Self(TakeCell::new(Box::new(1)))
    }

    fn op(dice: &mut fastrand::Rng, _fresh: u8) -> TakeOp {
        if dice.u8(..3) == 0 {
            TakeOp::Take
        } else {
            TakeOp::IsTaken
        }
    }

    fn apply(&self, op: &TakeOp, _pause: Pause) -> bool {
        match op {
            TakeOp::Take => self.0.take_value().is_some(),
            TakeOp::IsTaken => self.0.is_taken(),
        }
    }
}
