//! `Hash`, `Eq` and destructors that panic, at every call that a map makes: it is as it was, or as
//! it would have been, and nothing is lost or dropped twice.

use super::{
    keys::{Books, Call, Fuse, Id, Key, Value, at_each},
    subject::{Colliding, Kind, Map, Of},
};

type Fragile<M> = Of<M, Key, Value, Colliding>;
type Act<M> = fn(&mut Fragile<M>, Books);

const KEYS: u64 = 9;

/// A map with some keys, one of which was removed.
fn filled<M: Kind>(books: Books) -> Fragile<M> {
    let mut map = Fragile::<M>::default();
    for id in 0..=KEYS {
        assert!(map.insert(books.key(id), books.value(id)).is_ok());
    }
    assert!(map.remove(&Id(4)).is_some());
    map
}

fn ids<M: Kind>(map: &Fragile<M>) -> Vec<u64> {
    let pairs = map.iter().map(|(key, value)| (key.id(), value.id()));
    pairs
        .inspect(|(k, v)| assert_eq!(k, v))
        .map(|(k, _)| k)
        .collect()
}

/// Everything that calls user code: on what is there, and on what is not.
fn acts<M: Kind>() -> [Act<M>; 10] {
    [
        |map, _| assert!(map.get(&Id(2)).is_some()),
        |map, _| assert!(!map.contains_key(&Id(4))),
        |map, books| assert_eq!(map.get_or_init(books.key(3), |_| unreachable!()).id(), 3),
        |map, books| assert_eq!(map.get_or_init(books.key(77), |_| books.value(77)).id(), 77),
        |map, books| assert!(map.get_or_try_init(books.key(78), |_| Err(())).is_err()),
        |map, books| assert!(map.insert(books.key(5), books.value(5)).is_err()),
        |map, books| assert!(map.insert(books.key(79), books.value(79)).is_ok()),
        |map, _| assert!(map.remove(&Id(6)).is_some()),
        |map, _| assert!(map.remove(&Id(80)).is_none()),
        |map, books| {
            // Until the gaps are closed.
            (0..KEYS).for_each(|id| drop(map.remove(&Id(id))));
            assert!(map.insert(books.key(81), books.value(81)).is_ok());
        },
    ]
}

/// Whether a map with these keys is as good as a new one with the same keys.
#[track_caller]
fn assert_whole<M: Kind>(mut map: Fragile<M>, books: Books, keys: &[u64]) {
    assert_eq!(ids::<M>(&map), keys);
    assert_eq!(
        (map.len(), books.alive()),
        (keys.len(), (keys.len(), keys.len()))
    );
    for id in 0..100 {
        assert_eq!(
            map.get(&Id(id)).map(Value::id),
            keys.contains(&id).then_some(id)
        );
    }
    assert_eq!(map.get_or_init(books.key(99), |_| books.value(99)).id(), 99);
    for id in keys {
        assert_eq!(map.remove(&Id(*id)).expect("it is there").1.id(), *id);
    }
    assert_eq!(ids::<M>(&map), [99]);
    drop(map);
    assert_eq!(books.alive(), (0, 0));
}

/// Plays all acts with each of the calls panicking; says which of them got as far as such a call.
fn play<M: Kind>(call: Call) -> Vec<bool> {
    let reaches_a_call = |act: Act<M>| {
        let books = Books::new();
        let mut undisturbed = filled::<M>(books);
        let before = ids::<M>(&undisturbed);
        act(&mut undisturbed, books);
        let after = ids::<M>(&undisturbed);
        let scene = |fuse: &Fuse| {
            let books = Books::new();
            let mut map = filled::<M>(books);
            let done = fuse.lit(|| act(&mut map, books)).is_some();
            let keys = ids::<M>(&map);
            assert!(keys == after || !done && is_on_the_way(&keys, &before, &after));
            assert_whole::<M>(map, books, &keys);
        };
        at_each(call, scene) > 0
    };
    acts::<M>().map(reaches_a_call).to_vec()
}

/// What an act of several steps has not removed or added yet.
fn is_on_the_way(keys: &[u64], before: &[u64], after: &[u64]) -> bool {
    let mut between = before
        .iter()
        .filter(|id| keys.contains(id) || after.contains(id));
    between.next().is_some()
        && keys
            .iter()
            .all(|id| before.contains(id) || after.contains(id))
}

pub(super) fn hash<M: Kind>() {
    assert_eq!(play::<M>(Call::Hash), [true; 10]);
}

pub(super) fn eq<M: Kind>() {
    assert_eq!(play::<M>(Call::Eq), [true; 10]);
}

pub(super) fn the_destructor_of_a_key<M: Kind>() {
    let dropped = [
        false, false, true, false, true, true, false, true, false, true,
    ];
    assert_eq!(play::<M>(Call::DropKey), dropped);
}

pub(super) fn the_destructor_of_a_value<M: Kind>() {
    let dropped = [
        false, false, false, false, false, true, false, true, false, true,
    ];
    assert_eq!(play::<M>(Call::DropValue), dropped);
}

/// Whichever of them panics, the others run.
fn destructors<M: Kind>(end: impl Fn(&Fuse, Fragile<M>, Books)) {
    for call in [Call::DropKey, Call::DropValue] {
        let panics = at_each(call, |fuse| {
            let books = Books::new();
            end(fuse, filled::<M>(books), books);
            assert_eq!(books.alive(), (0, 0));
        });
        assert_eq!(panics as u64, KEYS);
    }
}

pub(super) fn destructors_that_panic_when_it_is_cleared<M: Kind>() {
    destructors::<M>(|fuse, mut map, books| {
        fuse.lit(|| map.clear());
        assert_whole::<M>(map, books, &[]);
    });
}

pub(super) fn destructors_that_panic_when_it_is_dropped<M: Kind>() {
    destructors::<M>(|fuse, map, _| {
        fuse.lit(|| drop(map));
    });
}

pub(super) fn destructors_that_panic_when_it_is_taken_apart<M: Kind>() {
    destructors::<M>(|fuse, map, _| {
        let mut parts = map.into_iter();
        fuse.lit(|| drop((parts.next(), parts)));
    });
}
