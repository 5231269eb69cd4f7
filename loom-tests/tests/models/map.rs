//! Join against completion against failure of one key; other keys meanwhile.

use std::time::Duration;

use loom::{sync::Arc, thread};
use onset_modelled::{OnceMap, RaceMap};

use crate::{
    registry::{Key, Plain},
    support::{
        Aside, Maker, Whole, fails, long_model, model, model_of_three, panic_as_expected, two,
    },
};

type Once = OnceMap<Key, Whole, Plain>;

/// Holds `1`, under the key 1, in a table and a chunk that the next key outgrows.
fn map(maker: &Maker) -> Arc<Once> {
    let map = OnceMap::with_hasher(Plain::default());
    assert_eq!(map.get_or_init(Key::of(1), |_| maker.make(1)).read(), 1);
    Arc::new(map)
}

#[test]
fn once_map_first_use() {
    model("once_map_first_use", || {
        let maker = Maker::default();
        let map = map(&maker);
        let (one, other) = (maker.clone(), maker.clone());
        let (a, b) = two(
            &map,
            move |map| map.get_or_init(Key::of(2), |_| one.make(2)).read(),
            move |map| map.get_or_init(Key::of(2), |_| other.make(3)).read(),
        );
        assert_eq!(a, b);
        assert_eq!(maker.made(), 2, "computed once");
    });
}

#[test]
fn once_map_reader() {
    model("once_map_reader", || {
        let maker = Maker::default();
        let map = map(&maker);
        two(
            &map,
            move |map| map.get_or_init(Key::of(2), |_| maker.make(2)).read(),
            |map| {
                assert_eq!(map.get(&1).map(Whole::read), Some(1));
                if let Some(value) = map.get(&2) {
                    assert_eq!(value.read(), 2);
                    assert_eq!(map.iter().count(), 2);
                }
            },
        );
    });
}

/// The other one's failure is seen whole, and leaves nothing.
#[test]
fn once_map_failure() {
    model("once_map_failure", || {
        let maker = Maker::default();
        let both = Arc::new((map(&maker), Aside::default()));
        let (failed, value) = two(
            &both,
            |(map, aside)| {
                let fail = |_: &Key| {
                    aside.add_one();
                    Err(())
                };
                map.get_or_try_init(Key::of(2), fail).map(Whole::read)
            },
            move |(map, aside)| {
                let make = |_: &Key| maker.make(1 + aside.add_one());
                map.get_or_init(Key::of(2), make).read()
            },
        );
        assert!(failed.is_err() || failed == Ok(value));
    });
}

#[test]
fn once_map_panic() {
    model("once_map_panic", || {
        let maker = Maker::default();
        let map = map(&maker);
        two(
            &map,
            |map| {
                let _ = fails(|| map.get_or_init(Key::of(2), |_| panic_as_expected()).read());
            },
            move |map| assert_eq!(map.get_or_init(Key::of(2), |_| maker.make(2)).read(), 2),
        );
        assert_eq!(map.len(), 2);
    });
}

/// They hash alike, and must not be taken for one another, nor wait.
#[test]
fn once_map_two_keys_alike() {
    /// The hash has 32 bits.
    const ALIKE: u64 = 2 + (1 << 32);
    model("once_map_two_keys_alike", || {
        let maker = Maker::default();
        let map = map(&maker);
        let (one, other) = (maker.clone(), maker);
        let values = two(
            &map,
            move |map| map.get_or_init(Key::of(2), |_| one.make(2)).read(),
            move |map| map.get_or_init(Key::of(ALIKE), |_| other.make(3)).read(),
        );
        assert_eq!(values, (2, 3));
        assert_eq!(map.len(), 3);
    });
}

/// One waits for what the other publishes.
fn wait(name: &str, timeout: Duration) {
    long_model(name, move || {
        let maker = Maker::default();
        let map = map(&maker);
        two(
            &map,
            move |map| assert!(map.insert(Key::of(2), maker.make(2)).is_ok()),
            move |map| match map.wait(&2, timeout) {
                Some(value) => assert_eq!(value.read(), 2),
                None => assert_ne!(timeout, Duration::MAX, "it comes"),
            },
        );
    });
}

#[test]
fn once_map_wait() {
    wait("once_map_wait", Duration::MAX);
}

#[test]
fn once_map_wait_with_timeout() {
    wait("once_map_wait_with_timeout", Duration::from_secs(1));
}

/// One fails, the others have joined or come later.
#[test]
fn once_map_three_threads() {
    model_of_three("once_map_three_threads", || {
        let maker = Maker::default();
        let map = map(&maker);
        let other = Arc::clone(&map);
        let fails = thread::spawn(move || {
            let _: Result<_, ()> = other.get_or_try_init(Key::of(2), |_| Err(())).map(drop);
        });
        let (other, made) = (Arc::clone(&map), maker.clone());
        let makes = thread::spawn(move || other.get_or_init(Key::of(2), |_| made.make(2)).read());
        let value = map.get_or_init(Key::of(2), |_| maker.make(3)).read();
        fails.join().unwrap();
        assert_eq!(makes.join().unwrap(), value);
        assert_eq!(maker.made(), 2, "one of the two computed");
    });
}

#[test]
fn race_map_first_use() {
    model("race_map_first_use", || {
        let maker = Maker::default();
        let map = RaceMap::<Key, Whole, Plain>::with_hasher(Plain::default());
        assert_eq!(map.get_or_init(Key::of(1), |_| maker.make(1)).read(), 1);
        let map = Arc::new(map);
        let (one, other) = (maker.clone(), maker);
        let (a, b) = two(
            &map,
            move |map| map.get_or_init(Key::of(2), |_| one.make(2)).read(),
            move |map| map.get_or_init(Key::of(2), |_| other.make(3)).read(),
        );
        assert_eq!(a, b);
        assert_eq!(map.len(), 2);
    });
}
