//! Load against store: never a torn or freed value, never an older one, no lost wake-up.

use std::{cell::RefCell, time::Duration};

use loom::{sync::Arc, thread};
use onset_modelled::SnapshotCell;

use crate::support::{
    Aside, Maker, Whole, fails, long_model, model, model_of_three, panic_as_expected, two,
};

type Cell = SnapshotCell<Whole>;

/// A cell that holds `1`, touched all over, with a copy in this thread's cache.
fn cell(maker: &Maker) -> Arc<Cell> {
    let cell = SnapshotCell::new(maker.make(0));
    cell.store(maker.make(1));
    assert_eq!(cell.load().read(), 1);
    Arc::new(cell)
}

/// The generation of that cell.
const BEFORE: u64 = 2;

#[test]
fn snapshot_load_against_store() {
    model("snapshot_load_against_store", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        two(
            &cell,
            move |cell| cell.store(maker.make(2)),
            |cell| {
                let before = cell.load();
                let seen = before.read();
                let after = cell.load().read();
                assert!((1..=after).contains(&seen));
                assert_eq!(before.read(), seen, "a guard keeps its snapshot");
            },
        );
        assert_eq!(cell.load().read(), 2);
    });
}

/// Two write, one reads: what it reads never goes back.
#[test]
fn snapshot_load_against_two_stores() {
    model_of_three("snapshot_load_against_two_stores", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        let writers = [2, 3].map(|value| {
            let (cell, maker) = (Arc::clone(&cell), maker.clone());
            thread::spawn(move || cell.store(maker.make(value)))
        });
        let one = cell.load().read();
        let other = cell.load().read();
        assert!(one == other || one == 1 || other > 1);
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(cell.generation(), BEFORE + 2);
        assert!(cell.load().read() > 1);
    });
}

/// Nothing that one of them adds is lost.
#[test]
fn snapshot_update_against_update() {
    model("snapshot_update_against_update", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        let (one, other) = (maker.clone(), maker);
        two(
            &cell,
            move |cell| cell.update(|value| one.make(value.read() + 10)).read(),
            move |cell| cell.update(|value| other.make(value.read() + 10)).read(),
        );
        assert_eq!(cell.load().read(), 21);
    });
}

#[test]
fn snapshot_reader_against_store() {
    model("snapshot_reader_against_store", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        two(
            &cell,
            move |cell| cell.store(maker.make(2)),
            |cell| {
                let mut reader = cell.reader();
                let seen = reader.load().read();
                assert!((1..=reader.load().read()).contains(&seen));
            },
        );
    });
}

/// Who sees the generation sees what was done before the store.
#[test]
fn snapshot_generation() {
    model("snapshot_generation", || {
        let maker = Maker::of_arcs();
        let cell = SnapshotCell::new(maker.make(0));
        cell.store(maker.make(1));
        let both = Arc::new((cell, Aside::default()));
        two(
            &both,
            move |(cell, aside)| {
                aside.add_one();
                cell.store(maker.make(2));
            },
            |(cell, aside)| {
                if cell.generation() > BEFORE {
                    assert_eq!(aside.read(), 1);
                }
            },
        );
    });
}

/// The publication comes before the look, before the announcement, or finds the waiter.
#[test]
fn snapshot_wait_for_change() {
    model("snapshot_wait_for_change", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        two(
            &cell,
            move |cell| cell.store(maker.make(2)),
            |cell| {
                let now = cell.wait_for_change(BEFORE, Duration::MAX);
                assert_eq!(now, Some(BEFORE + 1));
                assert_eq!(cell.load().read(), 2, "what was waited for is there");
            },
        );
    });
}

/// Two wait, and both are woken.
#[test]
fn snapshot_two_waiters() {
    model_of_three("snapshot_two_waiters", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        let waiters = [1, 2].map(|_| {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.wait_for_change(BEFORE, Duration::MAX))
        });
        cell.store(maker.make(2));
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), Some(BEFORE + 1));
        }
    });
}

/// The deadline may pass at any moment.
#[test]
fn snapshot_wait_with_timeout() {
    model("snapshot_wait_with_timeout", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        two(
            &cell,
            move |cell| cell.store(maker.make(2)),
            |cell| {
                let now = cell.wait_for_change(BEFORE, Duration::from_secs(1));
                assert!(now.is_none_or(|now| now == BEFORE + 1));
            },
        );
    });
}

/// The thread exits, with a copy, while the cell goes.
#[test]
fn snapshot_exit_against_drop() {
    model("snapshot_exit_against_drop", || {
        let maker = Maker::of_arcs();
        let cell = cell(&maker);
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || {
            assert_eq!(other.load().read(), 1);
            drop(other);
        });
        thread.join().unwrap();
        assert!(Arc::try_unwrap(cell).is_ok(), "and is dropped");
    });
}

std::thread_local! {
    /// Whose values a lazy cell's `fn` makes; none: it panics.
    static LAZY: RefCell<Option<Maker>> = const { RefCell::new(None) };
}

/// The maker of a lazy cell's `fn`, which panics if there is none.
fn lazy_maker() -> Maker {
    let maker = LAZY.with_borrow(Option::clone);
    maker.unwrap_or_else(|| panic_as_expected())
}

fn lazy(maker: &Maker) -> Arc<Cell> {
    lazy_by(maker, || lazy_maker().make(1))
}

/// A lazy cell, touched all over by an initialiser that fails.
fn lazy_by(maker: &Maker, init: fn() -> Whole) -> Arc<Cell> {
    let cell = Cell::lazy(init);
    LAZY.set(None);
    assert!(fails(|| cell.load().read()).is_err());
    assert!(cell.wait_for_change(0, Duration::ZERO).is_none());
    LAZY.set(Some(maker.clone()));
    Arc::new(cell)
}

#[test]
fn snapshot_lazy_first_load() {
    long_model("snapshot_lazy_first_load", || {
        let maker = Maker::of_arcs();
        let cell = lazy(&maker);
        let load = |cell: &Cell| cell.load().read();
        assert_eq!(two(&cell, load, load), (1, 1));
        assert_eq!((maker.made(), cell.generation()), (1, 1));
    });
}

/// The stored value wins, whoever comes first, and the waiting load sees one of them.
#[test]
fn snapshot_lazy_against_store() {
    long_model("snapshot_lazy_against_store", || {
        let maker = Maker::of_arcs();
        let cell = lazy(&maker);
        two(
            &cell,
            move |cell| cell.store(maker.make(2)),
            |cell| assert!((1..=2).contains(&cell.load().read())),
        );
        assert_eq!(cell.load().read(), 2);
    });
}

std::thread_local! {
    /// The lazy cell whose `fn` uses it.
    static USED: RefCell<Option<Arc<Cell>>> = const { RefCell::new(None) };
}

/// `store` itself wakes who waits: the initialiser past which it publishes ends only after them.
#[test]
fn snapshot_store_wakes() {
    long_model("snapshot_store_wakes", || {
        let maker = Maker::of_arcs();
        let cell = lazy_by(&maker, || {
            let maker = lazy_maker();
            let cell = USED.take().expect("the first load computes");
            let other = Arc::clone(&cell);
            let waiter = thread::spawn(move || other.load().read());
            cell.store(maker.make(1));
            assert_eq!(waiter.join().unwrap(), 1);
            maker.make(2)
        });
        USED.set(Some(Arc::clone(&cell)));
        assert_eq!(cell.load().read(), 1, "the initialiser has lost");
    });
}
