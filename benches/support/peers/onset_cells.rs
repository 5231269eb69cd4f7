//! onset's cells, each as a user would write it.

use std::time::Duration;

use onset::{
    HedgedCell, HedgedLazy, InitCell, Lazy, OnceCell, RaceArc, RaceCell, RaceLazy, RaceRef,
    RaceWord,
};

use super::{Contestant, Peer, Policy::*};
use crate::support::work::initialise;

/// How long the callers of a hedged cell wait before one of them computes too.
pub(crate) const PATIENCE: Duration = Duration::from_micros(100);

/// Those that compute a `u64` of any cost.
pub(super) const CELLS: &[Contestant] = &[
    Contestant::new::<RaceCell<u64>>("onset_race", Racing),
    Contestant::new::<RaceArc<u64>>("onset_race_arc", Racing),
    Contestant::new::<OnceCell<u64>>("onset_once", Locking),
    Contestant::new::<HedgedCell<u64>>("onset_hedged", Hedged),
];

/// Those that hold something smaller and return it by value.
pub(super) const BY_VALUE: &[Contestant] = &[
    Contestant::new::<RaceWord<u32>>("onset_race_word", Racing),
    Contestant::new::<RaceRef<'static, u64>>("onset_race_ref", Racing),
];

/// `Lazy` over each.
pub(super) const LAZY: &[Contestant] = &[
    Contestant::new::<RaceLazy<u64>>("onset_lazy_race", Racing),
    Contestant::new::<Lazy<u64, RaceArc<u64>>>("onset_lazy_race_arc", Racing),
    Contestant::new::<Lazy<u64>>("onset_lazy_once", Locking),
    Contestant::new::<HedgedLazy<u64>>("onset_lazy_hedged", Hedged),
];

macro_rules! cells {
    ($($cell:ty, $fresh:expr;)*) => {$(
        impl Peer for $cell {
            fn fresh() -> Self {
                $fresh
            }

            #[inline(always)]
            fn value(&self) -> u64 {
                *self.get_or_init(initialise)
            }
        }
    )*};
}

cells! {
    RaceCell<u64>, Self::EMPTY;
    RaceArc<u64>, Self::EMPTY;
    OnceCell<u64>, Self::EMPTY;
    HedgedCell<u64>, Self::new(PATIENCE);
}

impl Peer for RaceWord<u32> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        u64::from(self.get_or_init(|| initialise() as u32))
    }
}

impl Peer for RaceRef<'static, u64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        *self.get_or_init(|| Box::leak(Box::new(initialise())))
    }
}

macro_rules! lazies {
    ($($lazy:ty, $fresh:expr;)*) => {$(
        impl Peer for $lazy {
            fn fresh() -> Self {
                $fresh
            }

            #[inline(always)]
            fn value(&self) -> u64 {
                **self
            }
        }
    )*};
}

lazies! {
    Lazy<u64>, Self::new(initialise);
    RaceLazy<u64>, Self::new(initialise);
    Lazy<u64, RaceArc<u64>>, Self::new(initialise);
    HedgedLazy<u64>, Self::with_cell(HedgedCell::new(PATIENCE), initialise);
}
