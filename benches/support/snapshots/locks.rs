//! What needs no crate: an `Arc` behind a lock.

use std::{
    mem,
    sync::{Arc, Mutex, RwLock},
};

use super::{Contestant, Read, Snapshot, Whole, Write};

/// The lock is held for as long as it takes to clone the `Arc`: like the others' guards, a clone
/// keeps nobody from storing.
pub(super) const CELLS: &[Contestant] = &[
    Contestant::new::<RwLock<Arc<Whole>>>("rwlock_arc"),
    Contestant::new::<Mutex<Arc<Whole>>>("mutex_arc"),
];

/// The lock is held for as long as the value is read.
pub(super) const READ_IN_PLACE: &[Contestant] = &[Contestant::new::<InPlace>("rwlock_in_place")];

const SOUND: &str = "nobody panics under the lock";

/// Nothing is allocated or freed under the lock.
macro_rules! behind {
    ($($lock:ident: $read:ident, $write:ident;)*) => {$(
        impl Snapshot for $lock<Arc<Whole>> {
            type Reader<'c> = &'c Self;
            type Writer<'c> = &'c Self;

            fn new(value: Whole) -> Self {
                Self::new(Arc::new(value))
            }

            fn reader(&self) -> &Self {
                self
            }

            fn writer(&self) -> &Self {
                self
            }
        }

        impl Read for &$lock<Arc<Whole>> {
            #[inline(always)]
            fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
                let value = Arc::clone(&self.$read().expect(SOUND));
                show(&value)
            }
        }

        impl Write for &$lock<Arc<Whole>> {
            #[inline(always)]
            fn store(&mut self, value: Whole) {
                let new = Arc::new(value);
                let old = mem::replace(&mut *self.$write().expect(SOUND), new);
                drop(old);
            }
        }
    )*};
}

behind! {
    RwLock: read, write;
    Mutex: lock, lock;
}

struct InPlace(RwLock<Arc<Whole>>);

impl Snapshot for InPlace {
    type Reader<'c> = &'c Self;
    type Writer<'c> = &'c RwLock<Arc<Whole>>;

    fn new(value: Whole) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    fn reader(&self) -> &Self {
        self
    }

    fn writer(&self) -> Self::Writer<'_> {
        &self.0
    }
}

impl Read for &InPlace {
    #[inline(always)]
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R {
        show(&self.0.read().expect(SOUND))
    }
}
