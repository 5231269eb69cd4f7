//! Looking a key up by something that is not quite a key.

use std::{
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

use equivalent::Equivalent;

use super::subject::{Kind, Map, Of};

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
