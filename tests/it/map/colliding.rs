//! Keys that collide: in their hash, in their tag, in their group.

use std::hash::BuildHasher;

use super::subject::{By, Colliding, Kind, LastGroup, Map, Of, OneGroup, OneTag, Shared};
use crate::support::run_together;

/// Each key has its own value, whether others come before or after it, or go.
fn each_has_its_own<M: Kind, S: BuildHasher + Default + Shared>(keys: u64) {
    let mut map = Of::<M, u64, u64, S>::default();
    for key in 0..keys {
        assert_eq!(map.get(&key), None);
        assert_eq!(map.get_or_init(key, |key| key * 3), &(key * 3));
    }
    for key in 0..keys {
        assert_eq!(map.get(&key), Some(&(key * 3)));
        assert_eq!(map.insert(key, 0), Err((key, 0)));
    }
    assert_eq!((map.get(&keys), map.len() as u64), (None, keys));
    for key in (0..keys).filter(|key| key % 3 != 0) {
        assert_eq!(map.remove(&key), Some((key, key * 3)));
        assert!(map.get(&key).is_none() && map.remove(&key).is_none());
        let next = (key + 1).next_multiple_of(3);
        assert_eq!(map.get(&next), (next < keys).then_some(&(next * 3)));
    }
    for key in 0..keys {
        assert_eq!(map.get(&key), (key % 3 == 0).then_some(&(key * 3)));
        assert_eq!(map.insert(key, key).is_ok(), key % 3 != 0);
    }
    assert_eq!(map.len() as u64, keys);
}

pub(super) fn thousands_of_keys_of_one_hash<M: Kind>() {
    each_has_its_own::<M, Colliding>(if cfg!(miri) { 50 } else { 1000 });
    let map = Of::<M, u64, u64, Colliding>::default();
    let keys = if cfg!(miri) { 10 } else { 300 };
    run_together(4, |_| {
        for key in 0..keys {
            assert_eq!(map.get_or_init(key, |key| *key), &key);
        }
    });
    assert_eq!(map.len() as u64, keys);
}

pub(super) fn thousands_of_keys_of_one_tag<M: Kind>() {
    each_has_its_own::<M, OneTag>(if cfg!(miri) { 50 } else { 5000 });
}

pub(super) fn keys_of_one_group<M: Kind>() {
    each_has_its_own::<M, By<OneGroup>>(if cfg!(miri) { 50 } else { 1000 });
}

/// The next group after the last one is the first.
pub(super) fn keys_that_go_around_the_end_of_the_table<M: Kind>() {
    for keys in [8, 13, 14, 15, 100] {
        each_has_its_own::<M, By<LastGroup>>(keys);
    }
}
