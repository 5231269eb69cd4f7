//! What no cell can be faster than, and what looking at the clock costs.

use std::{hint::black_box, time::Instant};

use super::{Contestant, Read, Snapshot, Whole, Write};

/// A value that is never replaced: what the reading itself costs and, in the storm, what the
/// machine and the clock add to every load.
pub(super) const NO_CELL: &[Contestant] = &[Contestant::new::<NoCell>("no_cell")];

/// The same after a look at the clock: a cell that asks now and then whether its value is still
/// good looks there with every load.
pub(super) const CLOCK: &[Contestant] = &[Contestant::new::<ClockRead>("clock_read")];

struct NoCell(Box<Whole>);

/// Makes the values and drops them.
pub(super) struct Nobody;

impl Write for Nobody {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        drop(black_box(Box::new(value)));
    }
}

impl Snapshot for NoCell {
    type Reader<'c> = &'c Self;
    type Writer<'c> = Nobody;

    fn new(value: Whole) -> Self {
        Self(Box::new(value))
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> Nobody {
        Nobody
    }
}

impl Read for &NoCell {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(&self.0)
    }
}

struct ClockRead(NoCell);

impl Snapshot for ClockRead {
    type Reader<'c> = &'c Self;
    type Writer<'c> = Nobody;

    fn new(value: Whole) -> Self {
        Self(NoCell::new(value))
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> Nobody {
        Nobody
    }
}

impl Read for &ClockRead {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        black_box(Instant::now());
        self.0.reader().with(show)
    }
}
