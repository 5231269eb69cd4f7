//! Who waits, and who does not.

use std::thread;

use super::{Books, CollidingMap, TestMap, Value, hold_value};
use crate::{
    map::keys::Id,
    support::{Stall, Tally, run_together, settle, watchdog},
};

#[test]
fn one_thread_computes_for_all() {
    for _ in 0..50 {
        let (map, books) = (TestMap::new(), Books::new());
        run_together(6, |n| {
            map.get_or_init(books.key(1), |_| books.value(n as u64))
                .id()
        });
        assert_eq!((books.values_made(), books.alive()), (1, (1, 1)));
    }
}

#[test]
fn all_who_wait_get_what_was_computed() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking) = (Stall::new(), Tally::new());
    thread::scope(|s| {
        let holder = hold_value(s, &map, books, 7, &stall);
        let ask = |way| {
            asking.add();
            let compute = |_: &_| -> Result<_, ()> { unreachable!("another one computes") };
            match way {
                0 => map.get_or_init(books.key(7), |key| compute(key).unwrap()),
                _ => map.get_or_try_init(books.key(7), compute).unwrap(),
            }
        };
        let others = [0, 1, 0, 1, 0].map(|way| s.spawn(move || ask(way).id()));
        asking.wait_for(5);
        settle();
        assert!(map.get(&Id(7)).is_none(), "looking does not wait");
        assert_eq!(holder.end().unwrap(), Ok(7));
        assert_eq!(others.map(|t| t.join().unwrap()), [7; 5]);
    });
    assert_eq!((books.alive(), books.values_made()), ((1, 1), 1));
}

/// Whatever stands for a key, all others come and go; and looking at all of them does not wait.
#[test]
fn a_stalled_key_holds_up_no_other() {
    let (_watch, map, books, stall) = (watchdog(), TestMap::new(), Books::new(), Stall::new());
    thread::scope(|s| {
        let holder = hold_value(s, &map, books, 1000, &stall);
        for id in 0..100 {
            assert_eq!(map.get_or_init(books.key(id), |_| books.value(id)).id(), id);
            assert!(
                map.get_or_try_init(books.key(id + 200), |_| Err(()))
                    .is_err()
            );
            assert!(
                map.insert(books.key(id + 400), books.value(id + 400))
                    .is_ok()
            );
        }
        assert!(map.get(&Id(1000)).is_none() && !map.contains_key(&Id(1000)));
        assert_eq!((map.len(), map.iter().count()), (200, 200));
        assert!(format!("{map:?}").starts_with("{#0: #0, #400: #400, #1: #1, "));
        assert!(!holder.is_finished());
        assert_eq!(holder.end().unwrap(), Ok(1000));
    });
    assert_eq!(map.iter().next_back().map(|(key, _)| key.id()), Some(1000));
}

/// Threads whose keys stand are as many as one likes.
#[test]
fn many_keys_are_computed_at_the_same_time() {
    let (map, books, inside) = (CollidingMap::default(), Books::new(), Tally::new());
    let threads = if cfg!(miri) { 4 } else { 24 };
    let seen = run_together(threads, |n| {
        let compute = |_: &_| {
            inside.add();
            inside.wait_for(threads);
            books.value(n as u64)
        };
        map.get_or_init(books.key(n as u64), compute).id()
    });
    assert!(seen.into_iter().eq(0..threads as u64));
    assert_eq!((map.len(), books.alive()), (threads, (threads, threads)));
}

#[test]
fn it_works_while_a_thread_is_torn_down() {
    static MAP: onset::OnceMap<u64, u64> = onset::OnceMap::new();
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            assert_eq!(MAP.get_or_init(1, |_| *MAP.get_or_init(2, |_| 7)), &7);
        }
    }
    thread_local!(static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) });
    thread::spawn(|| LAST.set(Some(Last))).join().unwrap();
    assert_eq!((MAP.get(&1), MAP.get(&2)), (Some(&7), Some(&7)));
}

/// A thread that had looked in vain, before the value was published, finds it under the lock.
#[test]
fn a_value_that_is_published_while_a_key_is_compared_is_found() {
    let (map, books) = (TestMap::new(), Books::new());
    let outer = map.get_or_init(books.key(1), |_| {
        let inner = thread::scope(|s| {
            let other = || map.get_or_init(books.key(2), |_| books.value(2)).id();
            s.spawn(other).join().unwrap()
        });
        assert_eq!(map.get(&Id(2)).map(Value::id), Some(inner));
        books.value(1)
    });
    assert_eq!((outer.id(), map.len()), (1, 2));
}
