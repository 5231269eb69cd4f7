//! Computations on several threads that wait for each other in a circle: exactly one of them
//! panics, the others go on.

use std::thread;

use onset::{Lazy, OnceCell, OnceMap};

use crate::{
    map::subject::Colliding,
    messages::{Part, at, cycle, without_columns},
    support::{Gate, Tally, catch, run_together, settle, text_of},
};

/// Each thread computes its own key and, when all of them do, asks for its neighbour's.
fn circle(size: usize) {
    let (map, inside) = (OnceMap::<usize, u64, Colliding>::default(), Tally::new());
    let meet = || {
        inside.add();
        inside.wait_for(size);
    };
    let needs = line!() + 1;
    let ask_the_next = |n: usize| *map.get_or_init((n + 1) % size, |_| n as u64);
    let compute = |n| {
        meet();
        ask_the_next(n)
    };
    let began = line!() + 1;
    let run = |n: usize| *map.get_or_init(n, |n| compute(*n));
    let outcomes = run_together(size, |n| catch(|| run(n)));
    let closer = outcomes.iter().position(Result::is_err).unwrap();
    let name = "OnceMap<(usize, u64)>";
    let part = |n: usize| Part {
        thread: format!("racer {}", n % size),
        own: (name.into(), at!(began)),
        needs: (name.into(), at!(needs)),
    };
    let others: Vec<_> = (closer + 1..closer + size).map(part).collect();
    // Whoever waited for the closer's key has computed it, with its own closure.
    let before = ((closer + size - 1) % size) as u64;
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(value) => assert_eq!((value, map.get(&n)), (before, Some(&before))),
            Err(payload) => {
                assert_eq!(n, closer, "a second one panicked");
                assert_eq!(without_columns(&text_of(payload)), cycle(&part(n), &others));
            }
        }
    }
    assert_eq!((map.get(&closer), map.len()), (Some(&before), size));
}

#[test]
fn of_two_keys() {
    (0..20).for_each(|_| circle(2));
}

#[test]
fn of_three_keys() {
    (0..20).for_each(|_| circle(3));
}

#[test]
fn of_seven_keys() {
    (0..5).for_each(|_| circle(7));
}

/// Two threads that compute one thing each and then need the other's: one of them panics, and says
/// this much.
fn of_two(first: impl Fn() + Sync, second: impl Fn() + Sync) -> String {
    let outcomes = run_together(2, |n| {
        if n == 0 {
            catch(&first)
        } else {
            catch(&second)
        }
    });
    let mut payloads: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    let payload = payloads.pop().expect("one closes the circle");
    assert!(payloads.is_empty(), "a second one panicked");
    without_columns(&text_of(payload))
}

/// The circle's text, whichever of the two closed it.
#[track_caller]
fn assert_tells(text: &str, first: &Part, second: &Part) {
    let told = |closer, other: &Part| text == cycle(closer, std::slice::from_ref(other));
    assert!(told(first, second) || told(second, first), "{text}");
}

/// `racer 0` computes one thing, `racer 1` the other, and each needs the other's.
fn parts(names: [&str; 2], began: [u32; 2], needs: [u32; 2]) -> [Part; 2] {
    [0, 1].map(|n| Part {
        thread: format!("racer {n}"),
        own: (names[n].into(), at!(began[n])),
        needs: (names[1 - n].into(), at!(needs[n])),
    })
}

#[test]
fn of_a_key_and_a_cell() {
    for _ in 0..20 {
        let (map, cell, inside) = (OnceMap::new(), OnceCell::<u8>::new(), Tally::new());
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let in_map = line!() + 2;
        let first = || {
            map.get_or_init("key", |_| {
                meet();
                *cell.get_or_init(|| 1)
            });
        };
        let in_cell = line!() + 2;
        let second = || {
            cell.get_or_init(|| {
                meet();
                *map.get_or_init("key", |_| 2)
            });
        };
        let text = of_two(first, second);
        let names = ["OnceMap<(&str, u8)>", "OnceCell<u8>"];
        let [one, other] = parts(names, [in_map, in_cell], [in_map + 2, in_cell + 2]);
        assert_tells(&text, &one, &other);
        assert_eq!(map.get("key"), cell.get());
        assert!([Some(&1), Some(&2)].contains(&cell.get()));
    }
}

#[test]
fn of_a_key_and_a_lazy() {
    static INSIDE: Tally = Tally::new();
    static MAP: OnceMap<u64, u64> = OnceMap::new();
    static IN_LAZY: u32 = line!() + 5;
    static LAZY: Lazy<u64> = Lazy::new(|| {
        meet();
        match INSIDE.count() {
            // The first time; after that the other thread would need its own key.
            2 => *MAP.get_or_init(1, |_| 2),
            _ => 3,
        }
    });
    fn meet() {
        INSIDE.add();
        INSIDE.wait_for(2);
    }
    let in_map = line!() + 2;
    let first = || {
        MAP.get_or_init(1, |_| {
            meet();
            *LAZY
        });
    };
    let asked = line!() + 1;
    let text = of_two(first, || assert!([2, 3].contains(&*LAZY)));
    let names = ["OnceMap<(u64, u64)>", "OnceCell<u64>"];
    let [one, other] = parts(names, [in_map, asked], [in_map + 2, IN_LAZY]);
    assert_tells(&text, &one, &other);
    assert_eq!(MAP.get(&1), Some(&*LAZY));
}

/// Each map has its own keys and its own lock; the circle goes through both, and through `insert`.
#[test]
fn of_two_maps_of_different_types() {
    let (numbers, words) = (OnceMap::<u8, u16>::new(), OnceMap::<&str, u32>::new());
    let inside = Tally::new();
    let meet = || {
        inside.add();
        inside.wait_for(2);
    };
    let in_numbers = line!() + 2;
    let first = || {
        numbers.get_or_init(1, |_| {
            meet();
            u16::try_from(*words.get_or_init("one", |_| 7)).unwrap()
        });
    };
    let in_words = line!() + 2;
    let second = || {
        words.get_or_init("one", |_| {
            meet();
            // It is there if the other one panicked.
            numbers.insert(1, 7).map_or(8, |number| u32::from(*number))
        });
    };
    let text = of_two(first, second);
    let names = ["OnceMap<(u8, u16)>", "OnceMap<(&str, u32)>"];
    let [one, other] = parts(
        names,
        [in_numbers, in_words],
        [in_numbers + 2, in_words + 3],
    );
    assert_tells(&text, &one, &other);
    assert_eq!((numbers.get(&1), words.get("one")), (Some(&7), Some(&7)));
}

/// A chain of threads that wait for the next one's key is no circle.
#[test]
fn a_chain_is_no_circle() {
    let (map, inside) = (OnceMap::<usize, usize, Colliding>::default(), Tally::new());
    let meet = || {
        inside.add();
        inside.wait_for(6);
    };
    let compute = |n: &usize| {
        meet();
        let next = |_: &_| unreachable!("the next one computes");
        if *n == 5 {
            0
        } else {
            1 + *map.get_or_init(n + 1, next)
        }
    };
    let seen = run_together(6, |n| *map.get_or_init(n, compute));
    assert_eq!(seen, [5, 4, 3, 2, 1, 0]);
}

/// Threads that ask for a few keys in all orders, one from within the other: some panic, nobody
/// hangs, and all keys get their values.
#[test]
fn all_orders_never_hang() {
    let orders = [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
        [1, 0, 2],
        [0, 2, 1],
    ];
    for _ in 0..if cfg!(miri) { 1 } else { 100 } {
        let map = OnceMap::<usize, u64, Colliding>::default();
        let outcomes = run_together(12, |n| {
            let [a, b, c] = orders[n % 6];
            let third = |_: &_| *map.get_or_init(c, |_| 7);
            catch(|| *map.get_or_init(a, |_| *map.get_or_init(b, third)))
        });
        assert!((0..3).all(|key| map.get(&key) == Some(&7)) && map.len() == 3);
        for outcome in outcomes {
            match outcome {
                Ok(value) => assert_eq!(value, 7),
                Err(payload) => {
                    let text = text_of(payload);
                    assert!(text.starts_with("a cycle of initialisers"), "{text}");
                }
            }
        }
    }
}

/// `wait` without an end within a computation: it would never come back.
mod endless_waits {
    use super::*;
    use std::{sync::mpsc, time::Duration};

    /// What `f` comes to, or nothing if it hangs: then its thread is left behind.
    fn unless_it_hangs<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> Option<R> {
        let (outcome, result) = mpsc::channel();
        thread::spawn(move || drop(outcome.send(f())));
        result.recv_timeout(Duration::from_secs(5)).ok()
    }

    #[test]
    fn for_ones_own_key() {
        static MAP: OnceMap<u64, u64> = OnceMap::new();
        let recur = || catch(|| MAP.get_or_init(1, |key| *MAP.wait(key, Duration::MAX).unwrap()));
        let outcome = unless_it_hangs(move || recur().copied());
        assert!(outcome.expect("it hangs").is_err());
    }

    #[test]
    fn in_a_circle_of_two() {
        static MAP: OnceMap<u64, u64> = OnceMap::new();
        static INSIDE: Tally = Tally::new();
        fn compute(key: u64) -> u64 {
            INSIDE.add();
            INSIDE.wait_for(2);
            match key {
                0 => *MAP.get_or_init(1, |_| 7),
                _ => *MAP.wait(&0, Duration::MAX).expect("there is no end"),
            }
        }
        // Who closed the circle gives his key another value: the other one may wait for that.
        let ask = |n| {
            let failed = catch(|| *MAP.get_or_init(n as u64, |key| compute(*key))).is_err();
            if failed {
                let _ = MAP.insert(n as u64, 7);
            }
            failed
        };
        let outcomes = unless_it_hangs(move || run_together(2, ask));
        let failed = outcomes.expect("it hangs");
        assert_eq!(failed.iter().filter(|failed| **failed).count(), 1);
    }

    /// The wait comes first, and the computation that closes the circle after it.
    #[test]
    fn begun_before_the_key_is_computed() {
        static MAP: OnceMap<u64, u64> = OnceMap::new();
        static CELL: OnceCell<u64> = OnceCell::new();
        static WAITS: Gate = Gate::new();
        fn wait() -> u64 {
            WAITS.open();
            *MAP.wait(&1, Duration::MAX).expect("there is no end")
        }
        fn compute() -> u64 {
            WAITS.pass();
            settle();
            *MAP.get_or_init(1, |_| *CELL.get_or_init(|| 5))
        }
        let outcomes = unless_it_hangs(move || {
            run_together(2, |n| match n {
                0 => catch(|| *CELL.get_or_init(wait)).is_err(),
                _ => {
                    let failed = catch(compute).is_err();
                    // The other one waits still, for anybody's value.
                    let _ = MAP.insert(1, 6);
                    failed
                }
            })
        });
        let failed = outcomes.expect("it hangs");
        assert_eq!(failed.iter().filter(|failed| **failed).count(), 1);
    }
}
