//! Very many entries, very large ones, and those that have no size.

use std::convert::Infallible;

use onset::Registry;

use crate::support::Itself;

const MANY: u64 = if cfg!(miri) { 300 } else { 100_000 };

#[track_caller]
fn holds_all(registry: &Registry<u64, u64>) {
    assert_eq!(registry.len() as u64, MANY);
    assert!(registry.iter().map(|(key, _)| *key).eq(0..MANY));
    assert!(
        registry
            .iter()
            .rev()
            .map(|(_, value)| *value)
            .eq((0..MANY).rev())
    );
    for key in 0..MANY {
        assert_eq!(registry.get(&key), Some(&key));
    }
    assert_eq!(registry.get(&MANY), None);
}

#[test]
fn very_many_one_by_one() {
    let mut registry = Registry::new();
    for key in 0..MANY {
        registry.register(key, key).unwrap();
    }
    holds_all(&registry);
    registry.compact();
    holds_all(&registry);
    assert!(registry.into_iter().map(|(key, _)| key).eq(0..MANY));
}

#[test]
fn very_many_at_once() {
    let registry = Registry::new();
    let all = |batch: &mut onset::Batch<'_, _, _, _>| {
        (0..MANY).for_each(|key| batch.register(key, key));
        Ok::<_, Infallible>(())
    };
    assert_eq!(registry.batch(all), Ok(()));
    holds_all(&registry);
    assert_eq!(registry.version(), MANY);
}

/// Old snapshots see through a chain of replacements, however long it is.
#[test]
fn one_key_very_often() {
    let (registry, mut snapshots) = (Registry::new(), vec![]);
    for round in 0..MANY {
        registry.replace("key", round).unwrap();
        if round % (MANY / 10) == 0 {
            snapshots.push((round, registry.snapshot()));
        }
    }
    for (round, snapshot) in snapshots {
        assert_eq!((snapshot.get("key"), snapshot.len()), (Some(&round), 1));
        assert!(snapshot.iter().eq([(&"key", &round)]));
    }
    assert_eq!(registry.version(), MANY);
}

/// Keys and values without a size are there or not.
#[test]
fn what_has_no_size() {
    let mut registry = Registry::new();
    registry.register((), ()).unwrap();
    assert!(registry.register((), ()).is_err());
    assert_eq!((registry.get(&()), registry.len()), (Some(&()), 1));
    registry.replace((), ()).unwrap();
    assert_eq!(registry.remove(&()), Ok(Some(&())));
    registry.compact();
    assert_eq!((registry.get(&()), registry.version()), (None, 3));
    registry.register((), ()).unwrap();
    assert!(registry.into_iter().eq([((), ())]));
}

/// A set is a registry of values without a size.
#[test]
fn values_without_a_size() {
    let registry: Registry<u64, (), Itself> = Registry::default();
    for key in 0..200 {
        registry.register(key, ()).unwrap();
    }
    assert!((0..300).all(|key| registry.contains_key(&key) == (key < 200)));
}

/// Values that must lie at round addresses, and fill more than a page.
#[test]
fn large_and_aligned_values() {
    #[repr(align(256))]
    struct Large([u64; 1000]);
    let registry = Registry::new();
    for key in 0..30_u64 {
        let value = registry.register(key, Large([key; 1000]));
        let address = std::ptr::from_ref(value.ok().unwrap()).addr();
        assert_eq!(address % 256, 0);
    }
    for key in 0..30 {
        assert_eq!(registry.get(&key).unwrap().0, [key; 1000]);
    }
}

/// For what is found at compile time there is `static`.
#[test]
fn registries_stand_in_statics() {
    static EMPTY: Registry<&str, u8> = Registry::new();
    static HASHED: Registry<u64, u8, Itself> = {
        const ITSELF: Itself = Itself::new();
        Registry::with_hasher(ITSELF)
    };
    static LOADED: Registry<&str, u8> = Registry::with_builtins(|batch| batch.register("a", 1));
    let value: &'static u8 = EMPTY.register("a", 1).unwrap();
    assert_eq!((value, EMPTY.get("a")), (&1, Some(&1)));
    assert_eq!(HASHED.register(1, 1), Ok(&1));
    assert_eq!(LOADED.get("a"), Some(&1));
}
