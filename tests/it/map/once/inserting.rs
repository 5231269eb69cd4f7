//! `insert` against a computation: it waits, and then has lost or wins.

use std::thread;

use super::{Books, TestMap, hold, hold_value};
use crate::support::{Gate, Stall, planned_panic, settle, watchdog};

#[test]
fn it_waits_and_has_its_key_and_value_back() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking) = (Stall::new(), Gate::new());
    thread::scope(|s| {
        let holder = hold_value(s, &map, books, 7, &stall);
        let setter = s.spawn(|| {
            asking.open();
            let (key, value) = map.insert(books.key(7), books.value(8)).unwrap_err();
            (key.id(), value.id())
        });
        asking.pass();
        settle();
        assert!(!setter.is_finished() && map.is_empty());
        assert_eq!(holder.end().unwrap(), Ok(7));
        assert_eq!(setter.join().unwrap(), (7, 8));
    });
    assert_eq!((books.alive(), map.len()), ((1, 1), 1));
}

#[test]
fn it_waits_and_wins_when_the_computation_fails() {
    for panics in [false, true] {
        let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
        let (stall, asking) = (Stall::new(), Gate::new());
        thread::scope(|s| {
            let fail = move || if panics { planned_panic() } else { Err(()) };
            let holder = hold(s, &map, books.key(7), &stall, fail);
            let setter = s.spawn(|| {
                asking.open();
                map.insert(books.key(7), books.value(8))
                    .map(|value| value.id())
            });
            asking.pass();
            settle();
            assert_eq!(holder.end().is_err(), panics);
            assert_eq!(setter.join().unwrap().unwrap(), 8);
        });
        assert_eq!((books.alive(), map.len()), ((1, 1), 1));
    }
}
