//! The cells: each is one place.

use std::time::Duration;

use onset::{HedgedCell, InitCell, OnceCell, RaceArc, RaceCell};

use super::place::{Outcome, PlaceModel, PlaceOp};
use crate::subject::{Pause, Subject};

/// A cell with a name.
pub trait Named: InitCell<Value = u8> + Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
}

impl Named for RaceCell<u8> {
    const NAME: &'static str = "RaceCell";
}

impl Named for RaceArc<u8> {
    const NAME: &'static str = "RaceArc";
}

impl Named for OnceCell<u8> {
    const NAME: &'static str = "OnceCell";
}

impl Named for HedgedCell<u8> {
    const NAME: &'static str = "HedgedCell";
}

/// A `HedgedCell` whose waiters soon compute too.
pub struct Impatient(HedgedCell<u8>);

impl Named for Impatient {
    const NAME: &'static str = "HedgedCell-impatient";
}

impl InitCell for Impatient {
    type Value = u8;

    const EMPTY: Self = Self(HedgedCell::new(Duration::from_micros(1)));

    fn get(&self) -> Option<&u8> {
        self.0.get()
    }

    fn get_or_try_init<F, E>(&self, f: F) -> Result<&u8, E>
    where
        F: FnOnce() -> Result<u8, E>,
    {
        self.0.get_or_try_init(f)
    }

    fn set(&self, value: u8) -> Result<(), u8> {
        self.0.set(value)
    }
}

/// A cell as a subject.
pub struct Cell<C>(C);

impl<C: Named> Subject for Cell<C> {
    const NAME: &'static str = C::NAME;

    type Op = PlaceOp;
    type Outcome = Outcome;
    type Model = PlaceModel;

    fn new() -> Self {
        Self(C::EMPTY)
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> PlaceOp {
        PlaceOp::any(dice, fresh)
    }

    fn apply(&self, op: &PlaceOp, pause: Pause) -> Outcome {
        match *op {
            PlaceOp::Get => Outcome::of_get(self.0.get().copied()),
            PlaceOp::Set(value) => Outcome::of_set(self.0.set(value)),
            PlaceOp::GetOrInit(value) => Outcome::Value(*self.0.get_or_init(|| pause.then(value))),
            PlaceOp::GetOrFail => {
                let made = self.0.get_or_try_init(|| pause.then(Err(())));
                Outcome::of_init(made.copied())
            }
        }
    }
}
