//! Snapshots never change, and `since` tells what happened between two of them.

use std::convert::Infallible;

use onset::{ProcessSeeded, Registry, Snapshot};

use crate::messages::complaint;

type Numbers = Registry<u64, u64>;

fn shown(snapshot: Snapshot<'_, u64, u64, ProcessSeeded>) -> Vec<(u64, u64)> {
    snapshot.iter().map(|(key, value)| (*key, *value)).collect()
}

const KEYS: u64 = if cfg!(miri) { 10 } else { 50 };

/// All that a snapshot says.
type Whole = (Vec<(u64, u64)>, Vec<Option<u64>>, usize, bool, u64, String);

fn whole(snapshot: Snapshot<'_, u64, u64, ProcessSeeded>) -> Whole {
    let value = |key| {
        assert_eq!(snapshot.contains_key(&key), snapshot.get(&key).is_some());
        snapshot.get(&key).copied()
    };
    let values = (0..KEYS + 10).map(value).collect();
    let (len, is_empty) = (snapshot.len(), snapshot.is_empty());
    let (version, text) = (snapshot.version(), format!("{snapshot:?}"));
    (shown(snapshot), values, len, is_empty, version, text)
}

#[test]
fn a_snapshot_never_changes() {
    let (registry, mut taken) = (Numbers::new(), vec![]);
    let mut note = || {
        let snapshot = registry.snapshot();
        taken.push((snapshot, whole(snapshot)));
    };
    note();
    for key in 0..KEYS {
        registry.register(key, key).unwrap();
        note();
    }
    for round in 0..3 {
        for key in (0..KEYS).step_by(7) {
            registry.replace(key, key + 100 * round).unwrap();
            note();
            registry.remove(&(key + 1)).unwrap();
            note();
            registry.register_or_get(key + 1, round).unwrap();
            note();
        }
        let outcome = registry.batch(|batch| {
            (0..KEYS + 10).for_each(|key| batch.replace(key, round));
            batch.remove(round);
            Ok::<_, Infallible>(())
        });
        assert_eq!(outcome, Ok(()));
        note();
    }
    registry.seal();
    for (snapshot, before) in &taken {
        assert_eq!(&whole(*snapshot), before);
    }
}

/// References from a snapshot live as long as the registry is borrowed, not as the snapshot.
#[test]
fn what_a_snapshot_gives_outlives_it() {
    let registry = Numbers::new();
    registry.register(1, 10).unwrap();
    let (value, mut iter) = {
        let snapshot = registry.snapshot();
        let copy = snapshot;
        (copy.get(&1).unwrap(), snapshot.iter())
    };
    registry.remove(&1).unwrap();
    assert_eq!((value, iter.next()), (&10, Some((&1, &10))));
}

/// What happened between two snapshots.
fn since(registry: &Numbers, happens: impl FnOnce()) -> Vec<(u64, u64)> {
    let older = registry.snapshot();
    happens();
    let newer = registry.snapshot();
    let since: Vec<_> = newer.since(&older).map(|(k, v)| (*k, *v)).collect();
    let backwards: Vec<_> = newer.since(&older).rev().map(|(k, v)| (*k, *v)).collect();
    assert!(since.iter().eq(backwards.iter().rev()));
    let (least, most) = newer.since(&older).size_hint();
    assert!(least <= since.len() && since.len() <= most.unwrap());
    assert_eq!(newer.since(&newer).count(), 0);
    assert_eq!(
        older.since(&newer).count(),
        0,
        "nothing is older than the older"
    );
    assert_eq!(older.since(&newer).rev().count(), 0);
    assert_eq!(older.since(&newer).size_hint(), (0, Some(0)));
    since
}

fn three() -> Numbers {
    let registry = Numbers::new();
    for key in 1..=3 {
        registry.register(key, key).unwrap();
    }
    registry
}

#[test]
fn since_shows_what_was_registered_or_replaced() {
    let registry = three();
    assert_eq!(since(&registry, || {}), []);
    let happened = since(&registry, || {
        registry.register(4, 40).unwrap();
        registry.replace(2, 20).unwrap();
        registry.register(5, 50).unwrap();
        registry.replace(2, 21).unwrap();
    });
    assert_eq!(happened, [(4, 40), (5, 50), (2, 21)]);
    let all = registry.snapshot();
    let nothing = Numbers::new();
    assert_eq!(all.iter().count(), 5);
    assert_eq!(since(&nothing, || _ = nothing.register(1, 1)), [(1, 1)]);
}

#[test]
fn since_does_not_show_what_was_removed() {
    let registry = three();
    assert_eq!(since(&registry, || _ = registry.remove(&1)), []);
    let came_and_went = since(&registry, || {
        registry.register(4, 40).unwrap();
        registry.remove(&4).unwrap();
        registry.register(5, 50).unwrap();
    });
    assert_eq!(came_and_went, [(5, 50)]);
}

#[test]
fn since_shows_what_was_removed_and_came_back() {
    let registry = three();
    let happened = since(&registry, || {
        registry.remove(&1).unwrap();
        registry.register(1, 10).unwrap();
    });
    assert_eq!(happened, [(1, 10)]);
}

/// The newer of the two may be an old one itself.
#[test]
fn since_is_as_of_the_newer_snapshot() {
    let registry = three();
    let older = registry.snapshot();
    registry.register(4, 40).unwrap();
    registry.replace(1, 10).unwrap();
    let newer = registry.snapshot();
    registry.remove(&4).unwrap();
    registry.replace(1, 11).unwrap();
    registry.register(5, 50).unwrap();
    assert!(newer.since(&older).eq([(&4, &40), (&1, &10)]));
    assert!(registry.snapshot().since(&newer).eq([(&1, &11), (&5, &50)]));
}

#[test]
fn since_another_registry_s_snapshot_panics() {
    let (registry, other) = (three(), three());
    assert_eq!(
        complaint(|| registry.snapshot().since(&other.snapshot())),
        "the older snapshot is of another registry; remedy: compare snapshots of the same one"
    );
}
