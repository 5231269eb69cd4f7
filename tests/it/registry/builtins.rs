//! `with_builtins`: the first access loads them, whole, and nobody waits for himself.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use onset::{ProcessSeeded, Registry};

use crate::{
    messages::{at, complaint},
    support::{
        Gate, Itself, Stall, catch, hold, is_planned, planned_panic, run_together, watchdog,
    },
};

/// The keys, in order.
fn keys<S>(registry: &Registry<u64, u64, S>) -> Vec<u64> {
    registry.iter().map(|(key, _)| *key).collect()
}

/// Each way to come first.
#[test]
fn every_access_loads_them() {
    type Way = fn(&Registry<u64, u64>);
    let ways: [Way; 17] = [
        |r| assert_eq!(r.get(&1), Some(&10)),
        |r| assert!(r.contains_key(&1)),
        |r| assert_eq!(r.len(), 2),
        |r| assert!(!r.is_empty()),
        |r| assert_eq!(r.version(), 2),
        |r| assert_eq!(r.snapshot().len(), 2),
        |r| assert_eq!(r.iter().count(), 2),
        |r| assert_eq!(r.into_iter().count(), 2),
        |r| assert_eq!(format!("{r:?}"), "{1: 10, 2: 20}"),
        |r| assert!(r.register(1, 11).is_err()),
        |r| assert_eq!(r.register_or_get(1, 11), Ok(&10)),
        |r| assert_eq!(r.replace(3, 30), Ok(None)),
        |r| assert_eq!(r.replace(1, 11), Ok(Some(&10))),
        |r| assert_eq!(r.remove(&1), Ok(Some(&10))),
        |r| {
            let outcome = r.batch(|batch| {
                batch.register(1, 11);
                Ok::<_, Infallible>(())
            });
            assert!(outcome.is_err());
        },
        |r| r.seal(),
        |r| assert!(r.batch(|_| Err(())).is_err()),
    ];
    for way in ways {
        let registry = Registry::with_builtins(|batch| {
            batch.register(1, 10);
            batch.register(2, 20);
        });
        way(&registry);
        assert!(keys(&registry).contains(&2));
        assert_eq!(registry.snapshot().since(&registry.snapshot()).count(), 0);
    }
}

#[test]
fn they_are_there_when_the_registry_is_taken_apart() {
    let registry = Registry::with_builtins(|batch| batch.register("key", 1));
    assert!(registry.into_iter().eq([("key", 1)]));
}

/// They are sealed in, not out.
#[test]
fn a_registry_that_is_sealed_at_once_has_them() {
    let registry = Registry::with_builtins(|batch| batch.register("key", 1));
    registry.seal();
    assert_eq!(registry.get("key"), Some(&1));
    assert!(registry.register("other", 2).is_err());
}

/// What `compact` does not look at it does not load; what it has emptied is not loaded again.
#[test]
fn compacting_is_no_access() {
    static LOADED: AtomicUsize = AtomicUsize::new(0);
    let mut registry = Registry::with_builtins(|batch| {
        LOADED.fetch_add(1, Ordering::Relaxed);
        batch.register("key", 1);
    });
    registry.compact();
    assert_eq!(LOADED.load(Ordering::Relaxed), 0);
    assert_eq!(registry.remove("key"), Ok(Some(&1)));
    registry.compact();
    assert_eq!((registry.len(), LOADED.load(Ordering::Relaxed)), (0, 1));
}

#[test]
fn a_registry_without_an_access_loads_nothing() {
    drop(Registry::<u8, u8>::with_builtins(|_| {
        unreachable!("nobody asked")
    }));
}

/// Also if they register nothing.
#[test]
fn they_are_loaded_once() {
    static LOADED: AtomicUsize = AtomicUsize::new(0);
    static REGISTRY: Registry<u64, u64> = Registry::with_builtins(|_| {
        LOADED.fetch_add(1, Ordering::Relaxed);
    });
    for _ in 0..3 {
        assert!(REGISTRY.is_empty());
    }
    run_together(4, |_| assert_eq!(REGISTRY.get(&1), None));
    assert_eq!(LOADED.load(Ordering::Relaxed), 1);
}

/// The operations of a batch, on what is empty.
#[test]
fn they_are_a_batch() {
    let registry: Registry<u64, u64, Itself> = Registry::with_builtins_and_hasher(
        |batch| {
            batch.remove(1);
            batch.register(1, 10);
            batch.register(2, 20);
            batch.replace(2, 21);
            batch.replace(3, 30);
            batch.register(4, 40);
            batch.remove(4);
        },
        Itself::new(),
    );
    assert!(registry.iter().eq([(&1, &10), (&2, &21), (&3, &30)]));
    assert_eq!(registry.version(), 3);
}

#[test]
fn the_first_access_panics_if_a_key_comes_twice() {
    let registry = Registry::with_builtins(|batch| {
        batch.register(1, 10);
        batch.register(2, 20);
        batch.register(1, 11);
        batch.register(3, 30);
    });
    for _ in 0..2 {
        assert_eq!(
            complaint(|| registry.get(&2)),
            "the built-ins register a key twice; remedy: leave one out, or `replace` it"
        );
    }
}

/// It is as it was, and the next access tries again.
#[test]
fn a_panic_leaves_nothing_and_the_next_one_loads() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);
    let registry = Registry::with_builtins(|batch| {
        batch.register(1, 10);
        if ATTEMPTS.fetch_add(1, Ordering::Relaxed) < 3 {
            planned_panic();
        }
        batch.register(2, 20);
    });
    assert!(is_planned(&catch(|| registry.len()).unwrap_err()));
    assert!(is_planned(&catch(|| registry.replace(1, 11)).unwrap_err()));
    assert!(is_planned(&catch(|| registry.seal()).unwrap_err()));
    assert_eq!(keys(&registry), [1, 2]);
    assert!(!registry.is_sealed());
    assert_eq!(ATTEMPTS.load(Ordering::Relaxed), 4);
}

/// The values of a load that panicked are dropped.
#[test]
fn a_panic_drops_what_was_loaded() {
    use std::{cell::Cell, rc::Rc};
    thread_local!(static SHARED: Rc<u8> = Rc::new(1));
    thread_local!(static PANICS: Cell<bool> = const { Cell::new(true) });
    let registry = Registry::with_builtins(|batch| {
        batch.register(1, SHARED.with(Rc::clone));
        batch.replace(2, SHARED.with(Rc::clone));
        if PANICS.get() {
            planned_panic();
        }
    });
    assert!(catch(|| registry.len()).is_err());
    assert_eq!(SHARED.with(Rc::strong_count), 1);
    PANICS.set(false);
    assert_eq!(registry.len(), 2);
    assert_eq!(SHARED.with(Rc::strong_count), 3);
}

#[test]
fn a_load_that_asks_the_registry_panics_with_both_places() {
    static BEGAN: u32 = line!() + 2;
    static REGISTRY: Registry<u8, u64> = Registry::with_builtins(|_| {
        REGISTRY.get(&1);
    });
    let _watch = watchdog();
    for _ in 0..2 {
        let began = line!() + 1;
        let text = complaint(|| REGISTRY.len());
        assert_eq!(text, recursion("u64", &at!(BEGAN), &at!(began)));
    }
}

fn recursion(value: &str, again: &str, began: &str) -> String {
    format!(
        "`Registry<{value}>` is needed at {again} by its own initialiser, which began at {began}; \
         remedy: register the built-ins through the batch alone"
    )
}

/// Each way to ask, from within the load.
#[test]
fn every_way_to_ask_within_the_load_is_caught() {
    static REGISTRY: Registry<u64, u64> = Registry::with_builtins(|batch| {
        let ways: [fn(); 11] = [
            || _ = REGISTRY.get(&1),
            || {
                REGISTRY.contains_key(&1);
            },
            || _ = REGISTRY.snapshot(),
            || _ = REGISTRY.iter(),
            || _ = REGISTRY.register(1, 1),
            || _ = REGISTRY.register_or_get(1, 1),
            || _ = REGISTRY.replace(1, 1),
            || _ = REGISTRY.remove(&1),
            || _ = REGISTRY.batch(|_| Ok::<_, ()>(())),
            || REGISTRY.seal(),
            || drop(format!("{REGISTRY:?}")),
        ];
        for way in ways {
            let text = complaint(way);
            assert!(text.starts_with("`Registry<u64>` is needed at "), "{text}");
        }
        batch.register(1, 10);
    });
    let _watch = watchdog();
    assert_eq!(REGISTRY.get(&1), Some(&10), "what was caught is over");
    assert_eq!(REGISTRY.version(), 1);
}

/// Two registries whose built-ins need each other: one of them is told.
#[test]
fn built_ins_that_need_each_other_do_not_hang() {
    static ONE: Registry<u8, u8> = Registry::with_builtins(|batch| {
        batch.register(1, *OTHER.get(&1).unwrap());
    });
    static OTHER: Registry<u8, u8> = Registry::with_builtins(|batch| {
        batch.register(1, *ONE.get(&1).unwrap());
    });
    let _watch = watchdog();
    let text = complaint(|| ONE.len());
    assert!(text.starts_with("`Registry<u8>` is needed at "), "{text}");
    let outcomes = run_together(2, |n| catch(|| [&ONE, &OTHER][n].len()));
    for outcome in outcomes {
        assert!(outcome.is_err());
    }
}

/// One loads, the others wait for all of it.
#[test]
fn the_others_wait_while_one_loads() {
    static STALL: Stall = Stall::new();
    static ASKING: Gate = Gate::new();
    static REGISTRY: Registry<u64, u64> = Registry::with_builtins(|batch| {
        batch.register(1, 10);
        STALL.stand();
        batch.register(2, 20);
    });
    let _watch = watchdog();
    thread::scope(|s| {
        let first = hold(s, &STALL, || REGISTRY.get(&1).copied());
        let others = [1, 2].map(|key| {
            s.spawn(move || {
                ASKING.open();
                (REGISTRY.len(), REGISTRY.get(&key).copied())
            })
        });
        ASKING.pass();
        crate::support::settle();
        assert!(others.iter().all(|other| !other.is_finished()));
        assert_eq!(first.end(), Some(10));
        for (other, value) in others.into_iter().zip([10, 20]) {
            assert_eq!(other.join().unwrap(), (2, Some(value)));
        }
    });
}

#[test]
fn all_see_them_whole_whoever_loads() {
    const KEYS: u64 = 20;
    for _ in 0..if cfg!(miri) { 3 } else { 50 } {
        let registry: Registry<u64, u64, ProcessSeeded> = Registry::with_builtins(|batch| {
            (0..KEYS).for_each(|key| batch.register(key, key));
        });
        run_together(4, |n| match n {
            0 => assert!(registry.iter().map(|(key, _)| *key).eq(0..KEYS)),
            1 => assert!(registry.register(KEYS - 1, 0).is_err()),
            2 => assert_eq!(registry.snapshot().len() as u64, KEYS),
            _ => assert_eq!(registry.get(&(KEYS - 1)), Some(&(KEYS - 1))),
        });
        assert_eq!(registry.version(), KEYS);
    }
}
