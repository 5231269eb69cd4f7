//! onset's per-thread values, as a user would write them.

use std::sync::atomic::AtomicU64;

use onset::PerThread;

use super::{Contestant, Local, initialise, look_at};

/// Those that are fields of an object.
pub(super) const OBJECTS: &[Contestant] =
    &[Contestant::new::<PerThread<AtomicU64>>("onset_per_thread")];

/// Those that are statics.
pub(super) const STATICS: &[Contestant] = &[Contestant::new::<PerThreadStatic>(
    "onset_per_thread_static",
)];

impl Local for PerThread<AtomicU64> {
    fn fresh() -> Self {
        Self::new(initialise)
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        self.with(look_at)
    }
}

/// The same, where the compiler knows the address.
struct PerThreadStatic;

impl Local for PerThreadStatic {
    fn fresh() -> Self {
        Self
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        static VALUES: PerThread<AtomicU64> = PerThread::new(initialise);
        VALUES.value()
    }
}
