//! Keys that come and go leave nothing behind: neither themselves nor the memory for their
//! bookkeeping.
//!
//! The memory is that of a process of the test's own, where nothing else goes on.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    time::Duration,
};

use equivalent::Equivalent;
use onset::OnceMap;

use super::subject::{Colliding, Kind, Map, Of, Once, Race};
use crate::support::{catch, leaves_no_memory, leaves_nothing, planned_panic};

const KEYS: usize = if cfg!(debug_assertions) {
    200_000
} else {
    1_000_000
};

leaves_nothing! {
    a_million_keys_that_fail_in_a_once_map: keys_fail::<Once>();
    a_million_keys_that_fail_in_a_race_map: keys_fail::<Race>();
    keys_whose_closures_panic_in_a_once_map: closures_panic::<Once>();
    keys_whose_closures_panic_in_a_race_map: closures_panic::<Race>();
    a_queue_in_a_once_map: a_queue::<Once>();
    a_queue_in_a_race_map: a_queue::<Race>();
    a_once_map_that_is_cleared: cleared::<Once>();
    a_race_map_that_is_cleared: cleared::<Race>();
    maps_that_are_dropped: dropped();
    once_maps_that_were_large: emptied::<Once>();
    race_maps_that_were_large: emptied::<Race>();
    waits_in_vain: waits();
    waits_that_panic: waits_panic();
}

fn numbers() -> impl FnMut() -> u64 {
    let mut next = 0;
    move || {
        next += 1;
        next
    }
}

fn keys_fail<M: Kind>() {
    let (map, mut next) = (Of::<M, String, [u8; 100]>::default(), numbers());
    leaves_no_memory(KEYS, || {
        let number = next();
        let outcome = map.get_or_try_init(number.to_string(), |key| Err(key.parse()));
        assert_eq!(outcome.err(), Some(Ok(number)));
    });
    assert!(map.is_empty() && map.iter().next().is_none());
}

fn closures_panic<M: Kind>() {
    let (map, mut next) = (Of::<M, String, [u8; 100]>::default(), numbers());
    map.get_or_init("first".into(), |_| [1; 100]);
    leaves_no_memory(KEYS / 10, || {
        let attempt = || map.get_or_init(next().to_string(), |_| planned_panic())[0];
        assert!(catch(attempt).is_err());
    });
    assert_eq!(map.len(), 1);
}

/// The oldest of a few goes when a new one comes.
fn a_queue<M: Kind>() {
    let (mut map, mut next) = (Of::<M, u64, [u64; 8]>::default(), numbers());
    leaves_no_memory(KEYS, || {
        let key = next();
        assert!(map.insert(key, [key; 8]).is_ok());
        if key > 20 {
            assert_eq!(map.remove(&(key - 20)), Some((key - 20, [key - 20; 8])));
        }
    });
    assert_eq!(map.len(), 20);
}

fn cleared<M: Kind>() {
    let mut map = Of::<M, u64, [u64; 8]>::default();
    leaves_no_memory(KEYS / 100, || {
        (0..100).for_each(|key| assert!(map.insert(key, [key; 8]).is_ok()));
        map.clear();
    });
}

/// Neither the places nor the table of what was in it once.
fn emptied<M: Kind>() {
    let (mut maps, mut number) = (Vec::new(), numbers());
    leaves_no_memory(200, || {
        let mut map = Of::<M, u64, ()>::default();
        (0..4000).for_each(|key| assert!(map.insert(key, ()).is_ok()));
        if number() % 2 == 0 {
            map.clear();
        } else {
            (0..4000).for_each(|key| assert!(map.remove(&key).is_some()));
        }
        assert!(map.is_empty());
        maps.push(map);
    });
}

fn dropped() {
    leaves_no_memory(KEYS / 100, || {
        let (once, race) = (
            OnceMap::<u64, u64>::new(),
            onset::RaceMap::<u64, u64>::new(),
        );
        (0..50).for_each(|key| assert_eq!(once.get_or_init(key, |key| *key), &key));
        (0..50).for_each(|key| assert_eq!(race.get_or_init(key, |key| *key), &key));
    });
}

/// Whoever waits, and goes without a value, is forgotten.
fn waits() {
    let map = OnceMap::<u64, u64>::new();
    map.get_or_init(0, |_| 0);
    let mut next = numbers();
    leaves_no_memory(KEYS, || assert_eq!(map.wait(&next(), Duration::ZERO), None));
}

/// Whoever's comparison panics while he waits is forgotten, too.
fn waits_panic() {
    struct Panics;
    impl Hash for Panics {
        fn hash<H: Hasher>(&self, state: &mut H) {
            state.write_u64(0);
        }
    }
    impl Equivalent<u64> for Panics {
        fn equivalent(&self, _: &u64) -> bool {
            COMPARED.set(COMPARED.get() + 1);
            // The first comparison is that of the look before the wait.
            COMPARED.get() % 2 == 0 && planned_panic()
        }
    }
    thread_local!(static COMPARED: Cell<u64> = const { Cell::new(0) });
    let map = OnceMap::<u64, u64, Colliding>::default();
    map.get_or_init(0, |_| 0);
    leaves_no_memory(KEYS / 2, || {
        assert!(catch(|| map.wait(&Panics, Duration::ZERO)).is_err());
    });
}
