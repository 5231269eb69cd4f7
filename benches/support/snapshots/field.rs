//! The field: what people use today, each as its documentation shows it.

use std::{
    mem,
    sync::{Arc, atomic::Ordering},
};

use arc_swap::ArcSwap;
use arcshift::ArcShift;
use crossbeam_epoch::{self as epoch, Atomic, Owned};
use hazarc::AtomicArc;

use super::{Contestant, Read, Snapshot, Whole, Write};

/// Those that are loaded from and stored to. The first is the baseline.
pub(super) const CELLS: &[Contestant] = &[
    Contestant::new::<ArcSwap<Whole>>("arc_swap"),
    Contestant::new::<AtomicArc<Whole>>("hazarc"),
    Contestant::new::<ArcShift<Whole>>("arcshift"),
    Contestant::new::<Epoch>("crossbeam_epoch"),
];

/// The same cells, read through a handle that keeps the last value.
pub(super) const HANDLES: &[Contestant] = &[
    Contestant::new::<ArcSwapCache>("arc_swap_cache"),
    Contestant::new::<HazarcCache>("hazarc_cache"),
];

impl Snapshot for ArcSwap<Whole> {
    type Reader<'c> = &'c Self;
    type Writer<'c> = &'c Self;

    fn new(value: Whole) -> Self {
        Self::from_pointee(value)
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> &Self {
        self
    }
}

impl Read for &ArcSwap<Whole> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(&self.load())
    }
}

impl Write for &ArcSwap<Whole> {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        ArcSwap::store(self, Arc::new(value));
    }
}

struct ArcSwapCache(ArcSwap<Whole>);

impl Snapshot for ArcSwapCache {
    type Reader<'c> = arc_swap::Cache<&'c ArcSwap<Whole>, Arc<Whole>>;
    type Writer<'c> = &'c ArcSwap<Whole>;

    fn new(value: Whole) -> Self {
        Self(ArcSwap::from_pointee(value))
    }

    fn reader(&self) -> Self::Reader<'_> {
        arc_swap::Cache::new(&self.0)
    }

    fn writer(&self) -> Self::Writer<'_> {
        &self.0
    }
}

impl Read for arc_swap::Cache<&ArcSwap<Whole>, Arc<Whole>> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(self.load())
    }
}

impl Snapshot for AtomicArc<Whole> {
    type Reader<'c> = &'c Self;
    type Writer<'c> = &'c Self;

    fn new(value: Whole) -> Self {
        Self::from(value)
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> &Self {
        self
    }
}

impl Read for &AtomicArc<Whole> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(&self.load())
    }
}

impl Write for &AtomicArc<Whole> {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        AtomicArc::store(self, Arc::new(value));
    }
}

struct HazarcCache(AtomicArc<Whole>);

impl Snapshot for HazarcCache {
    type Reader<'c> = hazarc::Cache<&'c AtomicArc<Whole>>;
    type Writer<'c> = &'c AtomicArc<Whole>;

    fn new(value: Whole) -> Self {
        Self(AtomicArc::from(value))
    }

    fn reader(&self) -> Self::Reader<'_> {
        hazarc::Cache::new(&self.0)
    }

    fn writer(&self) -> Self::Writer<'_> {
        &self.0
    }
}

impl Read for hazarc::Cache<&AtomicArc<Whole>> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(self.load())
    }
}

/// Every thread has a clone, and moves it on to the latest value whenever it looks. The one in the
/// cell never looks, and so keeps the first value for as long as it lives.
impl Snapshot for ArcShift<Whole> {
    type Reader<'c> = Self;
    type Writer<'c> = Self;

    fn new(value: Whole) -> Self {
        Self::new(value)
    }

    fn reader(&self) -> Self {
        self.clone()
    }

    fn writer(&self) -> Self {
        self.clone()
    }
}

impl Read for ArcShift<Whole> {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(self.get())
    }
}

impl Write for ArcShift<Whole> {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        self.update(value);
    }
}

/// `crossbeam_epoch` has no cell: its `Atomic`, as its users write it.
struct Epoch(Atomic<Whole>);

impl Snapshot for Epoch {
    type Reader<'c> = &'c Self;
    type Writer<'c> = &'c Self;

    fn new(value: Whole) -> Self {
        Self(Atomic::new(value))
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> &Self {
        self
    }
}

impl Read for &Epoch {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        let pinned = epoch::pin();
        let value = self.0.load(Ordering::Acquire, &pinned);
        // SAFETY: there is a value from the beginning to the end, and what is taken out of the
        // cell lives for as long as somebody is pinned who may have seen it.
        show(unsafe { value.deref() })
    }
}

impl Write for &Epoch {
    #[inline(always)]
    fn store(&mut self, value: Whole) {
        let pinned = epoch::pin();
        let old = self.0.swap(Owned::new(value), Ordering::AcqRel, &pinned);
        // SAFETY: whoever is pinned from now on finds the new value.
        unsafe { pinned.defer_destroy(old) };
    }
}

impl Drop for Epoch {
    fn drop(&mut self) {
        let last = mem::take(&mut self.0);
        // SAFETY: nobody shares `self` any more.
        drop(unsafe { last.try_into_owned() });
    }
}
