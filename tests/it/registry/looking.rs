//! Looking keys up: borrowed, equivalent, colliding.

use std::{
    cell::Cell,
    collections::HashSet,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    path::{Path, PathBuf},
};

use equivalent::Equivalent;
use onset::{ProcessSeeded, Registry};

use crate::support::{Always, Itself};

#[test]
fn owned_keys_are_found_by_borrowed_ones() {
    let texts: Registry<String, u8> = Registry::new();
    texts.register("a".into(), 1).unwrap();
    let borrowed = String::from("a");
    assert_eq!(
        (texts.get("a"), texts.get(&borrowed), texts.get("b")),
        (Some(&1), Some(&1), None)
    );
    assert!(texts.snapshot().contains_key("a"));
    assert_eq!(texts.remove("a"), Ok(Some(&1)));

    let paths: Registry<PathBuf, u8> = Registry::new();
    paths.register("/a/b".into(), 1).unwrap();
    assert_eq!(
        paths.get(Path::new("/a/b/")),
        Some(&1),
        "as `Path` compares"
    );
    assert_eq!(paths.get(Path::new("/a")), None);

    let lists: Registry<Vec<u8>, u8> = Registry::new();
    lists.register(vec![1, 2], 1).unwrap();
    assert_eq!(
        (lists.get(&[1, 2][..]), lists.get(&[1][..])),
        (Some(&1), None)
    );
}

/// A pair that is looked up by its parts, for which there is nothing to borrow.
#[test]
fn keys_are_found_by_what_is_equivalent() {
    #[derive(PartialEq, Eq, Hash)]
    struct Owned(String, u64);
    #[derive(Hash)]
    struct Parts<'a>(&'a str, u64);
    impl Equivalent<Owned> for Parts<'_> {
        fn equivalent(&self, key: &Owned) -> bool {
            (self.0, self.1) == (&*key.0, key.1)
        }
    }
    let registry: Registry<Owned, u8> = Registry::new();
    registry.register(Owned("a".into(), 1), 1).unwrap();
    registry.register(Owned("a".into(), 2), 2).unwrap();
    assert_eq!(registry.get(&Parts("a", 2)), Some(&2));
    assert!(!registry.contains_key(&Parts("b", 1)));
    assert_eq!(registry.snapshot().get(&Parts("a", 1)), Some(&1));
    assert_eq!(registry.remove(&Parts("a", 1)), Ok(Some(&1)));
    assert_eq!(registry.get(&Parts("a", 1)), None);
}

/// All operations, with keys that all land in the same place: the first group, or the last one,
/// from which the search goes on at the first.
fn all_collide<const HASH: u64>() {
    const KEYS: u64 = if cfg!(miri) { 60 } else { 2000 };
    let registry: Registry<u64, u64, Always<HASH>> = Registry::default();
    for key in 0..KEYS {
        assert_eq!(registry.get(&key), None);
        registry.register(key, key).unwrap();
    }
    assert!(registry.register(KEYS / 2, 0).is_err());
    for key in (0..KEYS).step_by(3) {
        assert_eq!(registry.remove(&key), Ok(Some(&key)));
        assert_eq!(
            registry.replace(key + 1, 0).unwrap().is_some(),
            key + 1 < KEYS
        );
    }
    let expected = |key| match (key % 3, key < KEYS) {
        (1, _) => Some(0),
        (2, true) => Some(key),
        _ => None,
    };
    for key in 0..KEYS {
        assert_eq!(registry.get(&key).copied(), expected(key));
    }
}

#[test]
fn keys_that_all_collide_are_told_apart() {
    all_collide::<0>();
    all_collide::<{ u64::MAX }>();
    all_collide::<0x1234_5678_9abc_def0>();
}

/// Of the hash's 64 bits some decide on the group, some on the tag, and some on nothing: whichever
/// bit two keys differ in, they are two.
#[test]
fn keys_that_differ_in_one_bit_of_the_hash_are_told_apart() {
    let bits = || (0..64).map(|bit| 1 << bit);
    let keys: HashSet<u64> = bits()
        .flat_map(|one| bits().map(move |other| one | other))
        .chain([0])
        .collect();
    let registry: Registry<u64, u64, Itself> = Registry::default();
    for key in &keys {
        assert_eq!(registry.get(key), None);
        registry.register(*key, *key).unwrap();
    }
    assert!(keys.iter().all(|key| registry.get(key) == Some(key)));
    assert_eq!(registry.get(&0b111), None);
    assert_eq!(registry.len(), keys.len());
}

/// The key of a look-up that counts how often it is compared.
struct Counting<'c>(u64, &'c Cell<u32>);

impl Hash for Counting<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<u64> for Counting<'_> {
    fn equivalent(&self, key: &u64) -> bool {
        self.1.set(self.1.get() + 1);
        self.0 == *key
    }
}

/// As a rule one for a key that is there, and none for one that is not: the tags tell, also where a
/// group is full, and after the table has grown.
#[test]
fn hardly_any_keys_are_compared() {
    const KEYS: u64 = if cfg!(miri) { 100 } else { 5000 };
    /// The bits of a number, well mixed.
    #[derive(Default)]
    struct Mixed(Itself);
    impl BuildHasher for Mixed {
        type Hasher = Mix;
        fn build_hasher(&self) -> Mix {
            Mix(self.0.build_hasher())
        }
    }
    struct Mix(Itself);
    impl Hasher for Mix {
        fn write(&mut self, bytes: &[u8]) {
            self.0.write(bytes);
        }
        fn write_u64(&mut self, number: u64) {
            let mixed = (number ^ number >> 31).wrapping_mul(0x7fb5_d329_728e_a185);
            self.0.write_u64(
                (mixed ^ mixed >> 27)
                    .wrapping_mul(0x81da_def4_bc2d_d44d)
                    .rotate_left(32),
            );
        }
        fn finish(&self) -> u64 {
            self.0.finish()
        }
    }
    let registry: Registry<u64, u64, Mixed> = Registry::default();
    for key in 0..KEYS {
        registry.register(key, key).unwrap();
    }
    let (there, absent) = (Cell::new(0), Cell::new(0));
    for key in 0..KEYS {
        assert!(registry.get(&Counting(key, &there)).is_some());
        assert!(registry.get(&Counting(key + KEYS, &absent)).is_none());
    }
    let (there, absent) = (u64::from(there.get()), u64::from(absent.get()));
    assert!(
        there <= KEYS + KEYS / 10,
        "{there} comparisons for {KEYS} keys"
    );
    assert!(
        absent <= KEYS / 10,
        "{absent} comparisons for {KEYS} keys that are not there"
    );
}

/// The hash of a key is taken once, by whoever brings it; growing asks nobody.
#[test]
fn growing_does_not_hash() {
    thread_local!(static HASHED: Cell<u64> = const { Cell::new(0) });
    #[derive(PartialEq, Eq)]
    struct Key(u64);
    impl Hash for Key {
        fn hash<H: Hasher>(&self, state: &mut H) {
            HASHED.set(HASHED.get() + 1);
            self.0.hash(state);
        }
    }
    let mut registry = Registry::new();
    for key in 0..300 {
        assert!(registry.register(Key(key), ()).is_ok());
    }
    assert_eq!(HASHED.get(), 300);
    registry.compact();
    assert_eq!(HASHED.get(), 300);
}

#[test]
fn hashers_are_the_caller_s_choice() {
    let registry: Registry<&str, u8, RandomState> = Registry::with_hasher(RandomState::new());
    registry.register("a", 1).unwrap();
    assert_eq!((registry.get("a"), registry.get("b")), (Some(&1), None));
}

/// All of a process' hash alike, so that a `const` one is as good as another.
#[test]
fn seeded_hashers_of_a_process_hash_alike() {
    const HASHER: ProcessSeeded = ProcessSeeded::new();
    let hash = HASHER.hash_one("key");
    assert_eq!(hash, ProcessSeeded::default().hash_one("key"));
    assert_ne!(hash, HASHER.hash_one("other"));
    let there = std::thread::spawn(|| ProcessSeeded::new().hash_one("key"));
    assert_eq!(hash, there.join().unwrap());
}

/// Its keys are drawn, not fixed: another process hashes otherwise.
#[test]
#[cfg_attr(miri, ignore = "starts a process")]
fn seeded_hashers_of_two_processes_do_not_hash_alike() {
    use crate::support::{alone, assert_passed};
    let hash = || ProcessSeeded::new().hash_one("key");
    let body = || println!("hash {}", hash());
    let test = "seeded_hashers_of_two_processes_do_not_hash_alike";
    if let Some(output) = alone(module_path!(), test, body) {
        assert_passed(&output);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("hash "), "{said}");
        assert!(!said.contains(&format!("hash {}\n", hash())), "{said}");
    }
}
