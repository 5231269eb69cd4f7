//! What `register`, `register_or_get`, `replace` and `remove` do, one by one.

use std::ptr;

use onset::{Reason, Refused, Registry};

use super::{all, items, pair};
use crate::support::{Item, Ledger};

#[test]
fn a_value_is_registered_and_found() {
    let registry = Registry::new();
    assert_eq!(registry.get("a"), None);
    assert!(registry.is_empty() && !registry.contains_key("a"));
    let value = registry.register("a", 1).unwrap();
    assert!(ptr::eq(value, registry.get("a").unwrap()));
    assert!(registry.contains_key("a") && !registry.contains_key("b"));
    assert_eq!((registry.len(), registry.is_empty()), (1, false));
}

#[test]
fn a_duplicate_hands_key_and_value_back() {
    let registry = Registry::new();
    registry.register("a", 1).unwrap();
    let refused = registry.register("a", 2).unwrap_err();
    let reason = Reason::Duplicate;
    assert_eq!(
        refused,
        Refused {
            reason,
            key: "a",
            value: 2
        }
    );
    assert_eq!((registry.len(), registry.get("a")), (1, Some(&1)));
}

#[test]
fn register_or_get_returns_what_is_there() {
    let registry = Registry::new();
    let first = registry.register_or_get("a", 1).unwrap();
    let again = registry.register_or_get("a", 2).unwrap();
    assert!(ptr::eq(first, again));
    assert_eq!((again, registry.len(), registry.version()), (&1, 1, 1));
}

#[test]
fn replace_returns_what_it_shadows() {
    let registry = Registry::new();
    assert_eq!(registry.replace("a", 1), Ok(None));
    let old = registry.get("a").unwrap();
    let shadowed = registry.replace("a", 2).unwrap().unwrap();
    assert!(ptr::eq(old, shadowed));
    assert_eq!((old, registry.get("a"), registry.len()), (&1, Some(&2), 1));
    assert_eq!(registry.replace("a", 3), Ok(Some(&2)));
}

/// The key is the newer one, too.
#[test]
fn replace_brings_its_own_key() {
    let ledger = Ledger::new();
    let registry = items(ledger, [1]);
    let key = Item::new(ledger, 1);
    let before = ptr::from_ref(registry.iter().next().unwrap().0);
    registry.replace(key, Item::new(ledger, 11)).unwrap();
    let (key, value) = registry.iter().next().unwrap();
    assert!(!ptr::eq(before, key));
    assert_eq!((key.id(), value.id()), (1, 11));
}

#[test]
fn remove_returns_what_was_there() {
    let registry = Registry::new();
    assert_eq!(registry.remove("a"), Ok(None));
    let value = registry.register("a", 1).unwrap();
    registry.register("b", 2).unwrap();
    let removed = registry.remove("a").unwrap().unwrap();
    assert!(ptr::eq(value, removed));
    assert_eq!(registry.remove("a"), Ok(None), "it is gone");
    assert_eq!((registry.get("a"), registry.get("b")), (None, Some(&2)));
    assert_eq!(registry.len(), 1);
}

#[test]
fn a_removed_key_may_come_back_in_every_way() {
    type Way = fn(&Registry<u8, u8>) -> bool;
    let ways: [Way; 4] = [
        |r| r.register(1, 2).is_ok(),
        |r| r.register_or_get(1, 2) == Ok(&2),
        |r| r.replace(1, 2) == Ok(None),
        |r| {
            r.batch(|batch| {
                batch.register(1, 2);
                Ok::<_, ()>(())
            })
            .is_ok()
        },
    ];
    for way in ways {
        let registry = Registry::new();
        for _ in 0..3 {
            assert!(way(&registry));
            assert_eq!((registry.get(&1), registry.len()), (Some(&2), 1));
            assert!(registry.register(1, 3).is_err());
            assert_eq!(registry.remove(&1), Ok(Some(&2)));
            assert_eq!((registry.get(&1), registry.len()), (None, 0));
            assert_eq!(registry.remove(&1), Ok(None));
        }
    }
}

/// Whatever happens to the registry, and however often its tables grow.
#[test]
fn references_stay_valid() {
    let ledger = Ledger::new();
    let registry = items(ledger, 0..4);
    let held: Vec<_> = (0..4).map(|id| registry.get(&id).unwrap()).collect();
    let addresses: Vec<_> = held.iter().map(|value| ptr::from_ref(*value)).collect();
    for id in 4..500 {
        let (key, value) = pair(ledger, id);
        registry.register(key, value).unwrap();
    }
    registry.remove(&0).unwrap();
    let (key, value) = pair(ledger, 1);
    let shadowed = registry.replace(key, value).unwrap().unwrap();
    assert!(ptr::eq(shadowed, held[1]));
    assert_eq!(ledger.alive(), 1002, "nothing was dropped");
    for (n, value) in held.iter().enumerate() {
        assert_eq!(value.id(), n as u64 * 10);
    }
    for n in [2, 3] {
        assert!(ptr::eq(registry.get(&(n as u64)).unwrap(), addresses[n]));
    }
}

#[test]
fn a_registry_s_defaults() {
    let registry: Registry<String, u8> = Registry::default();
    assert!(registry.is_empty() && !registry.is_sealed());
    assert_eq!((registry.version(), registry.iter().count()), (0, 0));
    assert!(registry.register("a".into(), 1).is_ok());
}

#[test]
fn a_registry_is_taken_apart() {
    let ledger = Ledger::new();
    let registry = items(ledger, 0..40);
    for id in [3, 5, 30] {
        registry.remove(&id).unwrap();
    }
    let (key, value) = pair(ledger, 7);
    registry.replace(key, value).unwrap();
    let expected = all(&registry);
    let parts = registry.into_iter();
    assert_eq!(
        (parts.len(), ledger.alive()),
        (37, 74),
        "what was gone is dropped"
    );
    let parts: Vec<_> = parts.collect();
    let ids = parts.iter().map(|(key, value)| (key.id(), value.id()));
    assert!(ids.eq(expected));
    drop(parts);
    assert_eq!(ledger.alive(), 0);
}
