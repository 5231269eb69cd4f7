//! `RaceRef` and `RaceWord`, which return by value.

use std::{
    ptr,
    sync::atomic::{AtomicU64, Ordering},
};

use onset::{RaceRef, RaceWord};

use crate::support::{Ledger, catch, is_planned, planned_panic, rounds, run_together};

static NUMBERS: [u64; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

#[test]
fn a_reference_has_the_whole_surface() {
    static CELL: RaceRef<'static, u64> = RaceRef::new();
    let [one, two, ..] = NUMBERS.each_ref();
    assert_eq!(CELL.get(), None);
    assert_eq!(CELL.get_or_try_init(|| Err("no")), Err("no"));
    assert!(is_planned(
        &catch(|| CELL.get_or_init(|| planned_panic())).unwrap_err()
    ));
    assert!(ptr::eq(CELL.get_or_init(|| one), one));
    assert!(ptr::eq(
        CELL.get_or_init(|| unreachable!("it is there")),
        one
    ));
    assert!(ptr::eq(CELL.set(two).unwrap_err(), two));
    let (published, mine) = CELL.try_insert(two).unwrap_err();
    assert!(ptr::eq(published, one) && ptr::eq(mine, two));

    let mut cell = CELL.clone();
    assert!(cell == CELL && cell != RaceRef::from(two) && cell != RaceRef::default());
    assert!(cell.take().is_some_and(|r| ptr::eq(r, one)));
    assert!(cell.get().is_none() && cell.take().is_none());
    assert!(ptr::eq(cell.try_insert(two).unwrap(), two));
    assert!(cell.into_inner().is_some_and(|r| ptr::eq(r, two)));
}

#[test]
fn a_full_reference_stands_in_a_static() {
    static CELL: RaceRef<'static, u64> = RaceRef::with_value(&NUMBERS[3]);
    assert!(CELL.get().is_some_and(|value| ptr::eq(value, &NUMBERS[3])));
}

/// It drops nothing, so cells may refer to one another.
#[test]
fn references_in_a_ring() {
    struct Node<'a>(RaceRef<'a, Self>);
    let (one, other) = (Node(RaceRef::new()), Node(RaceRef::new()));
    assert!(one.0.set(&other).is_ok() && other.0.set(&one).is_ok());
    assert!(
        one.0
            .get()
            .and_then(|node| node.0.get())
            .is_some_and(|node| ptr::eq(node, &one))
    );
}

/// A `fn` type with a lifetime of its own is no word; a reference to such a function takes its
/// place.
#[test]
fn functions_by_reference() {
    static LENGTH: RaceRef<'static, fn(&str) -> usize> = RaceRef::new();
    fn length(text: &str) -> usize {
        text.len()
    }
    let chosen = LENGTH.get_or_init(|| &(length as fn(&str) -> usize));
    assert_eq!(chosen(&String::from("four")), 4);
}

/// What it gives out lives as long as the target, not as the cell; the cell owns nothing.
#[test]
fn a_reference_outlives_its_cell() {
    let ledger = Ledger::new();
    let target = ledger.value(1);
    let kept = {
        let cell = RaceRef::with_value(&target);
        cell.get().unwrap()
    };
    assert_eq!((kept.id(), ledger.alive()), (1, 1));
}

#[test]
fn references_race_and_recur() {
    for _ in 0..rounds(60) {
        let cell = RaceRef::new();
        let seen = run_together(5, |n| match n {
            0 => cell
                .set(&NUMBERS[0])
                .map_or_else(|_| cell.get().unwrap(), |()| &NUMBERS[0]),
            _ => cell.get_or_init(|| &NUMBERS[n]),
        });
        assert!(seen.iter().all(|value| ptr::eq(*value, seen[0])));
    }
    let cell = RaceRef::new();
    let outer = cell.get_or_init(|| {
        cell.get_or_init(|| &NUMBERS[1]);
        &NUMBERS[2]
    });
    assert_eq!(outer, &1);
}

#[test]
fn words_race_and_recur() {
    for _ in 0..rounds(60) {
        let cell = RaceWord::<u32>::new();
        let seen = run_together(5, |n| match n {
            0 => cell.set(7).map_or_else(|_| cell.get().unwrap(), |()| 7),
            _ => cell.get_or_init(|| u32::try_from(n).unwrap()),
        });
        assert!(seen.iter().all(|value| Some(*value) == cell.get()));
    }
    let cell = RaceWord::<u32>::new();
    let outer = cell.get_or_init(|| cell.get_or_init(|| 0) + 2);
    assert_eq!(outer, 0);
}

/// What an initialiser did besides is seen by whoever sees its word.
#[test]
fn a_word_may_stand_for_something_else() {
    for _ in 0..rounds(60) {
        let tables: [AtomicU64; 4] = Default::default();
        let cell = RaceWord::<u8>::new();
        run_together(4, |n| {
            let table = cell.get_or_init(|| {
                tables[n].store(9, Ordering::Relaxed);
                u8::try_from(n).unwrap()
            });
            let table = &tables[usize::from(table)];
            assert_eq!(table.load(Ordering::Relaxed), 9);
        });
    }
}
