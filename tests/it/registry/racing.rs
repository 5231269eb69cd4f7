//! Two or more threads that change the same thing: one of them comes first.

use std::{
    convert::Infallible,
    hash::{Hash, Hasher},
    ptr, thread,
};

use onset::{BatchError, Reason, Registry};

use crate::support::{Ledger, Stall, hold, run_together, watchdog};

const ROUNDS: usize = if cfg!(miri) { 3 } else { 200 };
const THREADS: usize = 4;

/// One wins, the others have their keys and values back.
#[test]
fn one_of_those_who_register_the_same_key_wins() {
    for _ in 0..ROUNDS {
        let (registry, ledger) = (Registry::new(), Ledger::new());
        let outcomes = run_together(THREADS, |n| {
            registry.register("key", ledger.value(n as u64))
        });
        let winner = outcomes.iter().position(Result::is_ok).unwrap();
        assert_eq!(registry.get("key").unwrap().id(), winner as u64);
        for (n, outcome) in outcomes
            .into_iter()
            .enumerate()
            .filter(|(n, _)| *n != winner)
        {
            let refused = outcome.expect_err("another one won");
            assert_eq!(refused.reason, Reason::Duplicate);
            assert_eq!(refused.value.id(), n as u64);
        }
        assert_eq!(
            (registry.len(), registry.version(), ledger.alive()),
            (1, 1, 1)
        );
    }
}

#[test]
fn all_who_register_or_get_have_the_same_value() {
    for _ in 0..ROUNDS {
        let (registry, ledger) = (Registry::new(), Ledger::new());
        let there = run_together(THREADS, |n| {
            ptr::from_ref(
                registry
                    .register_or_get("key", ledger.value(n as u64))
                    .unwrap(),
            )
            .addr()
        });
        let expected = ptr::from_ref(registry.get("key").unwrap()).addr();
        assert!(there.into_iter().all(|place| place == expected));
        assert_eq!((registry.version(), ledger.alive()), (1, 1));
    }
}

/// Each value but the last one is shadowed by exactly one other.
#[test]
fn replacements_form_a_chain() {
    let registry = Registry::new();
    let shadowed = run_together(THREADS, |thread| {
        let numbers = (0..ROUNDS).map(|n| n * THREADS + thread);
        numbers
            .filter_map(|n| registry.replace("key", n).unwrap().copied())
            .collect::<Vec<_>>()
    });
    let mut all = shadowed.concat();
    all.extend(registry.get("key"));
    all.sort_unstable();
    assert!(all.into_iter().eq(0..THREADS * ROUNDS));
    assert_eq!(
        (registry.len(), registry.version()),
        (1, (THREADS * ROUNDS) as u64)
    );
}

/// Each value is removed by exactly one thread.
#[test]
fn a_value_is_removed_once() {
    const KEYS: usize = 50;
    for _ in 0..ROUNDS / 4 + 1 {
        let registry = Registry::new();
        for key in 0..KEYS {
            registry.register(key, key).unwrap();
        }
        let remove = |_| {
            (0..KEYS)
                .filter_map(|key| registry.remove(&key).unwrap())
                .count()
        };
        assert_eq!(
            run_together(THREADS, remove).into_iter().sum::<usize>(),
            KEYS
        );
        assert_eq!((registry.len(), registry.version()), (0, 2 * KEYS as u64));
    }
}

/// One batch gets all of its keys, or another one does.
#[test]
fn one_of_the_batches_that_overlap_wins() {
    for _ in 0..ROUNDS {
        let (registry, ledger) = (Registry::new(), Ledger::new());
        let outcomes = run_together(THREADS, |n| {
            registry.batch(|batch| {
                // They overlap in one key, which is the first of some and the last of others.
                let own = (1..=10).map(|key| key + 100 * n);
                let keys: Vec<_> = own.chain([0]).collect();
                let register = |key: usize| batch.register(key, ledger.value(n as u64));
                if n % 2 == 0 {
                    keys.into_iter().for_each(register);
                } else {
                    keys.into_iter().rev().for_each(register);
                }
                Ok::<_, Infallible>(())
            })
        });
        let winner = outcomes.iter().position(Result::is_ok).unwrap();
        assert_eq!((registry.len(), registry.version()), (11, 11));
        assert!(
            registry
                .iter()
                .all(|(_, value)| value.id() == winner as u64)
        );
        for (n, outcome) in outcomes.into_iter().enumerate() {
            if let Err(BatchError::Duplicate { key, value }) = outcome {
                assert_eq!((key, value.id()), (0, n as u64));
            } else {
                assert_eq!(n, winner);
            }
        }
        assert_eq!(ledger.alive(), 11);
    }
}

/// A key whose comparison stands still, once, until the test lets it go on.
struct Slow<'s>(u64, &'s [Stall]);

impl Hash for Slow<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialEq for Slow<'_> {
    fn eq(&self, other: &Self) -> bool {
        for stall in self.1.iter().chain(other.1) {
            stall.stand();
        }
        self.0 == other.0
    }
}

impl Eq for Slow<'_> {}

/// While one thread compares, nobody waits for it; and as it was overtaken, it begins anew.
#[test]
fn a_writer_that_compares_holds_nobody_up() {
    let (_watch, stall) = (watchdog(), [Stall::new()]);
    let registry = Registry::new();
    assert!(registry.register(Slow(1, &[]), 1).is_ok());
    thread::scope(|s| {
        let replaces = hold(s, &stall[0], || {
            registry.replace(Slow(1, &stall), 10).ok().unwrap().copied()
        });
        // Everything works meanwhile; the key is replaced under the writer's eyes.
        assert_eq!(registry.get(&Slow(1, &[])), Some(&1));
        assert!(registry.register(Slow(2, &[]), 2).is_ok());
        assert_eq!(registry.replace(Slow(1, &[]), 5).ok().unwrap(), Some(&1));
        assert_eq!(registry.version(), 3);
        assert!(!replaces.is_finished());
        assert_eq!(
            replaces.end(),
            Some(5),
            "it replaced what was there at the end"
        );
    });
    assert_eq!(registry.get(&Slow(1, &[])), Some(&10));
}

/// The same with one that would have added a key, which then is there.
#[test]
fn a_writer_that_was_overtaken_is_refused() {
    let (_watch, stall) = (watchdog(), [Stall::new()]);
    let registry = Registry::new();
    assert!(registry.register(Slow(1, &[]), 1).is_ok());
    assert!(registry.remove(&Slow(1, &[])).is_ok());
    thread::scope(|s| {
        let registers = hold(s, &stall[0], || registry.register(Slow(1, &stall), 10));
        assert!(registry.register(Slow(1, &[]), 5).is_ok());
        let refused = registers.end().err().unwrap();
        assert_eq!((refused.reason, refused.value), (Reason::Duplicate, 10));
    });
    assert_eq!(
        (registry.get(&Slow(1, &[])), registry.version()),
        (Some(&5), 3)
    );
}

/// A removal that was overtaken by another one finds nothing.
#[test]
fn a_removal_that_was_overtaken_finds_nothing() {
    let (_watch, stall) = (watchdog(), [Stall::new()]);
    let registry = Registry::new();
    assert!(registry.register(Slow(1, &[]), 1).is_ok());
    thread::scope(|s| {
        let removes = hold(s, &stall[0], || {
            let removed = registry.remove(&Slow(1, &stall));
            removed.unwrap().copied()
        });
        assert_eq!(registry.remove(&Slow(1, &[])), Ok(Some(&1)));
        assert_eq!(removes.end(), None);
    });
    assert_eq!((registry.len(), registry.version()), (0, 2));
}

/// A batch that was overtaken while it looked its keys up looks again.
#[test]
fn a_batch_that_was_overtaken_looks_again() {
    let (_watch, stall) = (watchdog(), [Stall::new()]);
    let registry = Registry::new();
    assert!(registry.register(Slow(1, &[]), 1).is_ok());
    thread::scope(|s| {
        let replaces = hold(s, &stall[0], || {
            registry.batch(|batch| {
                batch.register(Slow(2, &[]), 2);
                batch.replace(Slow(1, &stall), 10);
                Ok::<_, Infallible>(())
            })
        });
        assert!(registry.register(Slow(2, &[]), 5).is_ok());
        let refused = replaces.end();
        assert!(matches!(
            refused,
            Err(BatchError::Duplicate {
                key: Slow(2, _),
                value: 2
            })
        ));
    });
    assert_eq!(registry.get(&Slow(1, &[])), Some(&1));
    assert_eq!((registry.get(&Slow(2, &[])), registry.len()), (Some(&5), 2));
}

/// `compact` and a later registry are nobody else's concern: one thread at a time owns it.
#[test]
fn a_registry_goes_from_thread_to_thread() {
    let ledger = Ledger::new();
    let mut registry = Registry::new();
    for round in 0..4 {
        registry = thread::spawn(move || {
            for key in 0..50 {
                registry.replace(key, ledger.value(round)).unwrap();
            }
            registry.compact();
            registry
        })
        .join()
        .unwrap();
        assert!(registry.iter().all(|(_, value)| value.id() == round));
        assert_eq!(ledger.alive(), 50);
    }
    thread::spawn(move || drop(registry)).join().unwrap();
    assert_eq!(ledger.alive(), 0);
}
