//! What is true of `RaceMap` alone: nobody waits for anybody's closure.

use std::{
    ptr,
    sync::Mutex,
    thread::{self, ThreadId},
};

use onset::RaceMap;

use super::keys::{Books, Id, Key, Value};
use crate::support::{
    Stall, Tally, catch, hold, is_planned, planned_panic, run_together, watchdog,
};

type TestMap = RaceMap<Key, Value>;

/// Everyone is inside at once; one value is published, the others are gone when their makers return.
#[test]
fn everyone_computes_and_one_is_published() {
    for _ in 0..20 {
        let (map, books, inside) = (TestMap::new(), Books::new(), Tally::new());
        let seen = run_together(4, |n| {
            map.get_or_init(books.key(1), |_| {
                inside.add();
                inside.wait_for(4);
                books.value(n as u64)
            })
        });
        assert!(seen.iter().all(|value| ptr::eq(*value, seen[0])));
        assert_eq!(
            (books.values_made(), books.alive(), map.len()),
            (4, (1, 1), 1)
        );
        assert!(seen[0].id() < 4);
    }
}

#[test]
fn nobody_waits_for_a_closure_that_stands() {
    let (_watch, map, books, stall) = (watchdog(), TestMap::new(), Books::new(), Stall::new());
    let compute_late = |_: &_| {
        stall.stand();
        books.value(1)
    };
    thread::scope(|s| {
        let late = hold(s, &stall, || {
            map.get_or_init(books.key(7), compute_late).id()
        });
        assert!(map.get(&Id(7)).is_none() && map.is_empty());
        assert_eq!(
            map.get_or_try_init(books.key(7), |_| Err("no")).err(),
            Some("no")
        );
        assert_eq!(map.get_or_init(books.key(7), |_| books.value(2)).id(), 2);
        assert!(map.insert(books.key(7), books.value(3)).is_err());
        assert_eq!(map.get_or_init(books.key(8), |_| books.value(8)).id(), 8);
        assert_eq!(late.end(), 2, "it came too late");
    });
    assert_eq!((books.alive(), map.len()), ((2, 2), 2));
}

#[test]
fn an_insert_wins_against_a_closure_that_stands() {
    let (_watch, map, books, stall) = (watchdog(), TestMap::new(), Books::new(), Stall::new());
    let compute_late = |_: &_| {
        stall.stand();
        books.value(1)
    };
    thread::scope(|s| {
        let late = hold(s, &stall, || {
            map.get_or_init(books.key(7), compute_late).id()
        });
        assert_eq!(map.insert(books.key(7), books.value(2)).unwrap().id(), 2);
        assert_eq!(late.end(), 2);
    });
    assert_eq!(books.alive(), (1, 1));
}

#[test]
fn the_inner_value_wins() {
    let (map, books) = (TestMap::new(), Books::new());
    let outer = map.get_or_init(books.key(1), |_| {
        let inner = map.get_or_init(books.key(1), |_| {
            map.get_or_init(books.key(1), |_| books.value(3));
            books.value(2)
        });
        assert_eq!(inner.id(), 3);
        books.value(1)
    });
    assert_eq!((outer.id(), books.alive(), map.len()), (3, (1, 1), 1));
    let outer = map.get_or_init(books.key(2), |_| {
        assert!(map.insert(books.key(2), books.value(5)).is_ok());
        books.value(4)
    });
    assert_eq!((outer.id(), books.alive()), (5, (2, 2)));
}

/// Whoever fails has failed, though there is a value by then.
#[test]
fn a_failure_is_its_own_even_if_another_has_published() {
    let (map, books) = (TestMap::new(), Books::new());
    let outcome = map.get_or_try_init(books.key(1), |_| {
        map.get_or_init(books.key(1), |_| books.value(1));
        Err("no")
    });
    assert_eq!(outcome.err(), Some("no"));
    let outcome = catch(|| {
        map.get_or_init(books.key(2), |_| {
            map.get_or_init(books.key(2), |_| books.value(2));
            planned_panic()
        });
    });
    assert!(is_planned(&outcome.unwrap_err()));
    let all = map.iter().map(|(key, value)| (key.id(), value.id()));
    assert!(all.eq([(1, 1), (2, 2)]));
    assert_eq!(books.alive(), (2, 2));
}

/// A loser's value is dropped by the thread that made it.
#[test]
fn losers_are_dropped_by_their_makers() {
    static DROPS: Mutex<Vec<(ThreadId, ThreadId)>> = Mutex::new(Vec::new());
    struct Made(ThreadId);
    impl Drop for Made {
        fn drop(&mut self) {
            DROPS.lock().unwrap().push((self.0, thread::current().id()));
        }
    }
    let (map, inside) = (RaceMap::new(), Tally::new());
    run_together(3, |_| {
        map.get_or_init(1, |_| {
            inside.add();
            inside.wait_for(3);
            Made(thread::current().id())
        });
    });
    let drops = DROPS.lock().unwrap().split_off(0);
    assert!(drops.len() == 2 && drops.iter().all(|(maker, by)| maker == by));
}
