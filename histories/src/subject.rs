//! What can be put to the test.

use std::{fmt::Debug, hint, thread};

use crate::checker::Model;

/// An object that several threads use, and what it ought to do.
pub trait Subject: Send + Sync + Sized + 'static {
    /// As it is called on the command line and in the table.
    const NAME: &'static str;

    /// What can be called.
    type Op: Clone + Debug + Send + Sync;
    /// What it may return.
    type Outcome: Clone + Debug + Send;
    /// What the object ought to do; its default is the state of a new object.
    type Model: Model<Op = Self::Op, Outcome = Self::Outcome> + Default;

    /// A new object.
    fn new() -> Self;

    /// Any operation. If it has a value to publish, that is `fresh`, which no other operation of
    /// the round has: what is returned tells where it comes from.
    fn op(dice: &mut fastrand::Rng, fresh: u8) -> Self::Op;

    /// Calls it. A closure that the object runs meanwhile [`pauses`](Pause::pause).
    fn apply(&self, op: &Self::Op, pause: Pause) -> Self::Outcome;
}

/// A little time for others.
#[derive(Clone, Copy, Debug)]
pub enum Pause {
    /// None at all.
    None,
    /// So many hints that the thread spins.
    Spin(u8),
    /// The thread's turn.
    Yield,
}

impl Pause {
    /// Before an operation: short, as most operations are. Who yields here misses what the others do.
    #[must_use]
    pub fn before(dice: &mut fastrand::Rng) -> Self {
        if dice.bool() {
            Self::None
        } else {
            Self::Spin(dice.u8(..32))
        }
    }

    /// Within an operation. Where threads outnumber the processors, only a yield lets another one come
    /// in between.
    #[must_use]
    pub fn within(dice: &mut fastrand::Rng) -> Self {
        match dice.u8(..8) {
            0..3 => Self::None,
            3..6 => Self::Spin(dice.u8(..)),
            _ => Self::Yield,
        }
    }

    /// Takes it.
    pub fn pause(self) {
        match self {
            Self::None => {}
            Self::Spin(times) => (0..times).for_each(|_| hint::spin_loop()),
            Self::Yield => thread::yield_now(),
        }
    }

    /// Takes it, and then has `value`.
    pub fn then<T>(self, value: T) -> T {
        self.pause();
        value
    }
}
