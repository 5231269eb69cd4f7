//! Iteration: in the order of registration, from both ends, as of one moment.

use std::iter::FusedIterator;

use onset::{Registry, registry::Iter};

/// Enough for several chunks; 3, 17 and 40 are gone, 5 was replaced, 17 came back.
fn eventful() -> (Registry<u64, u64>, Vec<u64>) {
    let registry = Registry::new();
    for key in 0..100 {
        registry.register(key, key).unwrap();
    }
    for key in [3, 17, 40] {
        registry.remove(&key).unwrap();
    }
    registry.replace(5, 55).unwrap();
    registry.register(17, 18).unwrap();
    let mut expected: Vec<_> = (0..100).filter(|k| ![3, 5, 17, 40].contains(k)).collect();
    expected.extend([5, 17]);
    (registry, expected)
}

fn keys(iter: Iter<'_, u64, u64>) -> Vec<u64> {
    iter.map(|(key, _)| *key).collect()
}

#[test]
fn forwards() {
    let (registry, expected) = eventful();
    assert_eq!(keys(registry.iter()), expected);
    assert_eq!(keys((&registry).into_iter()), expected);
    assert_eq!(keys(registry.snapshot().into_iter()), expected);
    assert_eq!(registry.len(), expected.len());
}

#[test]
fn backwards() {
    let (registry, mut expected) = eventful();
    expected.reverse();
    let backwards: Vec<_> = registry.iter().rev().map(|(key, _)| *key).collect();
    assert_eq!(backwards, expected);
}

/// Each one once, whichever end it is taken from.
#[test]
fn from_both_ends() {
    let (registry, expected) = eventful();
    for step in 1..5 {
        let (mut iter, mut front, mut back) = (registry.iter(), vec![], vec![]);
        for n in 0.. {
            let next = if n % step == 0 {
                iter.next_back()
            } else {
                iter.next()
            };
            let Some((key, _)) = next else { break };
            if n % step == 0 {
                back.push(*key);
            } else {
                front.push(*key);
            }
        }
        front.extend(back.into_iter().rev());
        assert_eq!(front, expected);
    }
}

#[test]
fn an_iterator_that_has_ended_has_ended() {
    fn fused(_: &impl FusedIterator) {}
    let registry = Registry::new();
    registry.register(1, 1).unwrap();
    let mut iter = registry.iter();
    fused(&iter);
    assert_eq!(iter.next(), Some((&1, &1)));
    registry.register(2, 2).unwrap();
    for _ in 0..3 {
        assert_eq!((iter.next(), iter.next_back()), (None, None));
    }
}

/// It shows what was registered when it was made.
#[test]
fn an_iterator_is_as_of_its_making() {
    let (registry, expected) = eventful();
    let (forwards, backwards) = (registry.iter(), registry.iter().rev());
    registry.register(200, 200).unwrap();
    registry.remove(&0).unwrap();
    registry.replace(1, 11).unwrap();
    registry.replace(5, 56).unwrap();
    assert!(forwards.map(|(key, _)| *key).eq(expected.iter().copied()));
    let values: Vec<_> = backwards.map(|(_, value)| *value).collect();
    assert_eq!(
        (values[0], values[1], values.len()),
        (18, 55, expected.len())
    );
}

/// An upper bound is all that is known without looking.
#[test]
fn the_size_hint_is_a_bound() {
    let (registry, expected) = eventful();
    let mut iter = registry.iter();
    for left in (0..=expected.len()).rev() {
        let (least, most) = iter.size_hint();
        assert!(least <= left && left <= most.unwrap());
        iter.next();
    }
    assert_eq!(iter.size_hint(), (0, Some(0)));
    assert_eq!(Registry::<u8, u8>::new().iter().size_hint(), (0, Some(0)));
}

#[test]
fn a_clone_goes_on_from_there() {
    let (registry, expected) = eventful();
    let mut iter = registry.iter();
    iter.nth(9);
    iter.next_back();
    let (clone, end) = (iter.clone(), expected.len() - 1);
    assert_eq!(keys(clone), expected[10..end]);
    assert_eq!(keys(iter), expected[10..end]);
}

#[test]
fn debug_shows_what_is_registered() {
    let registry = Registry::new();
    assert_eq!(format!("{registry:?} {:?}", registry.snapshot()), "{} {}");
    registry.register("b", 1).unwrap();
    registry.register("a", 2).unwrap();
    let (snapshot, mut iter) = (registry.snapshot(), registry.iter());
    registry.replace("b", 3).unwrap();
    iter.next();
    assert_eq!(format!("{registry:?}"), r#"{"a": 2, "b": 3}"#);
    assert_eq!(
        format!("{snapshot:?} {iter:?}"),
        r#"{"b": 1, "a": 2} {"a": 2}"#
    );
    assert_eq!(
        format!("{registry:#?}"),
        "{\n    \"a\": 2,\n    \"b\": 3,\n}"
    );
}
