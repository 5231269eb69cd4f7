//! A cell that needs itself panics, whatever the patience; a circle of cells is broken up by
//! whoever runs out of it.

use std::{thread, time::Duration};

use onset::{HedgedCell, HedgedLazy, Lazy, OnceCell};

use super::LONG;
use crate::{
    messages::{at, complaint, recursion, without_columns},
    support::{Stall, Tally, catch, hold, rounds, run_together, text_of, watchdog},
};

#[test]
fn the_message_is_the_same_whatever_the_patience() {
    let _watch = watchdog();
    for patience in [
        Duration::ZERO,
        Duration::from_micros(1),
        LONG,
        Duration::MAX,
    ] {
        let cell = HedgedCell::<u64>::new(patience);
        let began = line!() + 2;
        let text = complaint(|| {
            cell.get_or_init(|| {
                assert_eq!(cell.get(), None);
                *cell.get_or_init(|| 1)
            });
        });
        assert_eq!(
            text,
            recursion("HedgedCell<u64>", &at!(began + 2), &at!(began))
        );
        assert_eq!(cell.get(), None);
        assert_eq!(cell.get_or_init(|| 5), &5);
    }
}

#[test]
fn a_lazy_names_the_lines_that_dereference_it() {
    static BEGAN: u32 = line!() + 3;
    static LAZY: HedgedLazy<u64> = HedgedLazy::new(|| {
        assert!(Lazy::get(&LAZY).is_none());
        *LAZY + 1
    });
    let _watch = watchdog();
    let asked = line!() + 1;
    let text = complaint(|| *LAZY);
    assert_eq!(text, recursion("HedgedCell<u64>", &at!(BEGAN), &at!(asked)));
}

/// Both threads compute, and each needs the cell: each of them panics, and the cell stays usable.
#[test]
fn after_a_takeover() {
    for patience in [Duration::ZERO, Duration::from_micros(50)] {
        let (_watch, stall) = (watchdog(), Stall::new());
        let cell = HedgedCell::<u64>::new(patience);
        let recur_late = || {
            stall.stand();
            *cell.get_or_init(|| 1)
        };
        thread::scope(|s| {
            let first = hold(s, &stall, || complaint(|| cell.get_or_init(recur_late)));
            let second = complaint(|| *cell.get_or_init(|| *cell.get_or_init(|| 2)));
            assert!(second.contains("by its own initialiser"), "{second}");
            assert_eq!(cell.get(), None);
            // Nobody holds the cell now; the first one is computing it all the same.
            let first = first.end();
            assert!(first.contains("by its own initialiser"), "{first}");
        });
        assert_eq!(cell.get_or_init(|| 3), &3);
    }
}

/// Once another thread has published, asking again is a hit.
#[test]
fn asking_again_after_the_publication_is_no_recursion() {
    let (_watch, stall) = (watchdog(), Stall::new());
    let cell = HedgedCell::new(Duration::from_micros(50));
    let ask_again = || {
        stall.stand();
        10 + *cell.get_or_init(|| unreachable!("it is there"))
    };
    thread::scope(|s| {
        let first = hold(s, &stall, || *cell.get_or_init(ask_again));
        assert_eq!(cell.get_or_init(|| 1), &1);
        assert_eq!(first.end(), 1);
    });
}

/// Endless patience is a once-cell's: one of a circle panics and says why.
#[test]
fn a_circle_with_endless_patience() {
    for _ in 0..rounds(20) {
        let (hedged, once) = (HedgedCell::<u8>::new(Duration::MAX), OnceCell::<u16>::new());
        let inside = Tally::new();
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let outcomes = run_together(2, |n| match n {
            0 => catch(|| {
                u16::from(*hedged.get_or_init(|| {
                    meet();
                    u8::try_from(*once.get_or_init(|| 1)).unwrap()
                }))
            }),
            _ => catch(|| {
                *once.get_or_init(|| {
                    meet();
                    u16::from(*hedged.get_or_init(|| 2))
                })
            }),
        });
        let closers = outcomes.iter().filter(|o| o.is_err()).count();
        assert_eq!(closers, 1);
        for payload in outcomes.into_iter().filter_map(Result::err) {
            let text = without_columns(&text_of(payload));
            assert!(text.starts_with("a cycle of initialisers"), "{text}");
            assert!(text.contains("`HedgedCell<u8>`") && text.contains("`OnceCell<u16>`"));
        }
        assert_eq!(hedged.get().map(|v| u16::from(*v)), once.get().copied());
    }
}

/// Whoever runs out of patience computes what the other one holds, so nobody panics.
#[test]
fn a_circle_with_patience_comes_to_an_end() {
    for patience in [Duration::ZERO, Duration::from_micros(50)] {
        let cells = [(); 2].map(|()| HedgedCell::new(patience));
        let inside = Tally::new();
        run_together(2, |n| {
            cells[n].get_or_init(|| {
                inside.add();
                inside.wait_for(2);
                *cells[1 - n].get_or_init(|| n)
            });
        });
        assert!(cells.iter().all(|c| c.get().is_some_and(|v| *v < 2)));
    }
}

/// The same circle through closures that always need each other: both threads find themselves
/// again, nobody hangs.
#[test]
fn a_circle_of_lazies_panics_on_both_sides() {
    static TURNS: Tally = Tally::new();
    static ONE: HedgedLazy<u64> = HedgedLazy::new(|| {
        TURNS.add();
        *OTHER + 1
    });
    static OTHER: HedgedLazy<u64> = HedgedLazy::new(|| {
        TURNS.add();
        *ONE + 1
    });
    let outcomes = run_together(2, |n| catch(|| if n == 0 { *ONE } else { *OTHER }));
    for payload in outcomes.into_iter().map(Result::unwrap_err) {
        let text = text_of(payload);
        assert!(text.contains("by its own initialiser"), "{text}");
    }
    assert!(Lazy::get(&ONE).is_none() && Lazy::get(&OTHER).is_none());
    assert!(TURNS.count() >= 2);
}
