//! Looking a key up by something that is not quite a key.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

use equivalent::Equivalent;

use super::subject::{Kind, Map, Of};
use crate::support::catch;

pub(super) fn strings_by_str<M: Kind>() {
    let mut map = Of::<M, String, usize>::default();
    map.get_or_init("four".to_string(), String::len);
    assert_eq!((map.get("four"), map.get("five")), (Some(&4), None));
    assert_eq!(map.get(&"four".to_string()), Some(&4));
    assert!(map.contains_key("four") && !map.contains_key(""));
    assert_eq!(map.remove("four"), Some(("four".to_string(), 4)));
    assert_eq!(map.remove("four"), None);
}

pub(super) fn paths_by_path<M: Kind>() {
    let mut map = Of::<M, PathBuf, u8>::default();
    map.get_or_init("a/b".into(), |_| 1);
    assert_eq!(map.get(Path::new("a").join("b").as_path()), Some(&1));
    assert_eq!(map.get(Path::new("a/./b")), Some(&1), "it is the same path");
    assert_eq!(map.remove(Path::new("a")), None);
    assert_eq!(map.remove(Path::new("a/b")), Some(("a/b".into(), 1)));
}

#[derive(PartialEq, Eq, Hash)]
struct Full {
    first: String,
    last: String,
}

struct Parts<'a>(&'a str, &'a str);

impl Hash for Parts<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0, self.1).hash(state);
    }
}

impl Equivalent<Full> for Parts<'_> {
    fn equivalent(&self, key: &Full) -> bool {
        key.first == self.0 && key.last == self.1
    }
}

pub(super) fn by_an_equivalent_of_ones_own<M: Kind>() {
    let mut map = Of::<M, Full, u32>::default();
    let names = [("Ada", "Lovelace"), ("Ada", "Yonath"), ("Grace", "Hopper")];
    for (born, (first, last)) in [1815, 1939, 1906].into_iter().zip(names) {
        let [first, last] = [first, last].map(str::to_string);
        map.get_or_init(Full { first, last }, |_| born);
    }
    assert_eq!(map.get(&Parts("Ada", "Yonath")), Some(&1939));
    assert!(map.contains_key(&Parts("Grace", "Hopper")));
    assert!(map.get(&Parts("Grace", "Lovelace")).is_none());
    assert_eq!(
        map.remove(&Parts("Ada", "Lovelace")).map(|(_, born)| born),
        Some(1815)
    );
    assert_eq!((map.get(&Parts("Ada", "Lovelace")), map.len()), (None, 2));
}

/// A key that counts how often one was made.
#[derive(PartialEq, Eq, Hash)]
struct Made(String);

thread_local!(static MADE: Cell<usize> = const { Cell::new(0) });

impl From<&str> for Made {
    fn from(text: &str) -> Self {
        MADE.set(MADE.get() + 1);
        assert!(text != "no key", "a key that cannot be made");
        Self(text.into())
    }
}

impl Equivalent<Made> for str {
    fn equivalent(&self, key: &Made) -> bool {
        self == key.0
    }
}

pub(super) fn a_key_is_made_only_for_a_computation<M: Kind>() {
    MADE.set(0);
    let map = Of::<M, Made, usize>::default();
    for _ in 0..3 {
        assert_eq!(map.get_or_init_ref("four", |key| key.0.len()), &4);
    }
    assert_eq!((MADE.get(), map.len()), (1, 1));
    let no = map.get_or_try_init_ref("five", |_| Err::<usize, _>("no"));
    assert_eq!((no, MADE.get(), map.len()), (Err("no"), 2, 1));
    let yes = map.get_or_try_init_ref("five", |key| Ok::<_, ()>(key.0.len()));
    assert_eq!((yes, MADE.get(), map.len()), (Ok(&4), 3, 2));
    let never = map.get_or_try_init_ref("five", |_| Err::<usize, _>("not called"));
    assert_eq!((never, MADE.get()), (Ok(&4), 3));
}

pub(super) fn a_key_that_cannot_be_made<M: Kind>() {
    let map = Of::<M, Made, usize>::default();
    for _ in 0..2 {
        let tried = catch(|| *map.get_or_init_ref("no key", |_| unreachable!("no key")));
        assert!(tried.is_err() && map.is_empty());
    }
    assert_eq!(map.get_or_init_ref("key", |_| 1), &1);
}
