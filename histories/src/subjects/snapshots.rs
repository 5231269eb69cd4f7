//! A value that is replaced as a whole.
//!
//! The documentation promises that nobody sees half a value, and calls what `load` returns "the
//! current value". What is checked is that claim at its word: a load returns the value, with its
//! generation, that was published at one moment between its call and its return, never one that
//! had been replaced before the call, whatever copy the thread keeps.

use std::sync::Arc;

use onset::{Changed, Guard, SnapshotCell};

use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// A value, by its place in [`Snapshots::values`]: one `Arc` may be published several times, as
/// someone would who goes back to the settings before.
type Which = u8;

const VALUES: Which = 3;

/// A value that is none of those: it is published once, by an update.
const MADE: Which = VALUES;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotOp {
    /// The value and its generation.
    Load,
    /// How many values have been published.
    Generation,
    /// Publishes.
    Store(Which),
    /// Publishes, and returns the one before.
    Swap(Which),
    /// Publishes the second if the first one is published.
    CompareAndSwap(Which, Which),
    /// Publishes one that is new, made from the one that is published.
    Update,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotOutcome {
    /// This value, which is of this generation.
    Loaded(Which, u64),
    /// How many values have been published.
    Generation(u64),
    /// It is published.
    Stored,
    /// It is published; before, it was this one.
    Swapped(Which),
    /// It is not published, because it was this one instead.
    Changed(Which),
    /// A new one is published.
    Updated,
}

/// The published value, and its generation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotModel {
    value: Which,
    generation: u64,
}

impl Default for SnapshotModel {
    fn default() -> Self {
        Self {
            value: 0,
            generation: 1,
        }
    }
}

impl SnapshotModel {
    fn publish(&self, value: Which) -> Self {
        Self {
            value,
            generation: self.generation + 1,
        }
    }

    fn expected(&self, op: SnapshotOp) -> (SnapshotOutcome, Self) {
        use SnapshotOutcome as Outcome;
        match op {
            SnapshotOp::Load => (Outcome::Loaded(self.value, self.generation), self.clone()),
            SnapshotOp::Generation => (Outcome::Generation(self.generation), self.clone()),
            SnapshotOp::Store(new) => (Outcome::Stored, self.publish(new)),
            SnapshotOp::CompareAndSwap(current, _) if current != self.value => {
                (Outcome::Changed(self.value), self.clone())
            }
            SnapshotOp::Swap(new) | SnapshotOp::CompareAndSwap(_, new) => {
                (Outcome::Swapped(self.value), self.publish(new))
            }
            SnapshotOp::Update => (Outcome::Updated, self.publish(MADE)),
        }
    }
}

impl Model for SnapshotModel {
    type Op = SnapshotOp;
    type Outcome = SnapshotOutcome;

    fn step(&self, op: &SnapshotOp, outcome: &SnapshotOutcome) -> Option<Self> {
        let (expected, next) = self.expected(*op);
        (expected == *outcome).then_some(next)
    }
}

/// A `SnapshotCell`.
pub struct Snapshots {
    cell: SnapshotCell<Which>,
    values: [Arc<Which>; VALUES as usize],
}

impl Snapshots {
    fn value(&self, which: Which) -> Arc<Which> {
        Arc::clone(&self.values[usize::from(which)])
    }
}

impl Subject for Snapshots {
    const NAME: &'static str = "SnapshotCell";

    type Op = SnapshotOp;
    type Outcome = SnapshotOutcome;
    type Model = SnapshotModel;

    fn new() -> Self {
        let values = std::array::from_fn(|which| Arc::new(u8::try_from(which).expect("few")));
        Self {
            cell: SnapshotCell::with_arc(Arc::clone(&values[0])),
            values,
        }
    }

    fn op(dice: &mut fastrand::Rng, _fresh: u8) -> SnapshotOp {
        let which = dice.u8(..VALUES);
        match dice.u8(..10) {
            0..4 => SnapshotOp::Load,
            4 => SnapshotOp::Generation,
            5 => SnapshotOp::Store(which),
            6 => SnapshotOp::Swap(which),
            7 | 8 => SnapshotOp::CompareAndSwap(which, dice.u8(..VALUES)),
            _ => SnapshotOp::Update,
        }
    }

    fn apply(&self, op: &SnapshotOp, pause: Pause) -> SnapshotOutcome {
        use SnapshotOutcome as Outcome;
        match *op {
            SnapshotOp::Load => {
                let guard = self.cell.load();
                Outcome::Loaded(*guard, Guard::generation(&guard))
            }
            SnapshotOp::Generation => Outcome::Generation(self.cell.generation()),
            SnapshotOp::Store(new) => {
                self.cell.store_arc(self.value(new));
                Outcome::Stored
            }
            SnapshotOp::Swap(new) => Outcome::Swapped(*self.cell.swap_arc(self.value(new))),
            SnapshotOp::CompareAndSwap(current, new) => {
                let current = self.value(current);
                match self.cell.compare_and_swap(&current, self.value(new)) {
                    Ok(old) => Outcome::Swapped(*old),
                    Err(Changed { current, .. }) => Outcome::Changed(*current),
                }
            }
            SnapshotOp::Update => {
                self.cell.update(|_| pause.then(MADE));
                Outcome::Updated
            }
        }
    }
}
