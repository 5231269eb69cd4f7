//! Look-up against registration against growth: nothing half made, no part of a batch, and a
//! snapshot never changes.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hash, Hasher},
};

use equivalent::Equivalent;
use loom::{sync::Arc, thread};
use onset_modelled::{Batch, Pending, Reason, Registry};

use crate::support::{Maker, Whole, fails, model, model_of_three, panic_as_expected, two};

/// A key is its own hash, so small ones share a tag, and by turns a group.
#[derive(Clone, Copy, Default)]
pub(crate) struct Plain(u64);

impl BuildHasher for Plain {
    type Hasher = Self;
    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Plain {
    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys are numbers")
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A key of which loom sees every access, as it does of values. It is looked up by its number.
pub(crate) struct Key(Whole);

impl Key {
    pub(crate) fn of(number: u64) -> Self {
        Self(Maker::default().make(number as usize))
    }

    pub(crate) fn number(&self) -> u64 {
        self.0.read() as u64
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number().hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.number() == other.number()
    }
}

impl Eq for Key {}

impl Equivalent<Key> for u64 {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.number()
    }
}

type Numbers = Registry<Key, Whole, Plain>;

/// Holds `1`, under the key 1, in a table and a chunk that the next key outgrows.
fn registry(maker: &Maker) -> Arc<Numbers> {
    let registry = Registry::with_hasher(Plain::default());
    assert!(registry.register(Key::of(1), maker.make(1)).is_ok());
    Arc::new(registry)
}

fn read(registry: &Numbers, key: u64) -> Option<usize> {
    registry.get(&key).map(Whole::read)
}

#[test]
fn registry_get_against_register() {
    model("registry_get_against_register", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        two(
            &registry,
            move |registry| {
                let value = registry.register(Key::of(2), maker.make(2)).unwrap();
                assert_eq!(value.read(), 2);
                assert_eq!(read(registry, 2), Some(2));
            },
            |registry| {
                assert_eq!(read(registry, 1), Some(1));
                if let Some(value) = read(registry, 2) {
                    assert_eq!(value, 2);
                    assert_eq!((registry.len(), registry.version()), (2, 2));
                    assert_eq!(registry.iter().map(|(key, _)| key.number()).sum::<u64>(), 3);
                }
            },
        );
    });
}

/// What comes after it in the thread that registered is seen with it.
#[test]
fn registry_iterates_what_it_counts() {
    model("registry_iterates_what_it_counts", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        two(
            &registry,
            move |registry| {
                for key in [2, 3] {
                    assert!(
                        registry
                            .register(Key::of(key), maker.make(key as usize))
                            .is_ok()
                    );
                }
            },
            |registry| {
                let snapshot = registry.snapshot();
                let values: Vec<_> = snapshot.iter().map(|(_, value)| value.read()).collect();
                assert_eq!(values, (1..=snapshot.len()).collect::<Vec<_>>());
                for key in 1..=snapshot.len() {
                    assert!(snapshot.get(&(key as u64)).is_some());
                }
            },
        );
    });
}

#[test]
fn registry_same_key() {
    model("registry_same_key", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        let (one, other) = (maker.clone(), maker);
        let register = |registry: &Numbers, maker: &Maker, value| {
            let refused = registry.register(Key::of(2), maker.make(value)).err();
            let won = read(registry, 2).expect("one of them is registered");
            match refused {
                None => assert_eq!(won, value),
                Some(refused) => {
                    assert_eq!(refused.reason, Reason::Duplicate);
                    assert_eq!(refused.value.read(), value, "it comes back");
                    assert_ne!(won, value);
                }
            }
            won
        };
        let (a, b) = two(
            &registry,
            move |registry| register(registry, &one, 20),
            move |registry| register(registry, &other, 21),
        );
        assert_eq!(a, b);
        assert_eq!(registry.version(), 2);
    });
}

#[test]
fn registry_two_keys() {
    model("registry_two_keys", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        let (one, other) = (maker.clone(), maker);
        two(
            &registry,
            move |registry| registry.register(Key::of(2), one.make(2)).is_ok(),
            move |registry| registry.register(Key::of(3), other.make(3)).is_ok(),
        );
        assert_eq!(
            [1, 2, 3].map(|key| read(&registry, key)),
            [Some(1), Some(2), Some(3)]
        );
        assert_eq!((registry.len(), registry.version()), (3, 3));
    });
}

fn add_two(maker: &Maker, batch: &mut Batch<'_, Key, Whole, Plain>) {
    batch.register(Key::of(2), maker.make(2));
    batch.register(Key::of(3), maker.make(3));
}

#[test]
fn registry_batch_against_look_ups() {
    model("registry_batch_against_look_ups", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        two(
            &registry,
            move |registry| {
                let batch = registry.batch(|batch| {
                    add_two(&maker, batch);
                    batch.remove(Key::of(1));
                    Ok::<_, ()>(())
                });
                assert!(batch.is_ok());
            },
            |registry| {
                let first = read(registry, 3);
                let second = read(registry, 2);
                assert!(first.is_none() || second.is_some(), "all of it");
                assert!(first.is_none() || read(registry, 1).is_none(), "all of it");
            },
        );
    });
}

#[test]
fn registry_batch_against_snapshot() {
    model("registry_batch_against_snapshot", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        two(
            &registry,
            move |registry| {
                let batch = registry.batch(|batch| {
                    add_two(&maker, batch);
                    Ok::<_, ()>(())
                });
                assert!(batch.is_ok());
            },
            |registry| {
                let before = registry.snapshot();
                let number = before.len();
                assert!(number == 1 || number == 3, "all or nothing");
                assert_eq!(before.get(&3).is_some(), number == 3);
                assert_eq!(before.iter().count(), number);
                let after = registry.snapshot();
                assert_eq!(after.since(&before).count(), after.len() - number);
            },
        );
    });
}

/// An older snapshot sees the older value, for as long as it likes.
#[test]
fn registry_snapshot_against_replace_and_remove() {
    model("registry_snapshot_against_replace_and_remove", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        two(
            &registry,
            move |registry| {
                let old = registry.replace(Key::of(1), maker.make(10)).unwrap();
                assert_eq!(old.map(Whole::read), Some(1));
                let old = registry.remove(&1).unwrap();
                assert_eq!(old.map(Whole::read), Some(10));
            },
            |registry| {
                let snapshot = registry.snapshot();
                let expected = match snapshot.version() {
                    1 => Some(1),
                    2 => Some(10),
                    _ => None,
                };
                assert_eq!(snapshot.get(&1).map(Whole::read), expected);
                assert_eq!(snapshot.len(), usize::from(expected.is_some()));
                assert_eq!(snapshot.iter().count(), snapshot.len());
                if read(registry, 1).is_none() {
                    assert_eq!(registry.version(), 3);
                }
            },
        );
    });
}

/// In a table with room the newer entry takes the older one's slot: a reader compares its key before
/// it is published.
#[test]
fn registry_replace_in_place() {
    model("registry_replace_in_place", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        for key in [2, 3] {
            assert!(registry.register(Key::of(key), maker.make(1)).is_ok());
        }
        two(
            &registry,
            move |registry| {
                assert!(registry.replace(Key::of(1), maker.make(10)).is_ok());
            },
            |registry| {
                let value = read(registry, 1);
                assert!(value == Some(1) || value == Some(10));
            },
        );
    });
}

#[test]
fn registry_seal_against_register() {
    model("registry_seal_against_register", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        let (registered, sealed_at) = two(
            &registry,
            move |registry| registry.register(Key::of(2), maker.make(2)).is_ok(),
            |registry| {
                registry.seal();
                registry.version()
            },
        );
        assert_eq!(registry.version(), sealed_at, "nothing after the seal");
        assert_eq!(registry.contains_key(&2), registered);
    });
}

std::thread_local! {
    /// Whether the built-ins can be loaded: the first time, before the registry is shared, not.
    static READY: Cell<bool> = const { Cell::new(false) };
}

#[test]
fn registry_builtins() {
    model("registry_builtins", || {
        let load = |batch: &mut Batch<'_, Key, Whole, Plain>| {
            if !READY.get() {
                panic_as_expected();
            }
            add_two(&Maker::default(), batch);
        };
        READY.set(false);
        let registry = Arc::new(Numbers::with_builtins_and_hasher(load, Plain::default()));
        assert!(fails(|| registry.len()).is_err());
        READY.set(true);
        let look = |registry: &Numbers| (read(registry, 2), read(registry, 3), registry.len());
        let both = two(&registry, look, look);
        assert_eq!(both, ((Some(2), Some(3), 2), (Some(2), Some(3), 2)));
    });
}

/// Two grow the table, one looks.
#[test]
fn registry_three_threads() {
    model_of_three("registry_three_threads", || {
        let maker = Maker::default();
        let registry = registry(&maker);
        let writers = [2, 3].map(|key| {
            let (registry, maker) = (Arc::clone(&registry), maker.clone());
            thread::spawn(move || assert!(registry.register(Key::of(key), maker.make(2)).is_ok()))
        });
        let seen = [1, 2, 3].map(|key| read(&registry, key).is_some());
        assert!(seen[0]);
        assert!(registry.len() >= seen.iter().filter(|seen| **seen).count());
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(registry.len(), 3);
    });
}

#[test]
fn pending_add_against_take() {
    model("pending_add_against_take", || {
        let pending = Arc::new(Pending::with_hasher(Plain::default()));
        assert!(pending.add(1_u64));
        let (added, taken) = two(
            &pending,
            |pending| [pending.add(1), pending.add(2)],
            Pending::take_all,
        );
        assert!(added[1], "nobody else adds it");
        let left = pending.take_all();
        let ones = taken.iter().chain(&left).filter(|item| **item == 1);
        assert_eq!(ones.count(), 1 + usize::from(added[0]));
        assert_eq!(taken.len() + left.len(), 2 + usize::from(added[0]));
    });
}
