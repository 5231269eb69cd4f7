//! Time as a number, for those who look at it at every call.

/// A monotonic clock, in nanoseconds since some moment that all clocks here share.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    Precise,
    /// Up to a tick of the system late (1 to 10 ms), and several times cheaper to read where the
    /// system has such a clock.
    Coarse,
}

#[cfg(all(not(onset_loom), any(target_os = "linux", target_os = "android")))]
impl Clock {
    #[inline]
    pub(crate) fn nanos(self) -> u64 {
        let id = match self {
            Self::Precise => libc::CLOCK_MONOTONIC,
            Self::Coarse => libc::CLOCK_MONOTONIC_COARSE,
        };
        // Not by its fields: some targets have private ones.
        let mut time = core::mem::MaybeUninit::<libc::timespec>::zeroed();
        // SAFETY: [CLOCK] the pointer is to a `timespec` of ours.
        let failed = unsafe { libc::clock_gettime(id, time.as_mut_ptr()) } != 0;
        debug_assert!(!failed, "both clocks exist since Linux 2.6.32");
        // SAFETY: [CLOCK] it is made of integers, for which zeros will do.
        let time = unsafe { time.assume_init() };
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    }
}

#[cfg(all(not(onset_loom), not(any(target_os = "linux", target_os = "android"))))]
impl Clock {
    pub(crate) fn nanos(self) -> u64 {
        use std::{sync::OnceLock, time::Instant};
        static START: OnceLock<Instant> = OnceLock::new();
        let start = START.get_or_init(Instant::now);
        u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Time does not exist in a model: what is due in no time is due, and the rest never is.
///
/// It is not zero: that is when something was invalidated, and the two are to be told apart.
#[cfg(onset_loom)]
impl Clock {
    pub(crate) fn nanos(self) -> u64 {
        1
    }
}
