//! The primitives of the models: the same names, on loom.

use core::ops::{Deref, DerefMut};
use std::sync::OnceLock;

pub(crate) use core::sync::atomic::Ordering;
pub(crate) use loom::{
    sync::Arc,
    thread::{Thread, current, park},
};

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
