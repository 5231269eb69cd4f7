//! A cell that needs itself panics; it never hangs.

use std::{cell::Cell, time::Duration};

use onset::{Counted, InitCell, Lazy, OnceCell, TryLazy};

use crate::{
    messages::{at, complaint, recursion},
    support::{catch, run_together, watchdog},
};

/// The panic is an initialiser's panic: the cell is empty, and the next one computes.
#[track_caller]
fn assert_usable(cell: &OnceCell<u64>) {
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_or_init(|| 5), &5);
}

#[test]
fn the_message_names_the_type_both_places_and_the_remedy() {
    let (_watch, cell) = (watchdog(), OnceCell::<u64>::new());
    let began = line!() + 2;
    let text = complaint(|| {
        cell.get_or_init(|| {
            assert_eq!(cell.get(), None);
            *cell.get_or_init(|| 1)
        });
    });
    assert_eq!(
        text,
        recursion("OnceCell<u64>", &at!(began + 2), &at!(began))
    );
    assert_usable(&cell);
}

#[test]
fn the_type_is_the_value_s_own() {
    struct Configuration;
    let (_watch, cell) = (watchdog(), OnceCell::<Configuration>::new());
    let text = complaint(|| {
        cell.get_or_init(|| {
            cell.wait();
            Configuration
        });
    });
    let name = std::any::type_name::<Configuration>();
    let begins = format!("`OnceCell<{name}>` is needed at ");
    assert!(text.starts_with(&begins), "{text}");
}

/// Each way to ask, from within the cell's own initialiser.
#[test]
fn every_way_to_ask_is_caught() {
    let (_watch, line) = (watchdog(), Cell::new(0));
    type Way<'a> = &'a dyn Fn(&OnceCell<u64>);
    let ways: [Way<'_>; 5] = [
        &|cell| {
            line.set(line!() + 1);
            cell.get_or_init(|| 1);
        },
        &|cell| {
            line.set(line!() + 1);
            let _ = cell.get_or_try_init(|| Err(()));
        },
        &|cell| {
            line.set(line!() + 1);
            let _ = cell.set(1);
        },
        &|cell| {
            line.set(line!() + 1);
            let _ = cell.try_insert(1);
        },
        &|cell| {
            line.set(line!() + 1);
            cell.wait();
        },
    ];
    for way in ways {
        let cell = OnceCell::new();
        let began = line!() + 2;
        let text = complaint(|| {
            cell.get_or_init(|| {
                way(&cell);
                2
            });
        });
        assert_eq!(
            text,
            recursion("OnceCell<u64>", &at!(line.get()), &at!(began))
        );
        assert_usable(&cell);
    }
}

#[test]
fn looking_is_no_recursion() {
    let (_watch, cell) = (watchdog(), OnceCell::new());
    let value = cell.get_or_init(|| {
        assert_eq!(cell.get(), None);
        assert_eq!(format!("{cell:?}"), "OnceCell(<uninit>)");
        assert_eq!(cell.clone().into_inner(), None);
        assert!(cell == OnceCell::new());
        assert_eq!(cell.wait_timeout(Duration::ZERO), None);
        assert_eq!(cell.wait_timeout(Duration::from_millis(1)), None);
        7
    });
    assert_eq!(value, &7);
}

#[test]
fn a_lazy_names_the_lines_that_dereference_it() {
    static BEGAN: u32 = line!() + 3;
    static LAZY: Lazy<u64> = Lazy::new(|| {
        assert!(Lazy::get(&LAZY).is_none());
        *LAZY + 1
    });
    let _watch = watchdog();
    for _ in 0..2 {
        let asked = line!() + 1;
        let text = complaint(|| *LAZY);
        assert_eq!(text, recursion("OnceCell<u64>", &at!(BEGAN), &at!(asked)));
        assert!(Lazy::get(&LAZY).is_none());
    }
}

#[test]
fn a_try_lazy_and_a_counted_cell_name_the_callers_lines() {
    static INNER: u32 = line!() + 1;
    static TRY: TryLazy<u64, ()> = TryLazy::new(|| TRY.get().copied());
    let _watch = watchdog();
    let asked = line!() + 1;
    let text = complaint(|| TRY.get());
    assert_eq!(text, recursion("OnceCell<u64>", &at!(INNER), &at!(asked)));

    let counted = Counted::<OnceCell<u64>>::EMPTY;
    let began = line!() + 1;
    let text = complaint(|| counted.get_or_init(|| counted.set(1).map_or(2, |()| 3)));
    assert_eq!(text, recursion("OnceCell<u64>", &at!(began), &at!(began)));
    assert_eq!((counted.computations(), counted.lost_races()), (1, 0));
}

#[test]
fn through_two_levels_of_cells() {
    let (_watch, outer, inner) = (watchdog(), OnceCell::<u64>::new(), OnceCell::<u8>::new());
    let began = line!() + 2;
    let text = complaint(|| {
        outer.get_or_init(|| {
            let value = inner.get_or_init(|| {
                assert_eq!(inner.get(), None);
                u8::try_from(*outer.get_or_init(|| 1)).unwrap()
            });
            u64::from(*value)
        });
    });
    assert_eq!(
        text,
        recursion("OnceCell<u64>", &at!(began + 3), &at!(began))
    );
    assert_eq!(inner.get(), None, "the panic went through it");
    assert_eq!(inner.get_or_init(|| 6), &6);
    assert_usable(&outer);
}

/// What was caught is over: neither the thread nor the cells remember it.
#[test]
fn a_caught_recursion_leaves_nothing_behind() {
    let (_watch, outer, inner) = (watchdog(), OnceCell::<u64>::new(), OnceCell::<u8>::new());
    let value = outer.get_or_init(|| {
        assert!(catch(|| inner.get_or_init(|| *inner.get_or_init(|| 1))).is_err());
        assert!(catch(|| outer.get_or_init(|| 1)).is_err());
        assert_eq!(inner.get_or_init(|| 8), &8);
        // Still known: the frame of the outer cell is there after what went on inside.
        assert!(catch(|| outer.wait()).is_err());
        9
    });
    assert_eq!(value, &9);
}

#[test]
fn siblings_and_the_same_cell_later_are_no_recursion() {
    let (_watch, cells) = (watchdog(), [const { OnceCell::<u64>::new() }; 3]);
    let sum = |n: usize| *cells[n].get_or_init(|| n as u64);
    let top = OnceCell::new();
    assert_eq!(top.get_or_init(|| sum(0) + sum(1) + sum(2) + sum(1)), &4);
}

/// Others who wait for a cell whose initialiser recurses compute it themselves.
#[test]
fn recursion_while_others_wait() {
    for _ in 0..30 {
        let cell = OnceCell::<u64>::new();
        let outcomes = run_together(4, |n| {
            let recursive = || *cell.get_or_init(|| 100);
            let honest = || n as u64;
            match n {
                0 => catch(|| *cell.get_or_init(recursive)),
                _ => Ok(*cell.get_or_init(honest)),
            }
        });
        let value = *cell.get().unwrap();
        assert!((1..4).contains(&value));
        assert!(outcomes.iter().flatten().all(|seen| *seen == value));
        assert!(outcomes[1..].iter().all(Result::is_ok));
    }
}
