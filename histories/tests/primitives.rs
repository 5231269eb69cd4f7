//! A few thousand histories of each primitive.

use histories::{
    pool::Pool,
    run::run,
    subject::Subject,
    subjects::{Cell, Impatient, Key, Map, Registered, Snapshots, Take, Waiting},
};
use onset::{HedgedCell, OnceCell, OnceMap, RaceArc, RaceCell, RaceMap};

const ROUNDS: usize = 4096;

fn check<S: Subject>() {
    for threads in [2, 3] {
        let (tally, violation) = run::<S>(&Pool::new(threads), ROUNDS / 2, 1, |_| {});
        println!("{} {tally:?} {:.1} %", S::NAME, tally.overlap() * 100.0);
        assert!(violation.is_none(), "{}", violation.unwrap());
    }
}

#[test]
fn cells() {
    check::<Cell<RaceCell<u8>>>();
    check::<Cell<RaceArc<u8>>>();
    check::<Cell<OnceCell<u8>>>();
    check::<Cell<HedgedCell<u8>>>();
    check::<Cell<Impatient>>();
    check::<Take>();
}

#[test]
fn snapshots() {
    check::<Snapshots>();
}

#[test]
fn registries() {
    check::<Registered>();
}

#[test]
fn pendings() {
    check::<Waiting>();
}

#[test]
fn maps() {
    check::<Map<OnceMap<Key, u8>>>();
    check::<Map<RaceMap<Key, u8>>>();
}
