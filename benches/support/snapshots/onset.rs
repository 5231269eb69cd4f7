//! onset's snapshots, as a user would write them.

use onset::{Reader, SnapshotCell};

use super::{Contestant, Read, Snapshot, Whole, Write};

pub(super) const CELLS: &[Contestant] = &[Contestant::new::<SnapshotCell<Whole>>("onset_snapshot")];

/// The same cell, read through a handle that keeps the last value.
pub(super) const HANDLES: &[Contestant] = &[Contestant::new::<ThroughReader>("onset_reader")];

impl Snapshot for SnapshotCell<Whole> {
    type Reader<'c> = &'c Self;
    type Writer<'c> = &'c Self;

    fn new(value: Whole) -> Self {
        Self::new(value)
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> &Self {
        self
    }
}

impl Read for &SnapshotCell<Whole> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(&self.load())
    }
}

impl Write for &SnapshotCell<Whole> {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        SnapshotCell::store(self, value);
    }
}

struct ThroughReader(SnapshotCell<Whole>);

impl Snapshot for ThroughReader {
    type Reader<'c> = Reader<'c, Whole>;
    type Writer<'c> = &'c SnapshotCell<Whole>;

    fn new(value: Whole) -> Self {
        Self(SnapshotCell::new(value))
    }

    fn reader(&self) -> Self::Reader<'_> {
        self.0.reader()
    }

    fn writer(&self) -> Self::Writer<'_> {
        &self.0
    }
}

impl Read for Reader<'_, Whole> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(self.load())
    }
}
