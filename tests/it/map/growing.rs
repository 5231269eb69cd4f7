//! A published value stays where it is, however many others come.

use std::ptr;

use super::{
    keys::{Books, Id, Key, Value},
    subject::{Kind, Map, Of},
};
use crate::support::{Gate, run_together};

const MANY: u64 = if cfg!(miri) { 300 } else { 100_000 };

pub(super) fn references_outlast_a_hundred_thousand_others<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    let early: Vec<_> = (0..100)
        .map(|id| map.get_or_init(books.key(id), |_| books.value(id)))
        .collect();
    let keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
    (100..MANY).for_each(|id| assert!(map.insert(books.key(id), books.value(id)).is_ok()));
    for (id, (key, value)) in (0..).zip(keys.into_iter().zip(early)) {
        assert_eq!((key.id(), value.id()), (id, id));
        assert!(ptr::eq(map.get(&Id(id)).unwrap(), value));
    }
    let all = map.iter().map(|(key, value)| (key.id(), value.id()));
    assert!(all.eq((0..MANY).map(|id| (id, id))));
    assert_eq!((map.len() as u64, books.values_made() as u64), (MANY, MANY));
    drop(map);
    assert_eq!(books.alive(), (0, 0));
}

/// Readers that come across tables of all sizes, and across keys that are not published yet.
pub(super) fn readers_find_all_that_was_published_while_it_grows<M: Kind>() {
    let (map, books, begin) = (Of::<M, Key, Value>::default(), Books::new(), Gate::new());
    let half = MANY / 2;
    let read = |step: u64| {
        begin.pass();
        let mut old = map.get(&Id(0)).expect("it came before the gate");
        while (map.len() as u64) < half {
            let seen = map.len() as u64;
            for id in (0..seen)
                .rev()
                .step_by(1 + usize::try_from(seen / step).unwrap())
            {
                assert_eq!(map.get(&Id(id)).expect("it was published").id(), id);
            }
            assert!(map.get(&Id(MANY)).is_none());
            assert_eq!(old.id(), 0);
            old = map.get(&Id(0)).unwrap();
        }
    };
    run_together(4, |thread| {
        if thread > 0 {
            return read(7 * thread as u64);
        }
        for id in 0..half {
            map.get_or_init(books.key(id), |_| books.value(id));
            begin.open();
        }
    });
}
