//! Where there is no circle nobody panics, however long the chains are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use super::things::{KINDS, Need, Thing};
use crate::support::{Dice, StartLine, Tally, run_together, settle};

const THREADS: usize = 8;
const LEVELS: usize = 6;
const CHAINS: u64 = if cfg!(miri) { 10 } else { 500 };

/// How often a thread has to have waited; under a checker or an emulator less often.
fn waits_to_make() -> u64 {
    if cfg!(miri) {
        100
    } else if std::env::var_os("ONSET_TEST_PATIENCE").is_some() {
        20_000
    } else {
        1_000_000
    }
}

/// Things, each of which needs some of those behind it: so there is no circle.
struct Chain {
    things: Vec<(Arc<dyn Thing>, AtomicBool)>,
    seed: u64,
    waits: AtomicU64,
}

impl Chain {
    fn new(seed: u64) -> Arc<Self> {
        let mut dice = Dice::new(seed);
        let mut kind = || KINDS[usize::try_from(dice.roll(KINDS.len() as u64)).unwrap()];
        Arc::new(Self {
            things: (0..LEVELS)
                .map(|_| (kind()(), AtomicBool::new(false)))
                .collect(),
            seed,
            waits: AtomicU64::new(0),
        })
    }

    /// Asks for a thing, and counts whether that was waited for: it was not there before, and
    /// somebody else has computed it.
    fn ask(self: &Arc<Self>, level: usize) {
        let (thing, is_there) = &self.things[level];
        let was_there = is_there.load(Ordering::Relaxed);
        let computes = Arc::new(AtomicBool::new(false));
        let (chain, own) = (Arc::clone(self), Arc::clone(&computes));
        let need: Need = Arc::new(move || {
            own.store(true, Ordering::Relaxed);
            chain.compute(level)
        });
        assert_eq!(thing.ask(need), Ok(level as u64), "there is no circle");
        is_there.store(true, Ordering::Relaxed);
        if !was_there && !computes.load(Ordering::Relaxed) {
            self.waits.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn compute(self: &Arc<Self>, level: usize) -> u64 {
        let mut dice = Dice::new(self.seed << 8 | level as u64);
        let behind = (LEVELS - 1 - level) as u64;
        // Others ask for this one meanwhile, and wait.
        (0..=dice.roll(3)).for_each(|_| thread::yield_now());
        for _ in 0..dice.roll(3).min(behind) {
            self.ask(level + 1 + usize::try_from(dice.roll(behind)).unwrap());
        }
        level as u64
    }
}

/// Each computes its own thing, and when all of them do, asks for the next one's: all but the last
/// one park, in a chain that ends with a thread that goes on.
fn chain(things: &[Arc<dyn Thing>]) {
    let inside = Arc::new(Tally::new());
    let compute = |n: usize| -> Need {
        let (next, inside) = (things.get(n + 1).map(Arc::clone), Arc::clone(&inside));
        let size = things.len();
        Arc::new(move || {
            inside.add();
            inside.wait_for(size);
            let theirs: Need = Arc::new(|| unreachable!("it is being computed"));
            match &next {
                Some(next) => next.ask(theirs).expect("there is no circle") + 1,
                None => {
                    settle();
                    0
                }
            }
        })
    };
    let values = run_together(things.len(), |n| things[n].ask(compute(n)));
    let expected = (0..things.len() as u64).rev().map(Ok);
    assert!(values.into_iter().eq(expected), "there is no circle");
}

#[test]
fn a_chain_of_parked_threads() {
    for turn in 0..KINDS.len() {
        for other in 0..KINDS.len() {
            let kind = |n: usize| KINDS[(turn + n * other) % KINDS.len()]();
            chain(&(0..LEVELS).map(kind).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_million_waits() {
    let (mut seed, mut waits, enough) = (0, 0, waits_to_make());
    while waits < enough {
        let chains: Vec<_> = (seed..seed + CHAINS).map(Chain::new).collect();
        let line = StartLine::new(THREADS);
        run_together(THREADS, |n| {
            let _member = line.member();
            for chain in &chains {
                let mut dice = Dice::new(chain.seed << 8 | n as u64);
                line.line_up();
                chain.ask(usize::try_from(dice.roll(2)).unwrap());
            }
        });
        waits += chains
            .iter()
            .map(|c| c.waits.load(Ordering::Relaxed))
            .sum::<u64>();
        seed += CHAINS;
    }
}
