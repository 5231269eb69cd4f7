//! One computation, and the methods that no other cell has.

use std::{ptr, time::Duration};

use onset::{InitCell, Lazy, OnceCell, TryLazy};

use crate::support::{Ledger, Tally, Tracked, rounds, run_together};

#[test]
fn exactly_one_thread_computes() {
    for _ in 0..rounds(100) {
        let (cell, ledger) = (OnceCell::new(), Ledger::new());
        run_together(6, |n| cell.get_or_init(|| ledger.value(n as u64)).id());
        assert_eq!(ledger.made(), 1);
    }
}

#[test]
fn a_full_cell_stands_in_a_static() {
    static FULL: OnceCell<&str> = OnceCell::with_value("full");
    assert_eq!(FULL.get(), Some(&"full"));
    assert_eq!(FULL.wait(), &"full");
    assert_eq!(FULL.wait_timeout(Duration::ZERO), Some(&"full"));
    assert_eq!(FULL.set("fuller"), Err("fuller"));
    assert_eq!(FULL.try_insert("fuller"), Err((&"full", "fuller")));
}

/// As `std::sync::OnceLock`'s: the same calls give the same results.
#[test]
fn it_answers_as_std_does() {
    let (ours, std) = (OnceCell::new(), std::sync::OnceLock::new());
    assert_eq!(ours.get(), std.get());
    assert_eq!(ours.get_or_init(|| 1), std.get_or_init(|| 1));
    assert_eq!(ours.set(2), std.set(2));
    assert_eq!(ours.get(), std.get());
    assert_eq!(
        format!("{ours:?}").replace("OnceCell", "OnceLock"),
        format!("{std:?}")
    );
    assert_eq!(ours.clone().into_inner(), std.clone().into_inner());
    let (mut ours, mut std) = (ours, std);
    assert_eq!(ours.get_mut(), std.get_mut());
    assert_eq!(ours.take(), std.take());
    assert_eq!(ours.into_inner(), std.into_inner());
}

#[test]
fn get_mut_methods_wait_for_nobody() {
    let mut cell = OnceCell::from(1);
    *cell.get_mut_or_init(|| unreachable!("it is there")) += 1;
    assert_eq!(cell.take(), Some(2));
    assert_eq!(cell.get_mut_or_try_init(|| Err("no")), Err("no"));
    assert_eq!(cell.get_mut_or_try_init(|| Ok::<_, ()>(3)), Ok(&mut 3));
    assert_eq!(cell.wait(), &3);
}

#[test]
fn get_unchecked_is_get() {
    let cell = OnceCell::from(String::from("there"));
    // SAFETY: this thread has made it full.
    let value = unsafe { cell.get_unchecked() };
    assert!(ptr::eq(value, cell.get().unwrap()));
}

/// There are no losers, so racing `try_insert`s hand every value but one back.
#[test]
fn try_insert_races() {
    for _ in 0..rounds(60) {
        let (cell, ledger) = (OnceCell::new(), Ledger::new());
        let inserted = run_together(5, |n| match cell.try_insert(ledger.value(n as u64)) {
            Ok(mine) => {
                assert_eq!(mine.id(), n as u64);
                true
            }
            Err((published, mine)) => {
                assert!(ptr::eq(published, cell.get().unwrap()));
                assert_eq!(mine.id(), n as u64);
                false
            }
        });
        assert_eq!(inserted.iter().filter(|ok| **ok).count(), 1);
        assert_eq!((ledger.made(), ledger.alive()), (5, 1));
    }
}

#[test]
fn statics_of_each_form_are_filled_by_one() {
    static CALLS: [std::sync::Mutex<u32>; 3] = [const { std::sync::Mutex::new(0) }; 3];
    fn call(n: usize) -> u32 {
        *CALLS[n].lock().unwrap() += 1;
        7
    }
    static CELL: OnceCell<u32> = OnceCell::new();
    static LAZY: Lazy<u32> = Lazy::new(|| call(1));
    static TRY: TryLazy<u32, ()> = TryLazy::new(|| Ok(call(2)));
    run_together(6, |_| {
        assert_eq!(CELL.get_or_init(|| call(0)), &7);
        assert_eq!(*LAZY, 7);
        assert_eq!(TRY.get(), Ok(&7));
    });
    assert_eq!([0, 1, 2].map(|n| *CALLS[n].lock().unwrap()), [1; 3]);
}

#[test]
fn taking_it_while_nobody_shares_it_starts_over() {
    let (mut cell, calls) = (OnceCell::EMPTY, Tally::new());
    for round in 1..4 {
        let compute = || {
            calls.add();
            Ledger::new().value(round)
        };
        run_together(3, |_| assert_eq!(cell.get_or_init(compute).id(), round));
        assert_eq!(cell.take().as_ref().map(Tracked::id), Some(round));
    }
    assert_eq!(calls.count(), 3);
}
