//! Many threads at once: what a reader may rely on at every moment.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use onset::Registry;

use crate::support::{Dice, Itself, Ledger, run_together};

const READERS: usize = 3;
const WRITERS: usize = 3;
const KEYS: u64 = if cfg!(miri) { 30 } else { 3000 };

/// Runs writers to their end, and readers until there are no more writers, once at least.
fn readers_and_writers(write: impl Fn(usize) + Sync, read: impl Fn(&mut Dice) + Sync) {
    let writing = AtomicUsize::new(WRITERS);
    struct Leaves<'w>(&'w AtomicUsize);
    impl Drop for Leaves<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    run_together(READERS + WRITERS, |n| {
        if n < WRITERS {
            let _leaves = Leaves(&writing);
            write(n);
            return;
        }
        let mut dice = Dice::new(n as u64);
        loop {
            let last = writing.load(Ordering::Relaxed) == 0;
            read(&mut dice);
            if last {
                break;
            }
            thread::yield_now();
        }
    });
}

/// Who has seen that a registration was completed sees it in every way.
#[test]
fn what_was_completed_before_is_seen() {
    let registry: Registry<u64, u64> = Registry::new();
    let completed = [const { AtomicUsize::new(0) }; WRITERS];
    let write = |writer: usize| {
        for number in 0..KEYS / WRITERS as u64 {
            let key = number * WRITERS as u64 + writer as u64;
            registry.register(key, key).unwrap();
            completed[writer].store(number as usize + 1, Ordering::Release);
        }
    };
    let read = |dice: &mut Dice| {
        let completed = completed
            .each_ref()
            .map(|done| done.load(Ordering::Acquire));
        let snapshot = registry.snapshot();
        let mut seen = [0; WRITERS];
        for (key, value) in snapshot {
            assert_eq!(key, value);
            let writer = (key % WRITERS as u64) as usize;
            assert_eq!(
                key / WRITERS as u64,
                seen[writer] as u64,
                "each writer's own order"
            );
            seen[writer] += 1;
        }
        assert_eq!(seen.iter().sum::<usize>(), snapshot.len());
        for writer in 0..WRITERS {
            assert!(
                seen[writer] >= completed[writer],
                "{seen:?} of {completed:?}"
            );
            if completed[writer] > 0 {
                let number = dice.roll(completed[writer] as u64);
                let key = number * WRITERS as u64 + writer as u64;
                assert_eq!(registry.get(&key), Some(&key));
            }
        }
        assert_eq!(snapshot.get(&KEYS), None);
    };
    readers_and_writers(write, read);
    assert_eq!(
        registry.len() as u64,
        KEYS / WRITERS as u64 * WRITERS as u64
    );
}

/// Batches of eight keys that register and, later, replace or remove all of them: whoever sees one
/// of them sees all eight of the same round.
#[test]
fn a_batch_is_seen_whole_or_not_at_all() {
    const SIZE: u64 = 8;
    const ROUNDS: u64 = if cfg!(miri) { 4 } else { 300 };
    let registry: Registry<u64, u64> = Registry::new();
    let write = |writer: usize| {
        let keys = || (0..SIZE).map(|n| n * WRITERS as u64 + writer as u64);
        for round in 0..ROUNDS {
            let outcome = registry.batch(|batch| {
                for key in keys() {
                    match round % 3 {
                        0 => batch.register(key, round),
                        1 => batch.replace(key, round),
                        _ => batch.remove(key),
                    }
                }
                Ok::<_, Infallible>(())
            });
            assert_eq!(outcome, Ok(()));
        }
    };
    let read = |dice: &mut Dice| {
        let writer = dice.roll(WRITERS as u64);
        let keys = || (0..SIZE).map(|n| n * WRITERS as u64 + writer);
        // By `get`, one after the other: rounds only go up.
        let version = registry.version();
        let values: Vec<_> = keys().map(|key| registry.get(&key).copied()).collect();
        let there: Vec<_> = values.iter().flatten().collect();
        assert!(there.is_sorted(), "{values:?}");
        if registry.version() == version {
            assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
        }
        // By a snapshot, and by its iterator.
        let snapshot = registry.snapshot();
        let values: Vec<_> = keys().map(|key| snapshot.get(&key).copied()).collect();
        assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
        assert_eq!(snapshot.len() as u64 % SIZE, 0);
        let of_writer = snapshot
            .iter()
            .filter(|(key, _)| *key % WRITERS as u64 == writer);
        let iterated: Vec<_> = of_writer.map(|(_, value)| Some(*value)).collect();
        let expected = if values[0].is_some() { values } else { vec![] };
        assert_eq!(iterated, expected);
        assert_eq!(snapshot.iter().count(), snapshot.len());
        // Between two snapshots there are whole batches, too.
        let newer = registry.snapshot();
        assert_eq!(newer.since(&snapshot).count() as u64 % SIZE, 0);
    };
    readers_and_writers(write, read);
    let registering = ROUNDS.div_ceil(3) * SIZE;
    assert!(registry.version() >= registering * WRITERS as u64);
}

/// What a snapshot shows stays, whole, while its keys are replaced again and again.
#[test]
fn snapshots_stand_in_a_storm_of_replacements() {
    const FEW: u64 = 7;
    let ledger = Ledger::new();
    let registry: Registry<u64, _> = Registry::new();
    for key in 0..FEW {
        registry.register(key, ledger.value(key)).unwrap();
    }
    let write = |writer: usize| {
        for round in 1..=KEYS / 4 {
            let key = (round * 3 + writer as u64) % FEW;
            let value = ledger.value(round * FEW + key);
            let old = registry.replace(key, value).unwrap().unwrap();
            assert_eq!(old.id() % FEW, key);
        }
    };
    let read = |_: &mut Dice| {
        let snapshot = registry.snapshot();
        let by_key = || {
            (0..FEW)
                .map(|key| snapshot.get(&key).unwrap().id())
                .collect::<Vec<_>>()
        };
        let first = by_key();
        thread::yield_now();
        assert_eq!(by_key(), first);
        assert!(first.iter().zip(0..FEW).all(|(id, key)| id % FEW == key));
        let mut iterated: Vec<_> = snapshot
            .iter()
            .map(|(key, value)| (*key, value.id()))
            .collect();
        iterated.sort_unstable();
        assert!(iterated.into_iter().eq((0..FEW).zip(first)));
        assert_eq!(snapshot.len() as u64, FEW);
    };
    readers_and_writers(write, read);
    assert_eq!(registry.len() as u64, FEW);
    assert_eq!(
        ledger.alive(),
        ledger.made(),
        "nothing is dropped while it is shared"
    );
    drop(registry);
    assert_eq!(ledger.alive(), 0);
}

/// Keys that come and go, in few groups that they share: each writer finds its own as it left them,
/// and snapshots tell one story in every way.
#[test]
fn keys_that_come_and_go() {
    // Eight groups' worth of keys in one.
    let registry: Registry<u64, u64, Itself> = Registry::default();
    let write = |writer: usize| {
        let mut dice = Dice::new(writer as u64);
        let mut own = [None; 20];
        for round in 0..KEYS {
            let n = dice.roll(20) as usize;
            let key = (n * WRITERS + writer) as u64 * 64;
            assert_eq!(registry.get(&key).copied(), own[n]);
            match dice.roll(3) {
                0 => {
                    let outcome = registry.register(key, round);
                    assert_eq!(outcome.is_ok(), own[n].is_none());
                    own[n] = own[n].or(Some(round));
                }
                1 => {
                    let old = registry.replace(key, round).unwrap();
                    assert_eq!(old.copied(), own[n]);
                    own[n] = Some(round);
                }
                _ => {
                    assert_eq!(registry.remove(&key).unwrap().copied(), own[n]);
                    own[n] = None;
                }
            }
        }
    };
    let read = |_: &mut Dice| {
        let (snapshot, mut found) = (registry.snapshot(), 0);
        for key in (0..20 * WRITERS as u64).map(|n| n * 64) {
            let value = snapshot.get(&key);
            let iterated = snapshot.iter().find(|(other, _)| **other == key);
            assert_eq!(value, iterated.map(|(_, value)| value));
            found += usize::from(value.is_some());
        }
        assert_eq!(
            (found, snapshot.iter().count()),
            (snapshot.len(), snapshot.len())
        );
    };
    readers_and_writers(write, read);
}

/// A writer of large batches and a writer of single keys both come to an end.
#[test]
fn large_batches_beside_single_registrations() {
    let registry: Registry<u64, u64> = Registry::new();
    let done = AtomicBool::new(false);
    let singles = run_together(2, |n| {
        if n == 0 {
            for round in 0..10 {
                let outcome = registry.batch(|batch| {
                    let keys = (0..KEYS / 10).map(|key| round * KEYS / 10 + key);
                    keys.for_each(|key| batch.register(key, round));
                    Ok::<_, Infallible>(())
                });
                assert_eq!(outcome, Ok(()));
            }
            done.store(true, Ordering::Relaxed);
            return 0;
        }
        let mut singles = 0;
        while !done.load(Ordering::Relaxed) {
            registry.register(KEYS + singles, 0).unwrap();
            singles += 1;
            thread::yield_now();
        }
        singles
    });
    assert_eq!(registry.len() as u64, KEYS + singles[1]);
}
