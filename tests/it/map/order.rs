//! Iteration: in the order of publication, and complete.

use super::subject::{Kind, Map, Of};
use crate::support::{Gate, run_together};

type Numbers<M> = Of<M, u64, u64>;

fn keys<M: Kind>(map: &Numbers<M>) -> Vec<u64> {
    map.iter().map(|(key, _)| *key).collect()
}

pub(super) fn of_publication<M: Kind>() {
    let map = Numbers::<M>::default();
    let order = [5, 3, 9, 1, 7];
    for key in order {
        map.get_or_init(key, |_| {
            // Begun first, published last.
            map.get_or_init(key + 10, |key| *key);
            key
        });
    }
    let expected: Vec<_> = order.into_iter().flat_map(|key| [key + 10, key]).collect();
    assert_eq!(keys::<M>(&map), expected);
}

pub(super) fn an_iterator_sees_what_was_there_when_it_was_made<M: Kind>() {
    let map = Numbers::<M>::default();
    (0..5).for_each(|key| assert!(map.insert(key, key).is_ok()));
    let mut seen = map.iter();
    let early = seen.clone();
    // Enough for a few more chunks.
    for (key, _) in seen.by_ref() {
        (0..100).for_each(|n| assert!(map.insert(1000 * (key + 1) + n, n).is_ok()));
    }
    assert_eq!((seen.next(), seen.next()), (None, None));
    assert_eq!(early.clone().count(), 5);
    assert!(early.eq((0..5).collect::<Vec<_>>().iter().zip(&[0, 1, 2, 3, 4])));
    assert_eq!(map.iter().count(), 505);
}

/// What this thread has published, and what others had when it was told so.
pub(super) fn an_iterator_sees_all_that_came_before_it<M: Kind>() {
    const THREADS: u64 = 4;
    let map = Numbers::<M>::default();
    let rounds = if cfg!(miri) { 5 } else { 300 };
    let gates: Vec<_> = (0..rounds).map(|_| Gate::new()).collect();
    run_together(4, |thread| {
        let own = thread as u64;
        for round in 0..rounds {
            let key = round * THREADS + own;
            map.get_or_init(key, |key| *key);
            if own == 0 {
                gates[usize::try_from(round).unwrap()].open();
            }
            let all = keys::<M>(&map);
            assert!(all.len() <= map.len());
            for of in 0..THREADS {
                let theirs: Vec<_> = all.iter().filter(|key| *key % THREADS == of).collect();
                assert!(theirs.is_sorted(), "in the order in which they came");
                let came = round * THREADS + of;
                assert!(of != own || theirs.last() == Some(&&came));
                if of == 0 && own == 3 {
                    gates[usize::try_from(round).unwrap()].pass();
                    assert!(map.iter().any(|(key, _)| *key == came));
                }
            }
        }
    });
    let mut all = keys::<M>(&map);
    all.sort_unstable();
    assert!(all.into_iter().eq(0..THREADS * rounds));
}

pub(super) fn from_both_ends<M: Kind>() {
    let map = Numbers::<M>::default();
    (0..40).for_each(|key| assert!(map.insert(key, key).is_ok()));
    let mut iter = map.iter();
    assert_eq!(iter.size_hint(), (0, Some(40)));
    assert_eq!(iter.next_back(), Some((&39, &39)));
    assert_eq!(iter.next(), Some((&0, &0)));
    assert_eq!(iter.size_hint().1, Some(38));
    assert!(iter.clone().rev().map(|(key, _)| *key).eq((1..39).rev()));
    assert!(iter.by_ref().take(20).map(|(key, _)| *key).eq(1..21));
    assert!(iter.by_ref().rev().map(|(key, _)| *key).eq((21..39).rev()));
    assert_eq!(
        (iter.next(), iter.next_back(), iter.next()),
        (None, None, None)
    );
}

pub(super) fn gaps_are_passed_over<M: Kind>() {
    let mut map = Numbers::<M>::default();
    (0..40).for_each(|key| assert!(map.insert(key, key).is_ok()));
    for key in [0, 1, 17, 18, 39] {
        assert_eq!(map.remove(&key), Some((key, key)));
    }
    let left: Vec<_> = (2..17).chain(19..39).collect();
    assert_eq!(keys::<M>(&map), left);
    assert!(map.iter().rev().map(|(key, _)| key).eq(left.iter().rev()));
    let mut last = map.iter();
    assert_eq!((last.nth(34), last.next_back()), (Some((&38, &38)), None));
    assert!(map.insert(0, 0).is_ok());
    assert_eq!(map.iter().next_back(), Some((&0, &0)), "it came anew");
    assert!(
        map.into_iter()
            .map(|(key, _)| key)
            .eq(left.into_iter().chain([0]))
    );
}
