//! A key that needs itself panics; it never hangs.

use std::cell::Cell;

use onset::OnceMap;

use crate::{
    map::subject::Colliding,
    messages::{at, complaint},
    support::{catch, run_together, watchdog},
};

/// A key of the map that was asked for at `again` by its own initialiser, which began at `began`.
fn recursion(types: &str, again: &str, began: &str) -> String {
    format!(
        "`OnceMap<({types})>` is needed at {again} by its own initialiser, which began at {began}; \
         remedy: compute a key's value without asking the map for the same key, or use a \
         `RaceMap`, whose inner value wins"
    )
}

/// The panic is a closure's panic: nothing is left, and the next one computes.
#[track_caller]
fn assert_usable(map: &OnceMap<u64, u8>) {
    assert_eq!((map.get(&1), map.len()), (None, 0));
    assert_eq!(map.get_or_init(1, |_| 5), &5);
}

#[test]
fn the_message_names_the_types_both_places_and_the_remedy() {
    let (_watch, map) = (watchdog(), OnceMap::<u64, u8>::new());
    let began = line!() + 2;
    let text = complaint(|| {
        map.get_or_init(1, |_| {
            assert_eq!(map.get(&1), None);
            *map.get_or_init(1, |_| 1)
        });
    });
    assert_eq!(text, recursion("u64, u8", &at!(began + 2), &at!(began)));
    assert_usable(&map);
}

/// Each way to ask, from within the key's own computation, and each way to begin it.
#[test]
fn every_way_to_ask_is_caught() {
    let (_watch, line) = (watchdog(), Cell::new(0));
    type Way<'a> = &'a dyn Fn(&OnceMap<u64, u8>);
    let ways: [Way<'_>; 3] = [
        &|map| {
            line.set(line!() + 1);
            map.get_or_init(1, |_| 1);
        },
        &|map| {
            line.set(line!() + 1);
            let _ = map.get_or_try_init(1, |_| Err(()));
        },
        &|map| {
            line.set(line!() + 1);
            let _ = map.insert(1, 1);
        },
    ];
    for way in ways {
        let map = OnceMap::new();
        let began = line!() + 2;
        let text = complaint(|| {
            map.get_or_try_init(1, |_| {
                way(&map);
                Ok::<_, ()>(2)
            })
        });
        assert_eq!(text, recursion("u64, u8", &at!(line.get()), &at!(began)));
        assert_usable(&map);
    }
}

#[test]
fn looking_is_no_recursion() {
    let (_watch, map) = (watchdog(), OnceMap::new());
    map.get_or_init(0, |_| 1);
    let value = map.get_or_init(1, |key| {
        assert_eq!((map.get(key), map.contains_key(key)), (None, false));
        assert_eq!((map.len(), map.iter().count()), (1, 1));
        assert_eq!(format!("{map:?}"), "{0: 1}");
        7
    });
    assert_eq!(value, &7);
}

/// The same hash is not the same key.
#[test]
fn another_key_of_the_same_hash_is_no_recursion() {
    let (_watch, map) = (watchdog(), OnceMap::<u64, u64, Colliding>::default());
    let value = map.get_or_init(1, |_| {
        1 + map.get_or_init(2, |_| 1 + map.get_or_init(3, |_| 1))
    });
    assert_eq!(value, &3);
    assert!(map.iter().map(|(key, _)| *key).eq([3, 2, 1]));
}

#[test]
fn the_same_key_of_another_map_is_no_recursion() {
    let (_watch, maps) = (watchdog(), [const { OnceMap::<u64, u64>::new() }; 2]);
    let value = maps[0].get_or_init(1, |key| 1 + maps[1].get_or_init(*key, |_| 1));
    assert_eq!(value, &2);
}

#[test]
fn through_other_keys() {
    let (_watch, map) = (watchdog(), OnceMap::<u64, u8, Colliding>::default());
    let began = line!() + 2;
    let text = complaint(|| {
        map.get_or_init(1, |_| {
            *map.get_or_init(2, |_| {
                assert_eq!(map.len(), 0);
                *map.get_or_init(1, |_| 1)
            })
        });
    });
    assert_eq!(text, recursion("u64, u8", &at!(began + 3), &at!(began)));
    assert!(map.is_empty(), "the panic went through both");
    assert_eq!(
        (map.get_or_init(2, |_| 6), map.get_or_init(1, |_| 5)),
        (&6, &5)
    );
}

/// What was caught is over: neither the thread nor the map remembers it.
#[test]
fn a_caught_recursion_leaves_nothing_behind() {
    let (_watch, map) = (watchdog(), OnceMap::<u64, u8>::new());
    let value = map.get_or_init(1, |_| {
        assert!(catch(|| map.get_or_init(2, |_| *map.get_or_init(2, |_| 1))).is_err());
        assert!(catch(|| map.get_or_init(1, |_| 1)).is_err());
        assert_eq!(map.get_or_init(2, |_| 8), &8);
        // Still known.
        assert!(catch(|| map.insert(1, 1)).is_err());
        9
    });
    assert_eq!((value, map.len()), (&9, 2));
    assert_eq!(map.get_or_init(1, |_| unreachable!("it is there")), &9);
}

/// Others who wait for a key whose closure recurses compute it themselves.
#[test]
fn recursion_while_others_wait() {
    for _ in 0..30 {
        let map = OnceMap::<u64, u64>::new();
        let outcomes = run_together(4, |n| match n {
            0 => catch(|| *map.get_or_init(1, |_| *map.get_or_init(1, |_| 100))),
            _ => Ok(*map.get_or_init(1, |_| n as u64)),
        });
        let value = *map.get(&1).unwrap();
        assert!((1..4).contains(&value));
        assert!(outcomes.iter().flatten().all(|seen| *seen == value));
        assert!(outcomes[1..].iter().all(Result::is_ok));
    }
}
