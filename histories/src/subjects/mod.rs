//! The primitives, with what each ought to do.

mod cells;
mod place;
mod take;

pub use self::{
    cells::{Cell, Impatient, Named},
    place::{Outcome as PlaceOutcome, PlaceOp},
    take::{Take, TakeModel, TakeOp},
};
