//! The only file that names the primitives of `core`, `std` or loom.
//!
//! Everything else in the crate takes its atomics, its interior mutability, its threads and its
//! clock from here, so that what is modelled under `--cfg onset_loom` is what ships, fence for
//! fence.

pub(crate) use imp::*;

#[cfg(not(all(target_has_atomic = "ptr", target_has_atomic = "32")))]
compile_error!(
    "onset needs compare-and-swap on pointers and 32-bit words, which this target does not have"
);

#[cfg(not(onset_loom))]
mod imp {
    #[cfg(all(feature = "std", target_has_atomic = "64"))]
    pub(crate) use AtomicU64 as Atomic64;
    #[cfg(target_has_atomic = "64")]
    pub(crate) use core::sync::atomic::AtomicU64;
    pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
    #[cfg(feature = "std")]
    pub(crate) use std::{
        sync::{Mutex, MutexGuard},
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
    /// A value of each thread, without a destructor, so that it can be reached until the thread is
    /// gone.
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
}

#[cfg(onset_loom)]
mod imp {
    use core::ops::{Deref, DerefMut};
    use std::sync::OnceLock;

    pub(crate) use core::sync::atomic::Ordering;
    pub(crate) use loom::thread::{Thread, current, park};

    /// A modelled object behind a `const` constructor: loom's own constructors must run inside a
    /// model, and every cell of this crate is `const`.
    ///
    /// The object is made when it is first touched, and loom takes that moment for its birth: two
    /// threads that touch it first without an order between them are reported as a causality
    /// violation. So a model touches a cell (`get`) before it shares it. All threads of a model
    /// run on one thread of the system, so the `OnceLock` is never contended.
    #[allow(
        unreachable_pub,
        reason = "it stands in the public trait `Word`, out of reach"
    )]
    pub struct Modelled<V, A> {
        birth: V,
        object: OnceLock<A>,
    }

    impl<V: Copy, A> Modelled<V, A> {
        pub(crate) const fn new(birth: V) -> Self {
            Self {
                birth,
                object: OnceLock::new(),
            }
        }
    }

    impl<V: Copy, A: From<V>> Deref for Modelled<V, A> {
        type Target = A;
        fn deref(&self) -> &A {
            self.object.get_or_init(|| A::from(self.birth))
        }
    }

    pub(crate) type AtomicBool = Modelled<bool, loom::sync::atomic::AtomicBool>;
    pub(crate) type AtomicPtr<T> = Modelled<*mut T, loom::sync::atomic::AtomicPtr<T>>;
    pub(crate) type AtomicU32 = Modelled<u32, loom::sync::atomic::AtomicU32>;
    pub(crate) type AtomicU64 = Modelled<u64, loom::sync::atomic::AtomicU64>;
    pub(crate) use AtomicU64 as Atomic64;
    pub(crate) type AtomicUsize = Modelled<usize, loom::sync::atomic::AtomicUsize>;

    // SAFETY: [MODEL] all threads of a model are coroutines of one thread of the system.
    unsafe impl<V, A> Sync for Modelled<V, A> {}
    // SAFETY: [MODEL] as above.
    unsafe impl<V, A> Send for Modelled<V, A> {}

    /// Reads and writes are tracked by a cell of loom's that stands beside the value.
    pub(crate) struct UnsafeCell<T> {
        value: core::cell::UnsafeCell<T>,
        tracker: Modelled<(), Tracker>,
    }

    struct Tracker(loom::cell::UnsafeCell<()>);

    impl From<()> for Tracker {
        fn from((): ()) -> Self {
            Self(loom::cell::UnsafeCell::new(()))
        }
    }

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self {
                value: core::cell::UnsafeCell::new(value),
                tracker: Modelled::new(()),
            }
        }

        #[track_caller]
        pub(crate) fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            self.tracker.0.with(|_| f(self.value.get()))
        }

        #[track_caller]
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            self.tracker.0.with_mut(|_| f(self.value.get()))
        }

        #[track_caller]
        pub(crate) fn get_mut(&mut self) -> &mut T {
            self.with_mut(|_| ());
            self.value.get_mut()
        }

        #[track_caller]
        pub(crate) fn into_inner(self) -> T {
            self.with_mut(|_| ());
            self.value.into_inner()
        }
    }

    /// loom's mutex behind a `const` constructor.
    pub(crate) struct Mutex<T> {
        lock: Modelled<(), Lock>,
        value: core::cell::UnsafeCell<T>,
    }

    struct Lock(loom::sync::Mutex<()>);

    impl From<()> for Lock {
        fn from((): ()) -> Self {
            Self(loom::sync::Mutex::new(()))
        }
    }

    // SAFETY: [MODEL] as above.
    unsafe impl<T> Send for Mutex<T> {}
    // SAFETY: [MODEL] as above.
    unsafe impl<T> Sync for Mutex<T> {}

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self {
                lock: Modelled::new(()),
                value: core::cell::UnsafeCell::new(value),
            }
        }
    }

    pub(crate) struct MutexGuard<'a, T> {
        mutex: &'a Mutex<T>,
        _locked: loom::sync::MutexGuard<'a, ()>,
    }

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;
        fn deref(&self) -> &T {
            // SAFETY: [MODEL] the modelled mutex is locked.
            unsafe { &*self.mutex.value.get() }
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: [MODEL] the modelled mutex is locked.
            unsafe { &mut *self.mutex.value.get() }
        }
    }

    #[track_caller]
    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        let locked = mutex
            .lock
            .0
            .lock()
            .expect("loom's mutexes are not poisoned");
        MutexGuard {
            mutex,
            _locked: locked,
        }
    }

    /// An atomic that is born before it is shared, on the thread that makes it.
    pub(crate) fn touched<V: Copy, A: From<V>>(atomic: Modelled<V, A>) -> Modelled<V, A> {
        let _: &A = &atomic;
        atomic
    }

    macro_rules! global {
        (static $name:ident: $type:ty = $init:expr;) => {
            loom::lazy_static! { static ref $name: $type = $init; }
        };
    }
    macro_rules! local {
        (static $name:ident: $type:ty = $init:expr;) => {
            loom::thread_local! { static $name: $type = $init; }
        };
    }
    pub(crate) use {global, local};

    /// Time does not exist in a model: a deadline passes once its thread has let the others run.
    #[derive(Clone, Copy)]
    pub(crate) struct Deadline;

    impl Deadline {
        pub(crate) fn after(wait: core::time::Duration) -> Option<Self> {
            (wait < core::time::Duration::MAX).then_some(Self)
        }

        pub(crate) fn passed(&self) -> bool {
            false
        }

        pub(crate) fn park(&self) -> bool {
            loom::thread::yield_now();
            false
        }
    }

    /// A loop that only waits adds executions and no knowledge: a model parks at once.
    pub(crate) struct Spin;

    impl Spin {
        pub(crate) const fn new() -> Self {
            Self
        }

        pub(crate) fn spin_while(&mut self, same: impl Fn() -> bool, _: Option<Deadline>) -> bool {
            same()
        }
    }
}
