//! `compact` drops what is gone, and nothing else.

use std::{convert::Infallible, ptr};

use onset::Registry;

use super::{all, items, pair};
use crate::support::{Always, Item, Ledger};

/// What was replaced and removed is dropped; the rest stays, in order and in place.
#[test]
fn exactly_what_is_gone_is_dropped() {
    let ledger = Ledger::new();
    let mut registry = items(ledger, 0..100);
    for id in (0..100).step_by(3) {
        registry.remove(&id).unwrap();
    }
    for id in (0..100).step_by(4) {
        let (key, value) = pair(ledger, id);
        registry.replace(key, value).unwrap();
    }
    let (before, version) = (all(&registry), registry.version());
    let places: Vec<_> = registry
        .iter()
        .map(|(_, value)| ptr::from_ref(value))
        .collect();
    registry.compact();
    assert_eq!((all(&registry), registry.version()), (before, version));
    assert_eq!(ledger.alive(), 2 * registry.len());
    let now = registry.iter().map(|(_, value)| ptr::from_ref(value));
    assert!(now.eq(places), "no entry moved");
    for id in 0..100 {
        assert_eq!(registry.contains_key(&id), id % 3 != 0 || id % 4 == 0);
    }
}

#[test]
fn there_may_be_nothing_to_drop() {
    let ledger = Ledger::new();
    let mut registry = items(ledger, []);
    registry.compact();
    assert_eq!((all(&registry), registry.version()), (vec![], 0));
    let mut registry = items(ledger, 0..40);
    let before = all(&registry);
    registry.compact();
    registry.compact();
    assert_eq!((all(&registry), registry.version()), (before, 40));
    assert_eq!(ledger.alive(), 80);
}

#[test]
fn there_may_be_nothing_left() {
    let ledger = Ledger::new();
    let mut registry = items(ledger, 0..40);
    for id in 0..40 {
        registry.remove(&id).unwrap();
    }
    assert_eq!(ledger.alive(), 80);
    registry.compact();
    assert_eq!((all(&registry), ledger.alive()), (vec![], 0));
    for round in 0..2 {
        let (key, value) = pair(ledger, 1);
        registry.replace(key, value).unwrap();
        assert_eq!(all(&registry), [(1, 10)]);
        assert_eq!(registry.version(), 81 + round);
    }
}

/// It goes on as if nothing had been: changes, snapshots, batches, growth, and again.
#[test]
fn a_compact_registry_goes_on() {
    let ledger = Ledger::new();
    let mut registry = items(ledger, 0..20);
    for round in 1..6 {
        for id in 0..20 * round {
            let (key, value) = pair(ledger, id);
            registry.replace(key, value).unwrap();
        }
        let older = registry.snapshot();
        registry.remove(&0).unwrap();
        let outcome = registry.batch(|batch| {
            batch.remove(Item::new(ledger, 1));
            let (key, value) = pair(ledger, 1000 + round);
            batch.register(key, value);
            Ok::<_, Infallible>(())
        });
        assert!(outcome.is_ok());
        assert!(older.contains_key(&0) && older.contains_key(&1));
        assert_eq!(registry.snapshot().since(&older).count(), 1);
        let before = all(&registry);
        registry.compact();
        assert_eq!(all(&registry), before);
        assert_eq!(ledger.alive(), 2 * registry.len());
        for id in [0, 1] {
            assert!(!registry.contains_key(&id));
        }
    }
}

/// Keys whose slots lie in each other's way.
#[test]
fn keys_that_collide_are_found_again() {
    let mut registry: Registry<u64, u64, Always<{ u64::MAX }>> = Registry::default();
    for key in 0..60 {
        registry.register(key, key).unwrap();
    }
    for key in (0..60).step_by(2) {
        registry.remove(&key).unwrap();
    }
    registry.compact();
    for key in 0..60 {
        assert_eq!(registry.contains_key(&key), key % 2 == 1);
    }
    assert!(registry.iter().map(|(key, _)| *key).eq((1..60).step_by(2)));
}
