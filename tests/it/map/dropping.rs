//! Every key and every value is dropped once, whatever becomes of the map.

use std::sync::Mutex;

use super::{
    keys::{Books, Id},
    subject::{Kind, Map, Of},
};

pub(super) fn everything_is_dropped_once<M: Kind>() {
    for keys in [0, 1, 20, if cfg!(miri) { 40 } else { 300 }] {
        let (mut map, books) = (Of::<M, _, _>::default(), Books::new());
        for id in 0..keys {
            assert!(map.insert(books.key(id), books.value(id)).is_ok());
            assert!(map.insert(books.key(id), books.value(id)).is_err());
        }
        (0..keys / 3).for_each(|id| drop(map.remove(&Id(2 * id))));
        let left = usize::try_from(keys - keys / 3).unwrap();
        assert_eq!(books.alive(), (left, left));
        drop(map);
        assert_eq!(books.alive(), (0, 0));
    }
}

pub(super) fn in_order<M: Kind>() {
    struct Logs<'l>(u64, &'l Mutex<Vec<u64>>);
    impl Drop for Logs<'_> {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }
    let log = Mutex::new(Vec::new());
    let map = || {
        let map = Of::<M, u64, Logs<'_>>::default();
        (0..40).for_each(|key| assert!(map.insert(key, Logs(key, &log)).is_ok()));
        map
    };
    drop(map());
    map().clear();
    drop(map().into_iter());
    let log = log.into_inner().unwrap();
    assert!(log.into_iter().eq((0..3).flat_map(|_| 0..40)));
}

pub(super) fn what_was_taken_out_of_an_iterator_is_dropped_once<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    (0..30).for_each(|id| assert!(map.insert(books.key(id), books.value(id)).is_ok()));
    let mut parts = map.into_iter();
    let (key, value) = parts.next().unwrap();
    assert_eq!(parts.nth(5).unwrap().0.id(), 6);
    assert_eq!(books.alive(), (24, 24));
    drop(parts);
    assert_eq!((books.alive(), key.id(), value.id()), ((1, 1), 0, 0));
}

pub(super) fn an_unused_key_is_dropped_before_its_caller_returns<M: Kind>() {
    let (map, books) = (Of::<M, _, _>::default(), Books::new());
    map.get_or_init(books.key(1), |_| books.value(1));
    map.get_or_init(books.key(1), |_| books.value(2));
    assert_eq!(books.alive(), (1, 1));
    // Published by somebody else, after this one had looked.
    let missing = map.get_or_try_init(books.key(2), |_| {
        map.get_or_init(books.key(1), |_| books.value(3));
        Err::<super::keys::Value, _>(books.alive())
    });
    assert_eq!(missing.err(), Some((2, 1)));
    assert_eq!(books.alive(), (1, 1));
}

pub(super) fn borrowed_values_live_as_long_as_the_map<M: Kind>() {
    let text = String::from("one two three");
    let longest = {
        let map = Of::<M, &str, &str>::default();
        for word in text.split(' ') {
            map.get_or_init(word, |word| &word[1..]);
        }
        *map.get("three").expect("it is there")
    };
    assert_eq!(longest, "hree");
}
