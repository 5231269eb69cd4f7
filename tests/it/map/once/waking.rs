//! A computation that fails wakes those who wait for its key, and one of them computes.

use std::thread;

use super::{Books, TestMap, Value, hold};
use crate::{
    map::keys::{Call, Id, at_each},
    support::{Gate, Stall, Tally, is_planned, planned_panic, settle, watchdog},
};

/// Four threads are waiting when the computation fails: all of them get a value, computed once.
fn one_waiter_computes(
    fail: impl FnOnce() -> Result<Value, u8> + Send,
) -> thread::Result<Result<u64, u8>> {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking) = (Stall::new(), Tally::new());
    let outcome = thread::scope(|s| {
        let holder = hold(s, &map, books.key(7), &stall, fail);
        let ask = |id| {
            asking.add();
            map.get_or_init(books.key(7), |_| books.value(id)).id()
        };
        let others = [1, 2, 3, 4].map(|id| s.spawn(move || ask(id)));
        asking.wait_for(4);
        settle();
        let outcome = holder.end();
        let seen = others.map(|t| t.join().unwrap());
        assert!((1..5).contains(&seen[0]) && seen == [seen[0]; 4]);
        outcome
    });
    assert_eq!((books.values_made(), books.alive()), (1, (1, 1)));
    outcome
}

#[test]
fn an_error_wakes_the_waiters_and_one_computes() {
    (0..10).for_each(|_| assert_eq!(one_waiter_computes(|| Err(5)).unwrap(), Err(5)));
}

#[test]
fn a_panic_wakes_the_waiters_and_one_computes() {
    for _ in 0..10 {
        let payload = one_waiter_computes(|| planned_panic()).unwrap_err();
        assert!(is_planned(&payload));
    }
}

/// Each error goes to the caller whose closure it was, until one succeeds.
#[test]
fn failures_pass_the_turn_on() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking, tries) = (Stall::new(), Tally::new(), Tally::new());
    let attempt = || {
        tries.add();
        match tries.count() {
            4 => Ok(books.value(9)),
            other => Err(other),
        }
    };
    thread::scope(|s| {
        let holder = hold(s, &map, books.key(7), &stall, || Err("first"));
        let ask = || {
            asking.add();
            map.get_or_try_init(books.key(7), |_| attempt())
                .map(Value::id)
        };
        let others = [(); 4].map(|()| s.spawn(ask));
        asking.wait_for(4);
        settle();
        assert_eq!(holder.end().unwrap(), Err("first"));
        let mut outcomes = others.map(|t| t.join().unwrap());
        outcomes.sort_unstable();
        assert_eq!(outcomes, [Ok(9), Err(1), Err(2), Err(3)]);
    });
    assert_eq!((tries.count(), books.alive()), (4, (1, 1)));
}

/// Everybody fails: nobody is left waiting, and nothing is left.
#[test]
fn when_all_fail_nothing_is_left() {
    let (_watch, map, books) = (watchdog(), TestMap::new(), Books::new());
    let (stall, asking) = (Stall::new(), Tally::new());
    thread::scope(|s| {
        let _holder = hold(s, &map, books.key(7), &stall, || Err(()));
        let ask = |own: usize| {
            asking.add();
            let outcome = map.get_or_try_init(books.key(7), |_| Err(own));
            assert_eq!(outcome.err(), Some(own));
        };
        for own in 0..10 {
            s.spawn(move || ask(own));
        }
        asking.wait_for(10);
        settle();
        stall.end();
    });
    assert_eq!((map.len(), books.alive()), (0, (0, 0)));
    assert!(map.get(&Id(7)).is_none());
}

/// A key of a waiter, or one that failed, panics when it is dropped, on whichever thread that is:
/// the others do not notice.
#[test]
fn keys_that_panic_when_they_are_dropped_after_a_wait() {
    let _watch = watchdog();
    for fails in [false, true] {
        let panics = at_each(Call::DropKey, |fuse| {
            let (map, books) = (TestMap::new(), Books::new());
            let (stall, asking) = (Stall::new(), Gate::new());
            thread::scope(|s| {
                let end = move || if fails { Err(()) } else { Ok(books.value(1)) };
                let holder = hold(s, &map, books.key(7), &stall, end);
                let helper = s.spawn(|| {
                    asking.pass();
                    settle();
                    stall.end();
                    holder.end().map(|outcome| outcome.is_err())
                });
                fuse.lit(|| {
                    asking.open();
                    map.get_or_init(books.key(7), |_| books.value(2)).id()
                });
                assert_eq!(helper.join().unwrap().unwrap(), fails);
            });
            let value = map.get_or_init(books.key(7), |_| books.value(3));
            let expected: &[u64] = if fails { &[2, 3] } else { &[1] };
            assert!(expected.contains(&value.id()));
            assert_eq!((books.alive(), map.len()), ((1, 1), 1));
        });
        // Of two threads that fail either may be the last one to have the key.
        assert!(panics == 1 || fails && panics == 0);
    }
}
