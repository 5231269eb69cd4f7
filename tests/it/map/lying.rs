//! Keys whose `Hash` and `Eq` break their promises: the map may answer as oddly as they do, but
//! loses nothing and never hangs.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
};

use super::{
    keys::{Books, Key},
    subject::{Colliding, Kind, Map, Of},
};

thread_local!(static TRUE_HASHES: Cell<bool> = const { Cell::new(true) });

/// Equal to everything or to nothing, itself included.
struct Liar<const EQUAL: bool>(Key);

impl<const EQUAL: bool> PartialEq for Liar<EQUAL> {
    fn eq(&self, _: &Self) -> bool {
        EQUAL
    }
}

impl<const EQUAL: bool> Eq for Liar<EQUAL> {}

impl<const EQUAL: bool> Hash for Liar<EQUAL> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let turn = u64::from(!TRUE_HASHES.get());
        state.write_u64(self.0.id() + turn);
    }
}

const KEYS: u64 = 100;

pub(super) fn keys_that_equal_nothing_are_kept_apart<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _, Colliding>::default(), Books::new());
    for id in 0..KEYS {
        let key = || Liar::<false>(books.key(id / 2));
        assert_eq!(map.get_or_init(key(), |_| books.value(id)).id(), id);
        assert!(map.get(&key()).is_none() && map.remove(&key()).is_none());
    }
    assert!(map.iter().map(|(_, value)| value.id()).eq(0..KEYS));
    drop(map);
    assert_eq!(books.alive(), (0, 0));
}

pub(super) fn keys_that_equal_everything_are_one<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _, Colliding>::default(), Books::new());
    let key = |id| Liar::<true>(books.key(id));
    for id in 0..KEYS {
        assert_eq!(map.get_or_init(key(id), |_| books.value(id)).id(), 0);
    }
    assert_eq!((map.len(), books.alive()), (1, (1, 1)));
    assert_eq!(map.remove(&key(KEYS)).expect("the one").1.id(), 0);
    assert_eq!(books.alive(), (0, 0));
}

pub(super) fn keys_whose_hash_changes_are_lost_and_dropped<M: Kind>() {
    let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
    let key = |id| Liar::<false>(books.key(id));
    for id in 0..KEYS {
        assert!(map.insert(key(id), books.value(id)).is_ok());
        TRUE_HASHES.set(id % 3 != 0);
        // A table that grows or is made anew knows the hashes as they were.
        assert!(map.remove(&key(id)).is_none());
        TRUE_HASHES.set(true);
    }
    assert_eq!(map.iter().count() as u64, KEYS);
    map.clear();
    assert_eq!(books.alive(), (0, 0));
}
