//! Closures that fail leave nothing behind: no value, no key.

use super::{
    keys::{Books, Id, Value},
    subject::{Kind, Map, Of},
};
use crate::support::{Tally, catch, is_planned, planned_panic, run_together};

pub(super) fn an_error_goes_to_its_caller_and_leaves_nothing<M: Kind>() {
    let (map, books) = (Of::<M, _, Value>::default(), Books::new());
    let outcome = map.get_or_try_init(books.key(1), |_| Err("no"));
    assert_eq!(outcome.err(), Some("no"));
    assert_eq!(books.alive(), (0, 0));
    assert!(map.is_empty() && map.get(&Id(1)).is_none() && map.iter().next().is_none());
}

pub(super) fn a_panic_goes_on_and_leaves_nothing<M: Kind>() {
    let (map, books) = (Of::<M, _, Value>::default(), Books::new());
    let outcome = catch(|| map.get_or_init(books.key(1), |_| planned_panic()).id());
    assert!(is_planned(&outcome.unwrap_err()));
    assert_eq!(books.alive(), (0, 0));
    assert!(map.is_empty() && map.get(&Id(1)).is_none() && map.iter().next().is_none());
}

pub(super) fn failures_in_any_order_end_with_a_value<M: Kind>() {
    let books = Books::new();
    for order in 0..16_u32 {
        let map = Of::<M, _, _>::default();
        for attempt in 0..4 {
            let panics = order >> attempt & 1 == 1;
            let outcome = catch(|| {
                let fail = |_: &_| if panics { planned_panic() } else { Err(()) };
                map.get_or_try_init(books.key(1), fail).map(Value::id)
            });
            assert_eq!((outcome.is_err(), books.alive()), (panics, (0, 0)));
        }
        let value = map.get_or_init(books.key(1), |key| books.value(key.id()));
        assert_eq!((value.id(), books.alive()), (1, (1, 1)));
    }
}

/// Where the map has room left and where it has to grow.
pub(super) fn a_key_that_fails_leaves_the_others_alone<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    for id in 0..100_u64 {
        let failing = books.key(1000 + id);
        assert_eq!(map.get_or_try_init(failing, |_| Err(id)).err(), Some(id));
        let value = map.get_or_init(books.key(id), |_| books.value(id));
        assert_eq!(value.id(), id);
        let all = map.iter().map(|(key, value)| (key.id(), value.id()));
        assert!(all.eq((0..=id).map(|id| (id, id))));
        assert_eq!((map.len() as u64, books.alive().0 as u64), (id + 1, id + 1));
    }
}

pub(super) fn each_of_many_threads_gets_the_error_of_its_own_closure<M: Kind>() {
    let (map, books) = (Of::<M, _, Value>::default(), Books::new());
    let attempts = if cfg!(miri) { 2 } else { 300 };
    run_together(16, |thread| {
        for attempt in 0..attempts {
            let own = (thread, attempt);
            let outcome = map.get_or_try_init(books.key(1), |_| Err(own));
            assert_eq!(outcome.err(), Some(own));
        }
    });
    assert!(map.is_empty() && map.get(&Id(1)).is_none());
    assert_eq!((books.alive(), books.values_made()), ((0, 0), 0));
}

/// Whatever the others do, the one that succeeds gives all of them the value.
pub(super) fn one_of_many_threads_succeeds_at_last<M: Kind>() {
    for _ in 0..if cfg!(miri) { 1 } else { 10 } {
        let (map, books, failures) = (Of::<M, _, _>::default(), Books::new(), Tally::new());
        let attempt = |thread| {
            if thread == 0 {
                return Ok(books.value(9));
            }
            failures.add();
            if thread % 2 == 0 {
                Err(())
            } else {
                planned_panic()
            }
        };
        run_together(8, |thread| {
            if thread == 0 {
                failures.wait_for(5);
            }
            let ask = || map.get_or_try_init(books.key(1), |_| attempt(thread));
            let seen = (0..).find_map(|_| catch(ask).ok()?.ok());
            assert_eq!(seen.map(Value::id), Some(9));
        });
        assert_eq!((books.alive(), books.values_made()), ((1, 1), 1));
    }
}
