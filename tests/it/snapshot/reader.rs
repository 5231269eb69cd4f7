//! A reader has a copy of its own.

use std::{sync::Arc, thread};

use onset::{Reader, SnapshotCell};

use crate::support::{Gate, Ledger, Tracked, watchdog};

fn cell(ledger: &'static Ledger) -> SnapshotCell<Tracked> {
    SnapshotCell::new(ledger.value(1))
}

#[test]
fn it_has_the_newest_at_each_load_and_keeps_it_until_the_next() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let mut reader = cell.reader();
    for id in 2..6 {
        cell.store(ledger.value(id));
        assert_eq!(
            (reader.generation(), reader.to_arc().id()),
            (id - 1, id - 1)
        );
        assert_eq!(ledger.alive(), 2, "the current one and the reader's");
        assert_eq!(reader.load().id(), id);
        assert_eq!((reader.generation(), ledger.alive()), (id, 1));
        assert_eq!(reader.load().id(), id, "again");
    }
    cell.store(ledger.value(6));
    drop(reader);
    assert_eq!(ledger.alive(), 1);
}

#[test]
fn it_skips_what_it_did_not_load() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let mut reader = cell.reader();
    (2..9).for_each(|id| cell.store(ledger.value(id)));
    assert_eq!(ledger.alive(), 2);
    assert_eq!((reader.load().id(), reader.generation()), (8, 8));
    assert_eq!(ledger.alive(), 1);
}

#[test]
fn a_clone_goes_its_own_way() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let mut one = cell.reader();
    let mut other = one.clone();
    cell.store(ledger.value(2));
    assert_eq!((one.load().id(), other.generation()), (2, 1));
    assert_eq!((other.to_arc().id(), ledger.alive()), (1, 2));
    drop(one);
    assert_eq!(other.load().id(), 2);
    assert_eq!(ledger.alive(), 1);
}

/// Neither renews the other's copy.
#[test]
fn reader_and_guards_are_strangers() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let (guard, mut reader) = (cell.load(), cell.reader());
    cell.store(ledger.value(2));
    assert_eq!((reader.load().id(), guard.id()), (2, 1));
    cell.store(ledger.value(3));
    assert_eq!((cell.load().id(), reader.to_arc().id()), (3, 2));
    assert_eq!(ledger.alive(), 3);
    drop((guard, reader));
    assert_eq!(ledger.alive(), 1);
}

/// The copy goes along, and stays when the thread that made it is gone.
#[test]
fn it_goes_from_thread_to_thread() {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let cell = cell(ledger);
    let renewed = |mut reader: Reader<'_, Tracked>, id| {
        cell.store(ledger.value(id));
        assert_eq!(reader.to_arc().id(), id - 1);
        reader.load();
        assert_eq!((reader.generation(), ledger.alive()), (id, 1));
        reader.generation()
    };
    thread::scope(|s| {
        let made = s.spawn(|| cell.reader()).join().unwrap();
        assert_eq!(s.spawn(|| renewed(made, 2)).join().unwrap(), 2);
        let made = cell.reader();
        assert_eq!(s.spawn(|| renewed(made, 3)).join().unwrap(), 3);
    });
    assert_eq!(ledger.alive(), 1);
}

/// The reader's thread is told of each store, and sees it at its next load.
#[test]
fn it_sees_what_it_was_told_of() {
    let (_watch, ledger, told) = (watchdog(), Ledger::new(), [const { Gate::new() }; 20]);
    let (cell, seen) = (cell(ledger), [const { Gate::new() }; 20]);
    thread::scope(|s| {
        s.spawn(|| {
            let mut reader = cell.reader();
            for (id, (told, seen)) in (2..).zip(told.iter().zip(&seen)) {
                told.pass();
                assert_eq!(reader.load().id(), id);
                seen.open();
            }
        });
        for (id, (told, seen)) in (2..).zip(told.iter().zip(&seen)) {
            cell.store(ledger.value(id));
            told.open();
            seen.pass();
        }
    });
    assert_eq!(ledger.alive(), 1);
}

#[test]
fn what_it_gives_out_outlives_it() {
    let ledger = Ledger::new();
    let cell = cell(ledger);
    let kept = cell.reader().to_arc();
    assert!(Arc::ptr_eq(&kept, &cell.load_full()));
    drop(cell);
    assert_eq!((kept.id(), ledger.alive()), (1, 1));
    drop(kept);
    assert_eq!(ledger.alive(), 0);
}
