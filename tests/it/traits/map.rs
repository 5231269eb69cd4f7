//! The traits of `OnceMap` and `RaceMap`, and of their iterators.

use std::{
    cell::Cell,
    collections::HashMap,
    hash::RandomState,
    marker::{PhantomData, PhantomPinned},
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    slice,
    sync::{Mutex, MutexGuard, OnceLock, mpsc::Receiver},
    vec,
};

use onset::{OnceMap, ProcessSeeded, RaceMap, map::Iter};

use super::markers::{alike, has};

/// A value, or a key, goes in on one thread, is seen by all of them, and is dropped by any: as with
/// a `OnceLock`.
#[test]
fn maps_as_a_once_lock_of_keys_and_values() {
    type OnceValues<T> = OnceMap<u8, T>;
    type OnceKeys<T> = OnceMap<T, u8>;
    type RaceValues<T> = RaceMap<u8, T>;
    type RaceKeys<T> = RaceMap<T, u8>;
    alike!(OnceValues and OnceLock: Send, Sync, UnwindSafe);
    alike!(OnceKeys and OnceLock: Send, Sync, UnwindSafe);
    alike!(RaceValues and OnceLock: Send, Sync, UnwindSafe);
    alike!(RaceKeys and OnceLock: Send, Sync, UnwindSafe);
}

/// What can be put in through `&` can be taken out by the owner afterwards.
#[test]
fn maps_unwind_as_a_once_lock() {
    type OnceValues<T> = OnceMap<u8, T>;
    type RaceKeys<T> = RaceMap<T, u8>;
    alike!(OnceValues and OnceLock: RefUnwindSafe);
    alike!(RaceKeys and OnceLock: RefUnwindSafe);
}

#[test]
fn maps_of_what_is_not_safe_to_unwind_past_are_not_either() {
    assert!(
        !has!(OnceMap<u8, Cell<u8>>: RefUnwindSafe) && !has!(RaceMap<Cell<u8>, u8>: RefUnwindSafe)
    );
    assert!(has!(OnceMap<u8, String>: RefUnwindSafe) && has!(RaceMap<String, u8>: RefUnwindSafe));
}

/// The hasher stays, and is called through `&`.
#[test]
fn a_hasher_counts_as_itself() {
    type Once<T> = OnceMap<u8, u8, T>;
    type Race<T> = RaceMap<u8, u8, T>;
    type Itself<T> = (T,);
    alike!(Once and Itself: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    alike!(Race and Itself: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

#[test]
fn an_iterator_as_one_over_a_slice() {
    type Values<T> = Iter<'static, u8, T>;
    type Keys<T> = Iter<'static, T, u8>;
    type Slice<T> = slice::Iter<'static, T>;
    alike!(Values and Slice: Send, Sync, UnwindSafe, RefUnwindSafe);
    alike!(Keys and Slice: Send, Sync, UnwindSafe, RefUnwindSafe);
    assert!(has!(Iter<'static, Cell<u8>, Rc<u8>>: Clone));
    assert!(has!(Iter<'static, u8, u8>: std::iter::FusedIterator));
    assert!(has!(Iter<'static, u8, u8>: DoubleEndedIterator));
}

#[test]
fn the_parts_of_a_map_as_those_of_a_vector() {
    type Parts<T> = <OnceMap<u8, T> as IntoIterator>::IntoIter;
    type Vector<T> = vec::IntoIter<(u8, T)>;
    alike!(Parts and Vector: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

/// Nothing is asked of keys and values that cannot be hashed, but that they stay.
#[test]
fn a_map_of_anything_is_a_map() {
    let map: OnceMap<Cell<u8>, Mutex<u8>> = OnceMap::default();
    assert!(map.is_empty() && map.iter().next().is_none());
    assert!(map.into_iter().next().is_none());
}

#[test]
fn debug_shows_what_is_published_in_order() {
    let (once, race) = (OnceMap::new(), RaceMap::new());
    assert_eq!(format!("{once:?} {race:?}"), "{} {}");
    for key in ["b", "c", "a"] {
        once.get_or_init(key, |key| {
            assert!(!format!("{once:?}").contains(key));
            race.get_or_init(*key, |key| key.len());
            key.to_uppercase()
        });
    }
    assert_eq!(format!("{once:?}"), r#"{"b": "B", "c": "C", "a": "A"}"#);
    assert_eq!(format!("{race:?}"), r#"{"b": 1, "c": 1, "a": 1}"#);
    assert_eq!(
        format!("{:#?}", race.iter()),
        "{\n    \"b\": 1,\n    \"c\": 1,\n    \"a\": 1,\n}"
    );
    let mut iter = once.iter();
    iter.next();
    assert_eq!(format!("{iter:?}"), r#"{"c": "C", "a": "A"}"#);
}

#[test]
fn default_has_the_hashers_default() {
    let (once, race) = (
        OnceMap::<u8, u8, RandomState>::default(),
        RaceMap::<u8, u8>::default(),
    );
    assert_eq!(
        (once.get_or_init(1, |_| 2), race.get_or_init(1, |_| 3)),
        (&2, &3)
    );
    let by_std = RaceMap::<_, _, RandomState>::with_hasher(RandomState::new());
    assert_eq!(by_std.get_or_init("key", |key| key.len()), &3);
}

/// By reference and by value, as collections of std do.
#[test]
fn for_loops() {
    let (once, race) = (OnceMap::new(), RaceMap::new());
    for n in 0..10 {
        once.get_or_init(n, |n| n * n);
    }
    for (key, value) in &once {
        race.get_or_init(*key, |_| *value);
    }
    let mut all = HashMap::new();
    for (key, value) in race {
        all.insert(key, value);
    }
    assert_eq!(all, once.into_iter().collect());
}

#[test]
fn all_hashers_of_a_process_agree() {
    use std::hash::BuildHasher;
    let hash = |hasher: ProcessSeeded| hasher.hash_one("key");
    assert_eq!(hash(ProcessSeeded::new()), hash(ProcessSeeded::default()));
    let elsewhere = std::thread::spawn(move || hash(ProcessSeeded::new())).join();
    assert_eq!(elsewhere.unwrap(), hash(ProcessSeeded::new()));
    assert_ne!(
        ProcessSeeded::new().hash_one("key"),
        ProcessSeeded::new().hash_one("yek")
    );
}
