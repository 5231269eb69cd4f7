//! User code that uses the registry it is called by: no lock is held, so it works.

use std::{
    convert::Infallible,
    hash::{Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use onset::{BatchError, ProcessSeeded, Registry};

use super::{Items, pair};
use crate::support::{Item, Ledger, Moment, at_the_next, watchdog};

/// The ids that are registered, in order.
fn ids<S>(registry: &Registry<Item, Item, S>) -> Vec<u64> {
    registry.iter().map(|(key, _)| key.id()).collect()
}

/// A ledger that user code finds without being told.
fn entered(id: u64) -> (Item, Item) {
    thread_local!(static LEDGER: &'static Ledger = Ledger::new());
    pair(LEDGER.with(|ledger| *ledger), id)
}

fn register(registry: &Items, id: u64) -> bool {
    let (key, value) = entered(id);
    registry.register(key, value).is_ok()
}

#[test]
fn a_hash_that_registers() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    let plan = at_the_next(Moment::Hash, || assert!(register(&REGISTRY, 1)));
    assert!(register(&REGISTRY, 2));
    drop(plan);
    assert_eq!(ids(&REGISTRY), [1, 2]);
}

/// It registers the very key that is being hashed, and so comes first.
#[test]
fn a_hash_that_registers_the_key_itself() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    let plan = at_the_next(Moment::Hash, || assert!(register(&REGISTRY, 1)));
    assert!(!register(&REGISTRY, 1));
    drop(plan);
    let plan = at_the_next(Moment::Hash, || assert!(register(&REGISTRY, 2)));
    let (key, value) = entered(2);
    let there = REGISTRY.register_or_get(key, value).ok().unwrap();
    drop(plan);
    assert!(std::ptr::eq(there, REGISTRY.get(&2).unwrap()));
    assert_eq!(ids(&REGISTRY), [1, 2]);
}

/// It changes the registry, so the look-up it is part of is begun anew.
#[test]
fn an_eq_that_registers() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let plan = at_the_next(Moment::Eq, || assert!(register(&REGISTRY, 2)));
    let (key, value) = entered(1);
    assert_eq!(REGISTRY.replace(key, value).ok().unwrap().unwrap().id(), 10);
    drop(plan);
    assert_eq!(ids(&REGISTRY), [2, 1]);
}

/// The key that was found is not there any more when the change is made.
#[test]
fn an_eq_that_removes_the_key_itself() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let remove: fn() = || assert!(REGISTRY.remove(&1).unwrap().is_some());
    let plan = at_the_next(Moment::Eq, remove);
    let (key, value) = entered(1);
    assert!(REGISTRY.replace(key, value).ok().unwrap().is_none());
    drop(plan);
    assert_eq!(ids(&REGISTRY), [1]);

    let plan = at_the_next(Moment::Eq, remove);
    assert!(REGISTRY.remove(&entered(1).0).unwrap().is_none());
    drop(plan);
    assert!(REGISTRY.is_empty());
}

/// As of the moment at which the look-up began.
#[test]
fn an_eq_that_removes_what_is_being_looked_up() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let plan = at_the_next(Moment::Eq, || {
        assert!(REGISTRY.remove(&1).unwrap().is_some());
    });
    assert_eq!(REGISTRY.get(&entered(1).0).unwrap().id(), 10);
    drop(plan);
    assert!(REGISTRY.get(&1).is_none());
}

/// Every part of the surface, from within an `Eq`.
#[test]
fn an_eq_that_does_everything() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let plan = at_the_next(Moment::Eq, || {
        let older = REGISTRY.snapshot();
        let (key, value) = entered(1);
        assert!(REGISTRY.replace(key, value).is_ok());
        let several = REGISTRY.batch(|batch| {
            let (key, value) = entered(2);
            batch.register(key, value);
            Ok::<_, Infallible>(())
        });
        assert_eq!(several, Ok(()));
        assert_eq!(REGISTRY.snapshot().since(&older).count(), 2);
        REGISTRY.seal();
        assert!(REGISTRY.is_sealed());
    });
    assert!(!register(&REGISTRY, 1));
    drop(plan);
    assert_eq!(ids(&REGISTRY), [1, 2]);
}

/// `batch` runs its closure before it looks, so what the closure does is there already.
#[test]
fn a_batch_s_closure_may_use_the_registry() {
    let (_watch, registry) = (watchdog(), Registry::new());
    registry.register("before", 0).unwrap();
    let outcome = registry.batch(|batch| {
        batch.register("batch", 1);
        assert_eq!(registry.get("batch"), None, "not before the end");
        registry.register("between", 2).unwrap();
        assert_eq!(registry.remove("before"), Ok(Some(&0)));
        batch.register("before", 3);
        Ok::<_, Infallible>(())
    });
    assert_eq!(outcome, Ok(()));
    let all: Vec<_> = registry.iter().map(|(k, v)| (*k, *v)).collect();
    assert_eq!(all, [("between", 2), ("batch", 1), ("before", 3)]);
}

#[test]
fn batches_within_batches() {
    let (_watch, registry) = (watchdog(), Registry::new());
    let nested = |depth: u64| {
        fn level(registry: &Registry<u64, u64>, depth: u64) {
            let outcome = registry.batch(|batch| {
                batch.register(depth, depth);
                if depth > 0 {
                    level(registry, depth - 1);
                }
                assert_eq!(registry.len() as u64, depth, "the inner ones");
                Ok::<_, Infallible>(())
            });
            assert_eq!(outcome, Ok(()));
        }
        level(&registry, depth);
    };
    nested(5);
    assert!(registry.iter().map(|(key, _)| *key).eq(0..=5));
}

/// The inner batch was faster, so the outer one is refused when it ends.
#[test]
fn a_batch_within_a_batch_may_win() {
    let (_watch, registry) = (watchdog(), Registry::new());
    let outcome = registry.batch(|outer| {
        outer.register("other", 0);
        outer.register("key", 1);
        let inner = registry.batch(|inner| {
            inner.register("key", 2);
            Ok::<_, Infallible>(())
        });
        assert_eq!(inner, Ok(()));
        Ok::<_, Infallible>(())
    });
    let (key, value) = ("key", 1);
    assert_eq!(outcome, Err(BatchError::Duplicate { key, value }));
    assert_eq!((registry.len(), registry.get("key")), (1, Some(&2)));
}

/// A batch that takes back what it registers is none of somebody else's business who registers it.
#[test]
fn a_registration_taken_back_touches_nobody_else_s() {
    let (_watch, registry) = (watchdog(), Registry::new());
    let outcome = registry.batch(|batch| {
        batch.register("key", 1);
        batch.remove("key");
        registry.register("key", 2).unwrap();
        Ok::<_, Infallible>(())
    });
    assert_eq!((outcome, registry.get("key")), (Ok(()), Some(&2)));
}

/// The destructors of a refused batch run without the lock.
#[test]
fn a_destructor_that_registers() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let plan = at_the_next(Moment::Drop, || assert!(register(&REGISTRY, 3)));
    let outcome = REGISTRY.batch(|batch| {
        for id in [2, 1] {
            let (key, value) = entered(id);
            batch.register(key, value);
        }
        Ok::<_, Infallible>(())
    });
    drop(plan);
    assert!(matches!(outcome, Err(BatchError::Duplicate { .. })));
    assert_eq!(ids(&REGISTRY), [1, 3]);
}

/// What a batch removes by, and what it had to register before, is dropped when all is published.
#[test]
fn a_destructor_that_looks() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    assert!(register(&REGISTRY, 1));
    let outcome = {
        let mut plan = None;
        let outcome = REGISTRY.batch(|batch| {
            let (key, value) = entered(2);
            batch.register(key, value);
            batch.remove(entered(1).0);
            plan = Some(at_the_next(Moment::Drop, || {
                assert_eq!(ids(&REGISTRY), [2]);
                assert!(register(&REGISTRY, 3));
            }));
            Ok::<_, Infallible>(())
        });
        drop(plan);
        outcome
    };
    assert!(outcome.is_ok());
    assert_eq!(ids(&REGISTRY), [2, 3]);
}

/// The value that a batch had collected before is dropped within `f`: the registry is free.
#[test]
fn a_destructor_within_a_batch() {
    static REGISTRY: Items = Registry::new();
    let _watch = watchdog();
    let outcome = REGISTRY.batch(|batch| {
        let (key, value) = entered(1);
        batch.register(key, value);
        let plan = at_the_next(Moment::Drop, || assert!(register(&REGISTRY, 2)));
        let (key, value) = entered(1);
        batch.replace(key, value);
        drop(plan);
        Ok::<_, Infallible>(())
    });
    assert!(outcome.is_ok());
    assert_eq!(ids(&REGISTRY), [2, 1]);
}

/// A `BuildHasher` is user code, too.
#[test]
fn a_hasher_that_registers() {
    use std::hash::BuildHasher;
    struct Registers;
    impl BuildHasher for Registers {
        type Hasher = std::hash::DefaultHasher;
        fn build_hasher(&self) -> Self::Hasher {
            if REGISTRY.is_empty() {
                thread_local!(static INSIDE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
                if !INSIDE.replace(true) {
                    REGISTRY.register(1, 1).unwrap();
                }
            }
            ProcessSeeded::new().build_hasher()
        }
    }
    static REGISTRY: Registry<u64, u64, Registers> = Registry::with_hasher(Registers);
    let _watch = watchdog();
    REGISTRY.register(2, 2).unwrap();
    assert!(REGISTRY.iter().map(|(key, _)| *key).eq([1, 2]));
}

/// Each comparison registers something that hashes otherwise: that keeps nobody from his end. It did
/// as long as a writer began anew whenever anything was published.
#[test]
fn an_eq_that_always_registers() {
    static REGISTRY: Registry<Restless, u64> = Registry::new();
    static NEXT: AtomicU64 = AtomicU64::new(100);

    struct Restless(u64);

    impl Eq for Restless {}

    impl Hash for Restless {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    impl PartialEq for Restless {
        fn eq(&self, other: &Self) -> bool {
            if self.0 < 100 && other.0 < 100 {
                let next = Self(NEXT.fetch_add(1, Ordering::Relaxed));
                assert!(REGISTRY.register(next, 0).is_ok());
            }
            self.0 == other.0
        }
    }

    let _watch = watchdog();
    for key in 0..10 {
        assert!(REGISTRY.register(Restless(key), 0).is_ok());
    }
    assert_eq!(REGISTRY.replace(Restless(1), 1).unwrap(), Some(&0));
    assert_eq!(REGISTRY.remove(&Restless(2)).unwrap(), Some(&0));
    let all = REGISTRY.batch(|batch| {
        (0..10).for_each(|key| batch.replace(Restless(key), 2));
        Ok::<_, Infallible>(())
    });
    assert!(all.is_ok());
    let meanwhile = NEXT.load(Ordering::Relaxed) - 100;
    assert!(meanwhile >= 12, "each key was compared");
    assert_eq!(REGISTRY.len() as u64, 10 + meanwhile);
}
