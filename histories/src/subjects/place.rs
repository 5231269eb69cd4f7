//! A place that is filled once, for good: what a cell is, and a map for each key.

use crate::checker::Model;

/// What can be asked of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceOp {
    /// The value, if there is one.
    Get,
    /// To be filled with this.
    Set(u8),
    /// The value, or else to be filled with this one.
    GetOrInit(u8),
    /// The value, or else a closure is called that fails.
    GetOrFail,
}

impl PlaceOp {
    /// Any of them.
    #[must_use]
    pub fn any(dice: &mut fastrand::Rng, fresh: u8) -> Self {
        match dice.u8(..8) {
            0..3 => Self::Get,
            3 => Self::Set(fresh),
            4..7 => Self::GetOrInit(fresh),
            _ => Self::GetOrFail,
        }
    }
}

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is none.
    Empty,
    /// It is this one.
    Value(u8),
    /// It is filled now.
    Filled,
    /// It was full, and this value came back.
    Refused(u8),
    /// The closure was called, and failed.
    Failed,
}

impl Outcome {
    /// The outcome of a look.
    #[must_use]
    pub fn of_get(value: Option<u8>) -> Self {
        value.map_or(Self::Empty, Self::Value)
    }

    /// The outcome of an attempt to fill it.
    #[must_use]
    pub fn of_set(set: Result<(), u8>) -> Self {
        set.map_or_else(Self::Refused, |()| Self::Filled)
    }

    /// The outcome of a computation.
    #[must_use]
    pub fn of_init(value: Result<u8, ()>) -> Self {
        value.map_or(Self::Failed, Self::Value)
    }
}

/// A place's value.
pub(super) type Place = Option<u8>;

/// What a place answers, and what is in it afterwards.
pub(super) fn ask(place: Place, op: PlaceOp) -> (Outcome, Place) {
    match (op, place) {
        (PlaceOp::Get, _) => (Outcome::of_get(place), place),
        (PlaceOp::Set(value), None) => (Outcome::Filled, Some(value)),
        (PlaceOp::Set(value), Some(_)) => (Outcome::Refused(value), place),
        (PlaceOp::GetOrFail, None) => (Outcome::Failed, place),
        (PlaceOp::GetOrInit(value), None) | (_, Some(value)) => {
            (Outcome::Value(value), Some(value))
        }
    }
}

/// One place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PlaceModel(Place);

impl Model for PlaceModel {
    type Op = PlaceOp;
    type Outcome = Outcome;

    fn step(&self, op: &PlaceOp, outcome: &Outcome) -> Option<Self> {
        let (expected, place) = ask(self.0, *op);
        (expected == *outcome).then_some(Self(place))
    }
}
