//! While one thread computes the first value: the others wait for it, and a store waits for nobody.

use std::{
    sync::{Arc, LazyLock},
    thread,
};

use onset::SnapshotCell;

use crate::support::{
    Ledger, Stall, Tally, Tracked, catch, hold, is_planned, planned_panic, settle, watchdog,
};

#[test]
fn all_who_wait_get_what_was_computed() {
    static STALL: Stall = Stall::new();
    let cell = SnapshotCell::lazy(|| {
        STALL.stand();
        7
    });
    let (_watch, asking) = (watchdog(), Tally::new());
    let ask = |way: usize| {
        asking.add();
        match way {
            0 => *cell.load(),
            1 => *cell.load_full(),
            2 => *cell.reader().load(),
            3 => cell.try_update(|old| Err::<u64, _>(*old)).unwrap_err(),
            _ => *cell.compare_and_swap(&7, Arc::new(8)).unwrap_err().current,
        }
    };
    thread::scope(|s| {
        let first = hold(s, &STALL, || *cell.load());
        let others = [0, 1, 2, 3, 4, 0].map(|way| s.spawn(move || ask(way)));
        asking.wait_for(6);
        settle();
        assert_eq!(cell.generation(), 0);
        STALL.end();
        assert_eq!(others.map(|t| t.join().unwrap()), [7; 6]);
        assert_eq!(first.end(), 7);
    });
    assert_eq!(cell.generation(), 1);
}

#[test]
fn a_swap_and_an_update_wait_for_the_first_value() {
    static STALL: Stall = Stall::new();
    let cell = SnapshotCell::lazy(|| {
        STALL.stand();
        1
    });
    let (_watch, asking) = (watchdog(), Tally::new());
    thread::scope(|s| {
        let first = hold(s, &STALL, || *cell.load());
        let swap = s.spawn(|| {
            asking.add();
            *cell.swap(100)
        });
        let update = s.spawn(|| {
            asking.add();
            *cell.update(|old| old + 1)
        });
        asking.wait_for(2);
        settle();
        STALL.end();
        // One of the two comes before the other, and the first load sees any of the three.
        let outcome = (swap.join().unwrap(), update.join().unwrap());
        assert!([(1, 101), (2, 2)].contains(&outcome), "{outcome:?}");
        assert!([1, 2, 100, 101].contains(&first.end()));
    });
    assert_eq!(cell.generation(), 3);
}

/// The store does not wait, its value wins, and everybody who waits has it while the initialiser
/// still stands; what that returns is dropped.
#[test]
fn a_store_does_not_wait_and_wins() {
    static STALL: Stall = Stall::new();
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    let cell = SnapshotCell::lazy(|| {
        STALL.stand();
        LEDGER.value(1)
    });
    let (_watch, asking) = (watchdog(), Tally::new());
    thread::scope(|s| {
        let first = hold(s, &STALL, || cell.load().id());
        let ask = || {
            asking.add();
            cell.load().id()
        };
        let others = [(); 3].map(|()| s.spawn(ask));
        asking.wait_for(3);
        settle();
        cell.store(LEDGER.value(2));
        assert_eq!(others.map(|t| t.join().unwrap()), [2; 3]);
        assert_eq!((cell.load().id(), cell.generation()), (2, 1));
        cell.store(LEDGER.value(3));
        assert_eq!(cell.swap(LEDGER.value(4)).id(), 3);
        assert!(!first.is_finished());
        assert_eq!(first.end(), 4);
    });
    assert_eq!(cell.generation(), 3);
    assert_eq!((cell.load().id(), LEDGER.made(), LEDGER.alive()), (4, 4, 1));
}

/// Its panic is that of the load that started it, and of nobody else.
#[test]
fn a_store_while_an_initialiser_is_about_to_panic() {
    static STALL: Stall = Stall::new();
    let cell: SnapshotCell<u64> = SnapshotCell::lazy(|| {
        STALL.stand();
        planned_panic()
    });
    let (_watch, asking) = (watchdog(), Tally::new());
    thread::scope(|s| {
        let first = hold(s, &STALL, || catch(|| *cell.load()));
        let other = s.spawn(|| {
            asking.add();
            *cell.load()
        });
        asking.wait_for(1);
        settle();
        cell.store(2);
        assert_eq!(other.join().unwrap(), 2);
        assert!(is_planned(&first.end().unwrap_err()));
    });
    assert_eq!((*cell.load(), cell.generation()), (2, 1));
}

/// Four threads wait when the initialiser panics: one of them computes, and all have its value.
#[test]
fn a_panic_wakes_the_waiters_and_one_computes() {
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    static STALLS: [Stall; 10] = [const { Stall::new() }; 10];
    static TRIES: Tally = Tally::new();
    fn compute() -> Tracked {
        TRIES.add();
        if TRIES.count() % 2 == 1 {
            STALLS[TRIES.count() / 2].stand();
            planned_panic();
        }
        LEDGER.value(7)
    }
    let (_watch, asking) = (watchdog(), Tally::new());
    for (round, stall) in STALLS.iter().enumerate() {
        let cell = SnapshotCell::lazy(compute);
        thread::scope(|s| {
            let first = hold(s, stall, || catch(|| cell.load().id()));
            let ask = || {
                asking.add();
                cell.load().id()
            };
            let others = [(); 4].map(|()| s.spawn(ask));
            asking.wait_for(4 * (round + 1));
            settle();
            stall.end();
            assert_eq!(others.map(|t| t.join().unwrap()), [7; 4]);
            assert!(is_planned(&first.end().unwrap_err()));
        });
        assert_eq!((cell.generation(), LEDGER.made()), (1, round + 1));
    }
    assert_eq!(LEDGER.alive(), 0);
}

/// Looking is not waiting: nobody who only looks is held up by an initialiser that stands.
#[test]
fn looking_never_blocks() {
    static STALL: Stall = Stall::new();
    let cell = SnapshotCell::lazy(|| {
        STALL.stand();
        7
    });
    let _watch = watchdog();
    thread::scope(|s| {
        let first = hold(s, &STALL, || *cell.load());
        assert_eq!(
            format!("{cell:?} {}", cell.generation()),
            "SnapshotCell(<uninit>) 0"
        );
        assert!(!first.is_finished());
        assert_eq!(first.end(), 7);
    });
    assert_eq!(
        format!("{cell:?} {}", cell.generation()),
        "SnapshotCell(7) 1"
    );
}
