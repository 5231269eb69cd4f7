//! The primitives that ship.

#[cfg(all(feature = "std", target_has_atomic = "64"))]
pub(crate) use AtomicU64 as Atomic64;
#[cfg(target_has_atomic = "64")]
pub(crate) use core::sync::atomic::AtomicU64;
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
#[cfg(feature = "std")]
pub(crate) use std::{
    sync::{Arc, Mutex, MutexGuard},
    thread::{Thread, current, park},
};

/// 64 bits that threads share, for targets that have no such atomic: slower, and as correct.
#[cfg(all(feature = "std", not(target_has_atomic = "64")))]
pub(crate) struct Atomic64(Mutex<u64>);

#[cfg(all(feature = "std", not(target_has_atomic = "64")))]
impl Atomic64 {
    pub(crate) const fn new(value: u64) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn load(&self, _: Ordering) -> u64 {
        *lock(&self.0)
    }

    pub(crate) fn store(&self, value: u64, _: Ordering) {
        *lock(&self.0) = value;
    }
}

/// Locks what is whole at every moment: nothing of the crate panics while it holds a lock, and
/// should an allocation ever do, there is nothing to mend.
#[cfg(feature = "std")]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// `core`'s cell behind loom's interface: whoever touches the value says whether he reads or
/// writes.
#[repr(transparent)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        f(self.0.get())
    }

    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }

    #[cfg(feature = "std")]
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    #[cfg(feature = "std")]
    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

/// An atomic that is shared from its first moment on; see the modelled twin.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) fn touched<A>(atomic: A) -> A {
    atomic
}

/// A static that lives as long as the program (under loom: as long as one execution).
#[cfg(feature = "std")]
macro_rules! global {
    (static $name:ident: $type:ty = $init:expr;) => {
        static $name: $type = $init;
    };
}
/// A value of each thread. One whose type has no destructor can be reached until the thread is
/// gone; any other one is gone once its destructor has begun.
#[cfg(feature = "std")]
macro_rules! local {
    (static $name:ident: $type:ty = $init:expr;) => {
        std::thread_local! { static $name: $type = const { $init } }
    };
}
#[cfg(feature = "std")]
pub(crate) use {global, local};

/// A moment until which a thread waits.
#[cfg(feature = "std")]
#[derive(Clone, Copy)]
pub(crate) struct Deadline(std::time::Instant);

#[cfg(feature = "std")]
impl Deadline {
    /// `None` if that moment is too far away for the clock: then there is no deadline.
    pub(crate) fn after(wait: core::time::Duration) -> Option<Self> {
        std::time::Instant::now().checked_add(wait).map(Self)
    }

    pub(crate) fn passed(&self) -> bool {
        std::time::Instant::now() >= self.0
    }

    /// Parks until somebody unparks this thread, or the moment comes, or for no reason at all;
    /// `false`, and at once, if the moment has passed already.
    pub(crate) fn park(&self) -> bool {
        let left = self.0.saturating_duration_since(std::time::Instant::now());
        if left.is_zero() {
            return false;
        }
        std::thread::park_timeout(left);
        true
    }
}

/// How long a thread may still stay awake while it waits: one budget for each call, however
/// often what it waits for changes. A clock stands in the middle because a `spin_loop`
/// takes from 4 to 140 cycles, depending on the processor.
#[cfg(feature = "std")]
pub(crate) struct Spin {
    since: Option<std::time::Instant>,
}

#[cfg(feature = "std")]
impl Spin {
    pub(crate) const fn new() -> Self {
        Self { since: None }
    }

    /// Spins, then spins and yields, while `same()`; returns whether it still holds when the
    /// budget is spent or the deadline is there.
    pub(crate) fn spin_while(
        &mut self,
        same: impl Fn() -> bool,
        deadline: Option<Deadline>,
    ) -> bool {
        use crate::limits::{LOOKS_PER_CLOCK, SPIN_ALONE, SPIN_TOTAL};
        loop {
            for _ in 0..LOOKS_PER_CLOCK {
                if !same() {
                    return false;
                }
                core::hint::spin_loop();
            }
            let now = std::time::Instant::now();
            let spent = now.saturating_duration_since(*self.since.get_or_insert(now));
            if spent >= SPIN_TOTAL || deadline.is_some_and(|deadline| deadline.0 <= now) {
                return true;
            }
            if spent >= SPIN_ALONE {
                std::thread::yield_now();
            }
        }
    }
}
