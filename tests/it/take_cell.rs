//! A value that is handed out once.

use std::{
    ptr,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use onset::TakeCell;

use crate::support::{Ledger, run_together};

#[test]
fn the_first_gets_it_for_ever() {
    static CELL: TakeCell<[u8; 64]> = TakeCell::new([1; 64]);
    assert!(!CELL.is_taken());
    let buffer: &'static mut [u8; 64] = CELL.take().unwrap();
    buffer.fill(2);
    assert!(CELL.is_taken());
    assert!(CELL.take().is_none() && CELL.take_value().is_none());
    buffer[63] = 3;
    assert_eq!((buffer[0], buffer[63]), (2, 3));
}

#[test]
fn a_value_moved_out_is_gone() {
    static CELL: TakeCell<Vec<u8>> = TakeCell::new(Vec::new());
    assert_eq!(CELL.take_value(), Some(Vec::new()));
    assert!(CELL.take_value().is_none() && CELL.take().is_none());
}

/// Each of the cells is taken by exactly one of the threads, whichever way they ask.
#[test]
fn one_of_many_threads_gets_it() {
    const CELLS: usize = 300;
    static LENT: [TakeCell<usize>; CELLS] = [const { TakeCell::new(0) }; CELLS];
    let ledger = Ledger::new();
    let owned: Vec<_> = (0..CELLS)
        .map(|n| TakeCell::new(ledger.value(n as u64)))
        .collect();
    let got = run_together(8, |thread| {
        let take = |n: &usize| match (n + thread) % 2 {
            0 => LENT[*n].take().map(|value| *value += 1).is_some(),
            _ => LENT[*n].take_value().is_some(),
        };
        let lent = (0..CELLS).filter(take).count();
        let taken: Vec<_> = owned.iter().filter_map(TakeCell::take_value).collect();
        (lent, taken)
    });
    assert_eq!(got.iter().map(|(lent, _)| lent).sum::<usize>(), CELLS);
    let mut ids: Vec<_> = got
        .iter()
        .flat_map(|(_, taken)| taken)
        .map(|v| v.id())
        .collect();
    ids.sort_unstable();
    assert!(ids.iter().copied().eq(0..CELLS as u64));
    assert!(owned.iter().all(TakeCell::is_taken));
    drop(owned);
    assert_eq!((ledger.made(), ledger.alive()), (CELLS, CELLS));
    drop(got);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn each_fate_drops_once() {
    let ledger = Ledger::new();
    let [untouched, moved, inner] = [1, 2, 3].map(|id| TakeCell::new(ledger.value(id)));
    drop(untouched);
    assert_eq!(ledger.alive(), 2);
    let value = moved.take_value().unwrap();
    drop(moved);
    assert_eq!((value.id(), ledger.alive()), (2, 2));
    drop(value);
    assert_eq!(inner.into_inner().unwrap().id(), 3);
    assert_eq!(ledger.alive(), 0);

    // Lent for ever: the cell never drops it.
    let lent: &'static TakeCell<_> = Box::leak(Box::new(TakeCell::from(ledger.value(4))));
    // Reachable for ever, so that a leak checker takes it for what it is.
    static LENT: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
    // onset-audit: allow(R3): nobody reads it but a leak checker
    LENT.store(ptr::from_ref(lent).cast_mut().cast(), Relaxed);
    lent.take().unwrap().write(5);
    assert!(lent.take_value().is_none());
    assert_eq!(ledger.alive(), 1);
}

#[test]
fn a_taken_cell_has_nothing_inside() {
    let ledger = Ledger::new();
    let cell = TakeCell::new(ledger.value(1));
    assert!(cell.take_value().is_some());
    assert!(cell.into_inner().is_none());
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn get_mut_takes_nothing() {
    let mut cell = TakeCell::from(1);
    *cell.get_mut().unwrap() += 1;
    assert!(!cell.is_taken());
    assert_eq!(cell.take_value(), Some(2));
    assert_eq!(cell.get_mut(), None);
    assert_eq!(TakeCell::<u8>::default().into_inner(), Some(0));
}

#[test]
fn debug_shows_whether_not_what() {
    let cell = TakeCell::new("secret");
    assert_eq!(format!("{cell:?}"), "TakeCell { is_taken: false, .. }");
    cell.take_value();
    assert_eq!(format!("{cell:?}"), "TakeCell { is_taken: true, .. }");
}
