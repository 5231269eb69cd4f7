//! One value per key, computed when it is first asked for.

use std::ptr;

use super::{
    keys::{Books, Id},
    subject::{Kind, Map, Of},
};

pub(super) fn an_empty_map_has_no_values<M: Kind>() {
    let mut map = Of::<M, u64, u8>::default();
    assert_eq!((map.get(&1), map.len(), map.is_empty()), (None, 0, true));
    assert!(!map.contains_key(&1) && map.remove(&1).is_none());
    assert_eq!(map.iter().next(), None);
    map.clear();
    assert_eq!(map.into_iter().next(), None);
}

pub(super) fn the_closure_gets_the_key_and_runs_once<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    for id in 0..50 {
        let first = map.get_or_init(books.key(id), |key| books.value(key.id()));
        let again = map.get_or_init(books.key(id), |_| unreachable!("it is there"));
        let fallible = map.get_or_try_init(books.key(id), |_| -> Result<_, ()> {
            unreachable!("it is there")
        });
        let looked_up = map.get(&Id(id)).expect("it is there");
        assert_eq!(first.id(), id);
        assert!(ptr::eq(first, again) && ptr::eq(first, looked_up));
        assert!(ptr::eq(first, fallible.unwrap()) && map.contains_key(&Id(id)));
        assert_eq!((map.len() as u64, map.is_empty()), (id + 1, false));
    }
    assert_eq!((books.alive(), books.values_made()), ((50, 50), 50));
}

pub(super) fn insert_fills_and_then_hands_back<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    let first = map.insert(books.key(1), books.value(10)).unwrap();
    let (key, value) = map.insert(books.key(1), books.value(11)).unwrap_err();
    assert_eq!((first.id(), key.id(), value.id()), (10, 1, 11));
    assert_eq!((books.alive(), map.len()), ((2, 2), 1));
    let computed = map.get_or_init(books.key(2), |_| books.value(20));
    assert!(map.insert(books.key(2), books.value(21)).is_err());
    assert_eq!((computed.id(), map.len()), (20, 2));
    assert!(ptr::eq(map.get(&Id(1)).unwrap(), first));
}

/// A number's value is that of the next one, plus one.
pub(super) fn a_closure_may_ask_for_other_keys<M: Kind>() {
    fn steps<M: Kind>(map: &Of<M, u64, u64>, from: u64, to: u64) -> u64 {
        let next = |number: &u64| match to - number {
            0 => 0,
            _ => 1 + steps::<M>(map, number + 1, to),
        };
        *map.get_or_init(from, next)
    }
    let map = Of::<M, u64, u64>::default();
    assert_eq!(steps::<M>(&map, 0, 60), 60);
    assert_eq!(steps::<M>(&map, 0, 10_000), 60, "it is there");
    // Published from the innermost one on.
    let pairs = map.iter().map(|(key, value)| (*key, *value));
    assert!(pairs.eq((0..=60).rev().map(|key| (key, 60 - key))));
}

/// `new` is `const`, as is `with_hasher`.
pub(super) fn it_stands_in_a_static<M: Kind>() {
    use crate::support::Always;
    use onset::{OnceMap, ProcessSeeded, RaceMap};
    // onset-audit: allow-file(R6): there is one of each, and each kind of map is asked once
    static ONCE: OnceMap<&str, usize> = OnceMap::new();
    static RACE: RaceMap<&str, usize> = RaceMap::new();
    static ONCE_BY: OnceMap<u64, u64, Always<7>> = OnceMap::with_hasher(Always);
    static RACE_BY: RaceMap<u64, u64, Always<7>> = RaceMap::with_hasher(Always);
    static SEEDED: OnceMap<u64, u64> = OnceMap::with_hasher(ProcessSeeded::new());
    if M::ONCE {
        assert_eq!(ONCE.get_or_init("four", |word| word.len()), &4);
        assert_eq!(
            ONCE_BY.get_or_init(1, |n| n + 1) + SEEDED.get_or_init(1, |n| n + 1),
            4
        );
    } else {
        assert_eq!(RACE.get_or_init("four", |word| word.len()), &4);
        assert_eq!(RACE_BY.get_or_init(1, |n| n + 1), &2);
    }
}

pub(super) fn values_without_size_are_values<M: Kind>() {
    let mut map = Of::<M, (), ()>::default();
    assert_eq!(map.get(&()), None);
    assert_eq!(map.get_or_init((), |()| ()), &());
    assert_eq!((map.get(&()), map.len()), (Some(&()), 1));
    assert_eq!(map.insert((), ()), Err(((), ())));
    assert_eq!(map.remove(&()), Some(((), ())));
    let set = Of::<M, u64, ()>::default();
    (0..1000).for_each(|id| assert!(set.insert(id, ()).is_ok()));
    assert!(set.into_iter().map(|(id, ())| id).eq(0..1000));
}

pub(super) fn values_with_a_large_alignment_are_aligned<M: Kind>() {
    #[derive(Debug, PartialEq)]
    #[repr(align(128))]
    struct Wide(u64);
    let map = Of::<M, u8, Wide>::default();
    for key in 0..20 {
        let value = map.get_or_init(key, |key| Wide(u64::from(*key)));
        assert_eq!(ptr::from_ref(value).addr() % 128, 0);
    }
    assert!(map.into_iter().map(|(_, value)| value.0).eq(0..20));
}
