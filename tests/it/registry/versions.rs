//! The version: larger after each change, by one for each key, and never smaller.

use onset::Registry;

#[test]
fn each_change_raises_it_by_one() {
    let registry = Registry::new();
    assert_eq!(registry.version(), 0);
    registry.register("a", 1).unwrap();
    assert_eq!(registry.version(), 1);
    registry.replace("a", 2).unwrap();
    assert_eq!(registry.version(), 2);
    registry.remove("a").unwrap();
    assert_eq!(registry.version(), 3);
    registry.register_or_get("a", 3).unwrap();
    assert_eq!(registry.version(), 4);
}

#[test]
fn what_changes_nothing_does_not_raise_it() {
    let registry = Registry::new();
    registry.register("a", 1).unwrap();
    assert!(registry.register("a", 2).is_err());
    assert_eq!(registry.register_or_get("a", 2), Ok(&1));
    assert_eq!(registry.remove("b"), Ok(None));
    assert_eq!(
        registry.batch(|_| Err(())),
        Err(onset::BatchError::Failed(()))
    );
    registry.seal();
    assert!(registry.replace("a", 2).is_err());
    assert_eq!((registry.version(), registry.snapshot().version()), (1, 1));
}

#[test]
fn a_snapshot_keeps_its_own() {
    let registry = Registry::new();
    let mut snapshots = vec![registry.snapshot()];
    for key in 0..40 {
        registry.register(key, key).unwrap();
        snapshots.push(registry.snapshot());
    }
    assert!(snapshots.iter().map(|s| s.version()).eq(0..=40));
}

/// What was dropped still counts.
#[test]
fn compacting_leaves_it_as_it_is() {
    let (mut registry, mut version) = (Registry::new(), 0);
    for round in 0..5 {
        for key in 0..20 {
            registry.replace(key, round).unwrap();
            version += 1;
            assert_eq!(registry.version(), version);
        }
        registry.remove(&round).unwrap();
        version += 1;
        for _ in 0..2 {
            registry.compact();
            assert_eq!(registry.version(), version);
            assert_eq!(registry.snapshot().version(), version);
        }
    }
    for key in 0..20 {
        registry.remove(&key).unwrap();
    }
    let before = registry.version();
    registry.compact();
    assert_eq!((registry.version(), registry.len()), (before, 0));
    registry.register(1, 1).unwrap();
    assert_eq!(registry.version(), before + 1);
}
