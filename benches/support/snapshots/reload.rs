//! onset's value that is loaded again when its source has changed, between two checks.

use std::convert::Infallible;

use onset::{Reload, Source};

use super::{Contestant, Read, Snapshot, Whole, controls::Nobody};

/// Its values come from its source alone.
pub(super) const CELLS: &[Contestant] = &[Contestant::new::<Reload<Unchanging>>("onset_reload")];

/// A source that has one value for ever: with every check, and there is one in a second, it finds
/// that nothing is new.
struct Unchanging;

impl Source for Unchanging {
    type Value = Whole;
    type Stamp = u64;
    type Error = Infallible;

    fn stamp(&self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn load(&self) -> Result<Whole, Infallible> {
        Ok(Whole::new(0))
    }
}

impl Snapshot for Reload<Unchanging> {
    type Reader<'c> = &'c Self;
    type Writer<'c> = Nobody;

    fn new(_: Whole) -> Self {
        Self::new(Unchanging)
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> Nobody {
        Nobody
    }
}

impl Read for &Reload<Unchanging> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        match self.get() {
            Ok(value) => show(&value),
            Err(_) => unreachable!("the source never fails"),
        }
    }
}
