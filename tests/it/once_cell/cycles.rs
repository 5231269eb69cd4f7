//! Initialisers on several threads that wait for each other in a circle: exactly one of them
//! panics, the others go on.

use std::{ptr, thread, time::Duration};

use onset::OnceCell;

use crate::{
    messages::{Part, at, cycle, without_columns},
    support::{Gate, Stall, Tally, catch, hold, rounds, run_together, settle, text_of, watchdog},
};

/// Each thread initialises its own cell and, when all of them do, asks for its neighbour's.
fn circle(size: usize) {
    let cells: Vec<_> = (0..size).map(|_| OnceCell::<u64>::new()).collect();
    let inside = Tally::new();
    let meet = || {
        inside.add();
        inside.wait_for(size);
    };
    let needs = line!() + 1;
    let ask_the_next = |n: usize| *cells[(n + 1) % size].get_or_init(|| n as u64);
    let compute = |n| {
        meet();
        ask_the_next(n)
    };
    let began = line!() + 1;
    let run = |n: usize| *cells[n].get_or_init(|| compute(n));
    let outcomes = run_together(size, |n| catch(|| run(n)));
    let closer = outcomes.iter().position(Result::is_err).unwrap();
    let part = |n: usize| Part {
        thread: format!("racer {}", n % size),
        own: ("OnceCell<u64>".into(), at!(began)),
        needs: ("OnceCell<u64>".into(), at!(needs)),
    };
    let others: Vec<_> = (closer + 1..closer + size).map(part).collect();
    // Whoever waited for the closer's cell has computed it, with its own closure.
    let before = ((closer + size - 1) % size) as u64;
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(value) => assert_eq!((value, *cells[n].get().unwrap()), (before, before)),
            Err(payload) => {
                assert_eq!(n, closer, "a second one panicked");
                assert_eq!(without_columns(&text_of(payload)), cycle(&part(n), &others));
            }
        }
    }
    assert_eq!(cells[closer].get(), Some(&before));
}

#[test]
fn of_two() {
    (0..rounds(20)).for_each(|_| circle(2));
}

#[test]
fn of_three() {
    (0..rounds(20)).for_each(|_| circle(3));
}

#[test]
fn of_seven() {
    (0..5).for_each(|_| circle(7));
}

/// The message tells the cells of a circle apart by their types.
#[test]
fn the_message_names_each_cell() {
    let (small, large, inside) = (OnceCell::<u8>::new(), OnceCell::<u16>::new(), Tally::new());
    let meet = || {
        inside.add();
        inside.wait_for(2);
    };
    let small_began = line!() + 2;
    let first = || {
        small.get_or_init(|| {
            meet();
            u8::try_from(*large.get_or_init(|| 1)).unwrap()
        });
    };
    let large_began = line!() + 2;
    let second = || {
        large.get_or_init(|| {
            meet();
            u16::from(*small.get_or_init(|| 2))
        });
    };
    let outcomes = run_together(2, |n| if n == 0 { catch(first) } else { catch(second) });
    let names = ["OnceCell<u8>", "OnceCell<u16>"];
    let began = [small_began, large_began];
    let part = |n: usize| Part {
        thread: format!("racer {n}"),
        own: (names[n].into(), at!(began[n])),
        needs: (names[1 - n].into(), at!(began[n] + 2)),
    };
    for (n, outcome) in outcomes.into_iter().enumerate() {
        if let Err(payload) = outcome {
            let text = without_columns(&text_of(payload));
            assert_eq!(text, cycle(&part(n), &[part(1 - n)]));
        }
    }
    assert!(small.get().is_some() && large.get().is_some());
}

/// `wait` and `set` close a circle as `get_or_init` does.
#[test]
fn a_wait_in_the_circle() {
    for _ in 0..rounds(20) {
        let (one, other, inside) = (OnceCell::<u8>::new(), OnceCell::<u8>::new(), Tally::new());
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let outcomes = run_together(2, |n| match n {
            0 => catch(|| {
                *one.get_or_init(|| {
                    meet();
                    *other.wait()
                })
            }),
            _ => {
                let outcome = catch(|| {
                    *other.get_or_init(|| {
                        meet();
                        one.set(1).map_or(10, |()| 11)
                    })
                });
                // If this one panicked, the other waits for a value still.
                let _ = other.set(3);
                outcome
            }
        });
        match &outcomes[..] {
            [Ok(3), Err(_)] => assert_eq!((one.get(), other.get()), (Some(&3), Some(&3))),
            [Err(_), Ok(11)] => assert_eq!((one.get(), other.get()), (Some(&1), Some(&11))),
            outcomes => panic!("{outcomes:?}"),
        }
    }
}

/// A chain of threads that wait for the next one's cell, with onlookers at each, is no circle.
#[test]
fn a_chain_is_no_circle() {
    let cells = [const { OnceCell::<usize>::new() }; 5];
    let (_watch, inside, last) = (watchdog(), Tally::new(), Gate::new());
    thread::scope(|s| {
        for n in 0..4 {
            let cells = &cells;
            let inside = &inside;
            s.spawn(move || {
                cells[n].get_or_init(|| {
                    inside.add();
                    inside.wait_for(5);
                    1 + *cells[n + 1].get_or_init(|| unreachable!("the next one computes"))
                })
            });
            s.spawn(move || {
                inside.wait_for(5);
                cells[n].wait()
            });
        }
        s.spawn(|| {
            cells[4].get_or_init(|| {
                inside.add();
                last.pass();
                0
            })
        });
        inside.wait_for(5);
        settle();
        last.open();
    });
    assert_eq!(cells.map(|c| c.into_inner().unwrap()), [4, 3, 2, 1, 0]);
}

/// One thread's wait ends by itself, and so the other one's does: that is no circle, however long
/// it takes.
#[test]
fn a_wait_with_an_end_is_no_part_of_a_circle() {
    let (_watch, stall, asking) = (watchdog(), Stall::new(), Gate::new());
    let (one, other) = (OnceCell::<u8>::new(), OnceCell::<u8>::new());
    let wait_for_a_while = || {
        stall.stand();
        asking.open();
        let waited = other.wait_timeout(Duration::from_millis(50));
        waited.map_or(1, |_| unreachable!("the other one waits for this one"))
    };
    thread::scope(|s| {
        let first = hold(s, &stall, || *one.get_or_init(wait_for_a_while));
        let compute = || {
            stall.end();
            asking.pass();
            settle();
            *one.get_or_init(|| unreachable!("it is being computed")) + 1
        };
        assert_eq!(other.get_or_init(compute), &2);
        assert_eq!(first.end(), 1);
    });
}

/// Two threads that take the same two cells in the same order wait for each other in turn, never in
/// a circle.
#[test]
fn one_order_is_no_circle() {
    for _ in 0..rounds(100) {
        let inner = OnceCell::new();
        let outer = OnceCell::new();
        let seen = run_together(4, |n| {
            if n % 2 == 0 {
                inner.get_or_init(|| n);
            }
            outer.get_or_init(|| inner.get_or_init(|| n))
        });
        assert!(
            seen.iter()
                .all(|value| ptr::eq(**value, inner.get().unwrap()))
        );
    }
}

/// Threads that ask for two cells in both orders: some panic, nobody hangs, and both cells are
/// filled.
#[test]
fn both_orders_never_hang() {
    for round in 0..rounds(100) {
        let cells = [const { OnceCell::<u64>::new() }; 2];
        let outcomes = run_together(6, |n| {
            let (mine, others) = (&cells[n % 2], &cells[1 - n % 2]);
            catch(|| *mine.get_or_init(|| *others.get_or_init(|| round)))
        });
        assert_eq!(cells.each_ref().map(OnceCell::get), [Some(&round); 2]);
        for outcome in outcomes {
            match outcome {
                Ok(value) => assert_eq!(value, round),
                Err(payload) => {
                    let text = text_of(payload);
                    assert!(text.starts_with("a cycle of initialisers"), "{text}");
                }
            }
        }
    }
}
