//! What each kind of cell promises.

use std::time::Duration;

use onset::{HedgedCell, InitCell, OnceCell, RaceArc, RaceCell};

use super::cells::{Policy, Recursion};
use crate::values::Value;

impl Policy for OnceCell<Value> {
    const ONCE: bool = true;
    const RECURSION: Recursion = Recursion::Panics;

    fn wait(&self, timeout: Duration) -> Option<&Value> {
        self.wait_timeout(timeout)
    }
}

impl Policy for RaceCell<Value> {
    const ONCE: bool = false;
    const RECURSION: Recursion = Recursion::InnerWins;
}

impl Policy for RaceArc<Value> {
    const ONCE: bool = false;
    const RECURSION: Recursion = Recursion::InnerWins;
}

/// A hedged cell whose patience is given in microseconds; the greatest number is none at all.
pub(crate) struct Hedged<const MICROS: u64>(HedgedCell<Value>);

pub(crate) const ENDLESS: u64 = u64::MAX;

impl<const MICROS: u64> InitCell for Hedged<MICROS> {
    type Value = Value;
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "each use is a new cell"
    )]
    const EMPTY: Self = Self(HedgedCell::new(match MICROS {
        ENDLESS => Duration::MAX,
        micros => Duration::from_micros(micros),
    }));

    fn get(&self) -> Option<&Value> {
        self.0.get()
    }

    fn get_or_try_init<F, E>(&self, f: F) -> Result<&Value, E>
    where
        F: FnOnce() -> Result<Value, E>,
    {
        self.0.get_or_try_init(f)
    }

    fn set(&self, value: Value) -> Result<(), Value> {
        self.0.set(value)
    }
}

impl<const MICROS: u64> Policy for Hedged<MICROS> {
    const ONCE: bool = MICROS == ENDLESS;
    // `set` does not wait, so there may be a value while the initialiser runs.
    const RECURSION: Recursion = Recursion::PanicsOrFinds;
}

/// A race cell that is passed off as a once-cell: the mistake of `--plant double-initialisation`.
pub(crate) struct NotOnce(RaceCell<Value>);

impl InitCell for NotOnce {
    type Value = Value;
    #[allow(
        clippy::declare_interior_mutable_const,
        reason = "each use is a new cell"
    )]
    const EMPTY: Self = Self(RaceCell::new());

    fn get(&self) -> Option<&Value> {
        self.0.get()
    }

    fn get_or_try_init<F, E>(&self, f: F) -> Result<&Value, E>
    where
        F: FnOnce() -> Result<Value, E>,
    {
        self.0.get_or_try_init(f)
    }

    fn set(&self, value: Value) -> Result<(), Value> {
        self.0.set(value)
    }
}

impl Policy for NotOnce {
    const ONCE: bool = true;
    const RECURSION: Recursion = Recursion::InnerWins;
}
