//! What the owner of a map does: take out, empty, take apart.

use super::{
    keys::{Books, Id},
    subject::{Kind, Map, Of},
};
use crate::support::Dice;

pub(super) fn what_was_removed_is_computed_anew<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
    for round in 0..20 {
        for id in 0..3 {
            let value = map.get_or_init(books.key(id), |_| books.value(10 * round + id));
            assert_eq!(value.id(), 10 * round + id);
        }
        for id in [1, 0, 2] {
            let (key, value) = map.remove(&Id(id)).expect("it is there");
            assert_eq!((key.id(), value.id()), (id, 10 * round + id));
            assert!(map.get(&Id(id)).is_none());
        }
        assert_eq!(
            (map.len(), map.is_empty(), books.alive()),
            (0, true, (0, 0))
        );
        assert_eq!(map.iter().count(), 0);
    }
}

pub(super) fn removing_what_is_not_there_changes_nothing<M: Kind>() {
    let mut map = Of::<M, u64, u64>::default();
    assert_eq!(map.remove(&1), None);
    for key in 0..100 {
        assert!(map.insert(key, key).is_ok());
        assert_eq!(map.remove(&(key + 1)), None);
    }
    assert_eq!(map.len(), 100);
    assert!(map.iter().map(|(key, _)| *key).eq(0..100));
}

pub(super) fn a_cleared_map_is_a_new_one<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
    for keys in [0, 1, 7, 100, 1, 0, 40] {
        for id in 0..keys {
            assert!(map.insert(books.key(id), books.value(id + keys)).is_ok());
        }
        assert!(map.remove(&Id(3)).is_none() == (keys < 4));
        map.clear();
        assert_eq!(
            (map.len(), map.iter().count(), books.alive()),
            (0, 0, (0, 0))
        );
        assert!((0..100).all(|id| map.get(&Id(id)).is_none()));
    }
}

pub(super) fn taking_it_apart_keeps_the_order<M: Kind>() {
    let mut map = Of::<M, u64, u64>::default();
    (0..100).for_each(|key| assert!(map.insert(key, key + 1).is_ok()));
    (0..50)
        .step_by(2)
        .for_each(|key| assert!(map.remove(&key).is_some()));
    let left: Vec<_> = map.into_iter().collect();
    let expected = (0..100).filter(|key| *key >= 50 || key % 2 == 1);
    assert!(left.into_iter().eq(expected.map(|key| (key, key + 1))));
}

/// A queue: the oldest goes when a new one comes, over and over, through every way in which gaps
/// come about and are closed.
pub(super) fn coming_and_going_keeps_the_order<M: Kind>() {
    for length in [1, 2, 3, 8, 15, 16, 17, 100] {
        let (mut map, mut dice) = (Of::<M, u64, u64>::default(), Dice::new(length));
        let mut model: Vec<u64> = Vec::new();
        for key in 0..if cfg!(miri) { 60 } else { 2000 } {
            assert!(map.insert(key, key * 2).is_ok());
            model.push(key);
            if model.len() as u64 > length {
                let place = usize::try_from(dice.roll(2) * dice.roll(length)).unwrap();
                let gone = model.remove(place);
                assert_eq!(map.remove(&gone), Some((gone, gone * 2)));
                assert_eq!(map.get(&gone), None);
            }
            assert!(map.iter().map(|(key, _)| *key).eq(model.iter().copied()));
            assert_eq!(map.len(), model.len());
        }
        assert!(model.iter().all(|key| map.get(key) == Some(&(key * 2))));
    }
}

pub(super) fn removing_all_but_the_last_ones<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
    (0..200).for_each(|id| assert!(map.insert(books.key(id), books.value(id)).is_ok()));
    for id in 0..199 {
        assert_eq!(
            map.remove(&Id(id))
                .map(|(key, value)| (key.id(), value.id())),
            Some((id, id))
        );
        assert_eq!(
            (map.len() as u64, books.alive().0 as u64),
            (199 - id, 199 - id)
        );
        assert_eq!(map.iter().map(|(key, _)| key.id()).next(), Some(id + 1));
        assert_eq!(map.get(&Id(199)).map(|value| value.id()), Some(199));
    }
}
