//! `RaceArc`: what it shares, and with whom.

use std::{
    ptr,
    sync::{Arc, Weak},
};

use onset::RaceArc;

use crate::support::{Ledger, rounds, run_together};

#[test]
fn an_arc_outlives_its_cell() {
    let (cell, ledger) = (RaceArc::new(), Ledger::new());
    assert!(cell.get_arc().is_none());
    let arc = cell.get_arc_or_init(|| ledger.value(1));
    assert!(ptr::eq(&raw const *arc, cell.get().unwrap()));
    assert_eq!(Arc::strong_count(&arc), 2);
    let again = cell.get_arc_or_init(|| unreachable!("it is there"));
    assert!(Arc::ptr_eq(&arc, &again) && Arc::ptr_eq(&arc, &cell.get_arc().unwrap()));
    assert_eq!(Arc::strong_count(&arc), 3, "looking counts nothing");
    drop((cell, again));
    assert_eq!(
        (Arc::strong_count(&arc), arc.id(), ledger.alive()),
        (1, 1, 1)
    );
}

#[test]
fn set_arc_publishes_that_very_arc() {
    let (cell, ledger) = (RaceArc::new(), Ledger::new());
    let [mine, other] = [1, 2].map(|id| Arc::new(ledger.value(id)));
    assert!(cell.set_arc(Arc::clone(&mine)).is_ok());
    assert!(Arc::ptr_eq(&mine, &cell.get_arc().unwrap()));
    let back = cell.set_arc(Arc::clone(&other)).unwrap_err();
    assert!(Arc::ptr_eq(&back, &other));
    assert_eq!(
        (Arc::strong_count(&mine), Arc::strong_count(&other)),
        (2, 2)
    );
    assert_eq!(cell.set(ledger.value(3)).unwrap_err().id(), 3);
    let (published, lost) = cell.try_insert(ledger.value(4)).unwrap_err();
    assert_eq!((published.id(), lost.id()), (1, 4));
    drop(cell);
    assert_eq!(Arc::strong_count(&mine), 1);
}

#[test]
fn get_mut_wants_to_be_alone() {
    let (mut cell, ledger) = (RaceArc::new(), Ledger::new());
    assert!(cell.get_mut().is_none());
    cell.get_mut_or_init(|| ledger.value(1)).unwrap().write(2);
    let arc = cell.get_arc().unwrap();
    assert!(cell.get_mut().is_none());
    assert!(
        cell.get_mut_or_init(|| unreachable!("it is there"))
            .is_none()
    );
    assert_eq!(arc.id(), 2);
    let weak: Weak<_> = Arc::downgrade(&arc);
    drop(arc);
    assert!(cell.get_mut().is_none(), "a `Weak` could be upgraded");
    drop(weak);
    cell.get_mut().unwrap().write(3);
    assert_eq!(cell.get().unwrap().id(), 3);
}

#[test]
fn an_arc_cell_through_mut() {
    let (mut cell, ledger) = (RaceArc::new(), Ledger::new());
    assert_eq!(cell.get_mut_or_try_init(|| Err(5)).err(), Some(5));
    assert!(cell.take().is_none());
    let value = cell.get_mut_or_try_init(|| Ok::<_, ()>(ledger.value(1)));
    value.unwrap().unwrap().write(2);
    let arc = cell.take().unwrap();
    assert!(cell.get().is_none() && cell.take().is_none());
    assert_eq!((arc.id(), Arc::strong_count(&arc)), (2, 1));
    let full = RaceArc::with_arc(arc);
    assert_eq!(full.into_inner().unwrap().id(), 2);
    assert!(RaceArc::<u8>::new().into_inner().is_none());
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_clone_of_an_arc_cell_shares_the_value() {
    let (cell, ledger) = (RaceArc::new(), Ledger::new());
    let empty = cell.clone();
    cell.get_or_init(|| ledger.value(1));
    let mut shared = cell.clone();
    assert!(empty.get().is_none() && ptr::eq(shared.get().unwrap(), cell.get().unwrap()));
    assert!(shared.get_mut().is_none());
    drop(cell);
    assert!(shared.get_mut().is_some());
    assert_eq!(ledger.made(), 1);
}

/// Counts are right after a race, whoever lost.
#[test]
fn racing_arcs() {
    for _ in 0..rounds(60) {
        let (cell, ledger) = (RaceArc::new(), Ledger::new());
        let arcs = run_together(5, |n| match n {
            0 => {
                let mine = Arc::new(ledger.value(0));
                let _ = cell.set_arc(Arc::clone(&mine));
                cell.get_arc().unwrap()
            }
            _ => cell.get_arc_or_init(|| ledger.value(n as u64)),
        });
        assert!(arcs.iter().all(|arc| Arc::ptr_eq(arc, &arcs[0])));
        assert_eq!((Arc::strong_count(&arcs[0]), ledger.alive()), (6, 1));
        drop((cell, arcs));
        assert_eq!(ledger.alive(), 0);
    }
}
