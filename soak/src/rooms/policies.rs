//! What each kind of cell promises.
#![allow(
    clippy::declare_interior_mutable_const,
    reason = "each use is a new cell"
)]

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

/// A cell that stands for another kind, or with what it needs to be made.
pub(crate) trait Guise {
    type Cell: InitCell<Value = Value>;

    const NEW: Self::Cell;
    const ONCE: bool;
    const RECURSION: Recursion;
}

pub(crate) struct Guised<G: Guise>(G::Cell);

impl<G: Guise> InitCell for Guised<G> {
    type Value = Value;
    const EMPTY: Self = Self(G::NEW);

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

impl<G: Guise> Policy for Guised<G>
where
    Self: Send + Sync + 'static,
{
    const ONCE: bool = G::ONCE;
    const RECURSION: Recursion = G::RECURSION;
}

/// A hedged cell whose patience is given in microseconds; the greatest number is none at all.
pub(crate) type Hedged<const MICROS: u64> = Guised<Patience<MICROS>>;

pub(crate) struct Patience<const MICROS: u64>;

pub(crate) const ENDLESS: u64 = u64::MAX;

impl<const MICROS: u64> Guise for Patience<MICROS> {
    type Cell = HedgedCell<Value>;

    const NEW: Self::Cell = HedgedCell::new(match MICROS {
        ENDLESS => Duration::MAX,
        micros => Duration::from_micros(micros),
    });
    const ONCE: bool = MICROS == ENDLESS;
    // `set` does not wait, so there may be a value while the initialiser runs.
    const RECURSION: Recursion = Recursion::PanicsOrFinds;
}

/// A race cell that is passed off as a once-cell: the mistake of `--plant double-initialisation`.
pub(crate) type NotOnce = Guised<PassedOff>;

pub(crate) struct PassedOff;

impl Guise for PassedOff {
    type Cell = RaceCell<Value>;

    const NEW: Self::Cell = RaceCell::new();
    const ONCE: bool = true;
    const RECURSION: Recursion = Recursion::InnerWins;
}
