//! More threads than cores, on the same keys at the same time.

use std::{
    hash::BuildHasher,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    keys::{Books, Id, Key, Value},
    subject::{Colliding, Kind, Map, Of, Shared},
};
use crate::support::{Dice, Ledger, StartLine, catch, planned_panic, run_together};

const THREADS: usize = 16;
const KEYS: usize = if cfg!(miri) { 6 } else { 400 };

/// What went on with one key.
#[derive(Default)]
struct Record {
    /// Values that closures returned or that `insert` added.
    offered: AtomicUsize,
    /// The address that the first one saw; all others compare with it.
    seen: AtomicUsize,
}

impl Record {
    fn offer(&self) {
        self.offered.fetch_add(1, Ordering::Relaxed);
    }

    #[track_caller]
    fn saw(&self, id: usize, value: &Value) {
        assert_eq!(value.id(), id as u64, "another key's value");
        let address = ptr::from_ref(value).addr();
        let before = self
            .seen
            .compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed);
        assert!(before.is_ok() || before == Err(address), "two values");
    }
}

/// A closure that may take its time, and may fail unless it is reliable.
fn attempt(dice: &mut Dice, reliable: bool) -> Result<(), ()> {
    (0..dice.roll(6)).for_each(|_| thread::yield_now());
    match dice.roll(6) {
        0 if !reliable => Err(()),
        1 if !reliable => planned_panic(),
        _ => Ok(()),
    }
}

fn visit(map: &impl Map<Key, Value>, books: Books, id: usize, record: &Record, mut dice: Dice) {
    let number = id as u64;
    match dice.roll(8) {
        0 => map
            .get(&Id(number))
            .into_iter()
            .for_each(|value| record.saw(id, value)),
        1 => {
            let seen = map.len();
            assert!(map.iter().count() >= seen);
        }
        _ => {
            let outcome = catch(|| {
                map.get_or_try_init(books.key(number), |key| {
                    attempt(&mut dice, false)?;
                    record.offer();
                    Ok::<_, ()>(books.value(key.id()))
                })
            });
            if let Ok(Ok(value)) = outcome {
                record.saw(id, value);
            }
        }
    }
}

/// Sends all threads over the keys, side by side or apart, until each key has its value.
fn storm<M: Kind, S: BuildHasher + Default + Shared>(seed: u64, keys: usize, together: bool) {
    let (map, books, line) = (
        Of::<M, _, _, S>::default(),
        Books::new(),
        StartLine::new(THREADS),
    );
    let records: Vec<_> = (0..keys).map(|_| Record::default()).collect();
    run_together(THREADS, |thread| {
        let _member = line.member();
        for turn in 0..keys {
            let seed = seed + (thread * keys + turn) as u64;
            let id = if together {
                line.line_up();
                turn
            } else {
                (turn + thread) % keys
            };
            visit(&map, books, id, &records[id], Dice::new(seed));
        }
        for (id, record) in records.iter().enumerate() {
            let compute = |key: &Key| {
                record.offer();
                books.value(key.id())
            };
            record.saw(id, map.get_or_init(books.key(id as u64), compute));
        }
    });
    let offered: Vec<_> = records
        .iter()
        .map(|r| r.offered.load(Ordering::Relaxed))
        .collect();
    assert!(
        offered
            .iter()
            .all(|times| *times == 1 || *times > 1 && !M::ONCE),
        "{offered:?}"
    );
    assert_eq!((map.len(), books.alive()), (keys, (keys, keys)));
    let mut ids: Vec<_> = map.iter().map(|(key, _)| key.id()).collect();
    ids.sort_unstable();
    assert!(ids.into_iter().eq(0..keys as u64));
    drop(map);
    assert_eq!(books.alive(), (0, 0));
}

pub(super) fn every_key_is_published_once<M: Kind>() {
    storm::<M, onset::ProcessSeeded>(1, KEYS, true);
    storm::<M, onset::ProcessSeeded>(2, KEYS, false);
}

pub(super) fn a_few_keys_that_everybody_wants<M: Kind>() {
    for round in 0..if cfg!(miri) { 1 } else { 20 } {
        storm::<M, Colliding>(1000 * round, 8, true);
        storm::<M, Colliding>(1000 * round + 500, 8, false);
    }
}

/// Of all that is offered for a key one is published; whatever else `insert` was given comes back.
pub(super) fn inserts_against_computations<M: Kind>() {
    let (map, ledger, line) = (
        Of::<M, _, _>::default(),
        Ledger::new(),
        StartLine::new(THREADS),
    );
    let published = run_together(THREADS, |thread| {
        let (_member, own) = (line.member(), thread as u64);
        let publishes = |key: usize| {
            line.line_up();
            if thread % 2 == 0 {
                let seen = map.get_or_init(key, |_| ledger.value(own));
                return seen.id() == own;
            }
            match map.insert(key, ledger.value(own)) {
                Ok(value) => {
                    assert!(ptr::eq(value, map.get(&key).unwrap()));
                    assert_eq!(value.id(), own);
                    true
                }
                Err((back, value)) => {
                    assert_eq!((back, value.id()), (key, own));
                    assert_ne!(map.get(&key).expect("it lost against a value").id(), own);
                    false
                }
            }
        };
        (0..KEYS).map(publishes).collect::<Vec<_>>()
    });
    for key in 0..KEYS {
        assert_eq!(published.iter().filter(|by| by[key]).count(), 1);
    }
    assert_eq!((map.len(), ledger.alive()), (KEYS, KEYS));
}

/// Nothing of the last round is left in the next one.
pub(super) fn rounds_of_use_and_emptying<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
    for round in 0..if cfg!(miri) { 2 } else { 60 } {
        run_together(4, |_| {
            for id in 0..20 {
                let value = map.get_or_init(books.key(id), |_| books.value(100 * round + id));
                assert_eq!(value.id(), 100 * round + id);
            }
        });
        assert_eq!((map.len(), books.alive()), (20, (20, 20)));
        if round % 2 == 0 {
            map.clear();
        } else {
            assert!((0..20).all(|id| map.remove(&Id(id)).is_some()));
        }
        assert_eq!((map.len(), books.alive()), (0, (0, 0)));
    }
}
