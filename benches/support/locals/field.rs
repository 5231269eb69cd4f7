//! The field: what people use today, each as its documentation shows it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
    thread::{self, ThreadId},
};

use dashmap::DashMap;
use thread_local::ThreadLocal;

use super::{Contestant, Local, VALUE, initialise, look_at};

/// Those that are fields of an object. The first is the baseline.
pub(super) const OBJECTS: &[Contestant] = &[
    Contestant::new::<ThreadLocal<AtomicU64>>("thread_local"),
    Contestant::new::<MutexMap>("mutex_hash_map"),
    Contestant::new::<DashMap<ThreadId, AtomicU64>>("dashmap"),
];

/// Those that are statics: one for the whole program.
pub(super) const STATICS: &[Contestant] = &[
    Contestant::new::<StdConst>("std_thread_local_const"),
    Contestant::new::<StdLazy>("std_thread_local_lazy"),
    Contestant::new::<ThreadLocalStatic>("thread_local_static"),
];

impl Local for ThreadLocal<AtomicU64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        look_at(self.get_or(initialise))
    }
}

/// The same, where the compiler knows the address.
struct ThreadLocalStatic;

impl Local for ThreadLocalStatic {
    fn fresh() -> Self {
        Self
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        static VALUES: ThreadLocal<AtomicU64> = ThreadLocal::new();
        VALUES.value()
    }
}

/// In a loop like the benchmark's, the compiler asks for the thread's block once, before it.
struct StdConst;

impl Local for StdConst {
    fn fresh() -> Self {
        Self
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        thread_local! {
            static OWN: AtomicU64 = const { AtomicU64::new(VALUE) };
        }
        OWN.with(look_at)
    }
}

/// Nothing is to be dropped when the thread ends, so that "initialised" is all there is to check.
struct StdLazy;

impl Local for StdLazy {
    fn fresh() -> Self {
        Self
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        thread_local! {
            static OWN: AtomicU64 = initialise();
        }
        OWN.with(look_at)
    }
}

/// The recipe: the map is locked for as long as it takes to find one's own value.
struct MutexMap(Mutex<HashMap<ThreadId, Arc<AtomicU64>>>);

impl MutexMap {
    #[inline(always)]
    fn own(&self) -> Arc<AtomicU64> {
        let mut values = self.0.lock().expect("initialisers don't panic");
        let own = values.entry(thread::current().id());
        Arc::clone(own.or_insert_with(|| Arc::new(initialise())))
    }
}

impl Local for MutexMap {
    fn fresh() -> Self {
        Self(Mutex::default())
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        look_at(&self.own())
    }
}

/// Looked for first: an entry locks its shard against everyone, a read shares it.
impl Local for DashMap<ThreadId, AtomicU64> {
    fn fresh() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        let own = thread::current().id();
        if let Some(value) = self.get(&own) {
            return look_at(&value);
        }
        look_at(&self.entry(own).or_insert_with(initialise))
    }
}
