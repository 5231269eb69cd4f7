//! User code that a map calls, and that uses the map: no lock is held while it runs.

use std::{
    cell::Cell,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
    thread::LocalKey,
};

use super::subject::{Colliding, Kind, Map, Of};

/// What a call of user code does with the number of the key or value on which it is called.
type Hook = Cell<Option<Box<dyn Fn(u64)>>>;

thread_local! {
    static IN_HASH: Hook = const { Cell::new(None) };
    static IN_EQ: Hook = const { Cell::new(None) };
    static IN_DEBUG: Hook = const { Cell::new(None) };
}

/// Does it, unless this is called by what it does.
fn called(hook: &'static LocalKey<Hook>, id: u64) {
    if let Some(f) = hook.take() {
        f(id);
        hook.set(Some(f));
    }
}

pub(super) struct Asks(u64);

type Asked<M> = Of<M, Asks, u64, Colliding>;

impl Hash for Asks {
    fn hash<H: Hasher>(&self, state: &mut H) {
        called(&IN_HASH, self.0);
        state.write_u64(self.0);
    }
}

impl PartialEq for Asks {
    fn eq(&self, other: &Self) -> bool {
        called(&IN_EQ, self.0);
        self.0 == other.0
    }
}

impl Eq for Asks {}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        called(&IN_DEBUG, self.0);
        write!(f, "#{}", self.0)
    }
}

/// Has the call publish two keys further on, fail at a third one, and look at all.
fn with_hook<M: Kind>(hook: &'static LocalKey<Hook>, f: impl FnOnce(&Asked<M>))
where
    Asked<M>: 'static,
{
    let map = Arc::new(Asked::<M>::default());
    let inner = Arc::clone(&map);
    hook.set(Some(Box::new(move |id| {
        let [first, second, third] = [100, 200, 1000].map(|more| id % 100 + more);
        assert_eq!(inner.get_or_init(Asks(first), |_| first), &first);
        let _ = inner.insert(Asks(second), second);
        assert_eq!(inner.get(&Asks(second)), Some(&second));
        assert!(inner.get_or_try_init(Asks(third), |_| Err(())).is_err());
        assert!(inner.iter().count() <= inner.len());
    })));
    f(&map);
    hook.set(None);
    for id in 0..1000 {
        assert!(map.get(&Asks(id)).is_none_or(|value| *value == id));
    }
    assert!(map.get(&Asks(101)).is_some(), "the call was called");
    assert!(map.iter().all(|(key, _)| key.0 < 1000));
}

/// All that calls user code.
fn play<M: Kind>(map: &Asked<M>) {
    for id in 0..20 {
        assert_eq!(map.get_or_init(Asks(id), |_| id), &id);
        assert_eq!(
            map.get_or_init(Asks(id), |_| unreachable!("it is there")),
            &id
        );
        assert!(map.get(&Asks(id)) == Some(&id) && map.contains_key(&Asks(id)));
        assert!(map.insert(Asks(id), id).is_err());
        assert!(map.insert(Asks(id + 50), id + 50).is_ok());
        assert!(map.get_or_try_init(Asks(id + 2000), |_| Err(())).is_err());
    }
}

pub(super) fn hash_may_use_the_map<M: Kind>()
where
    Asked<M>: 'static,
{
    with_hook::<M>(&IN_HASH, play::<M>);
}

/// What is published while keys are compared has the writer look again.
pub(super) fn eq_may_use_the_map<M: Kind>()
where
    Asked<M>: 'static,
{
    with_hook::<M>(&IN_EQ, play::<M>);
}

/// It asks for the very key that is being looked for: the inner call publishes it.
pub(super) fn eq_may_ask_for_the_same_key<M: Kind>()
where
    Asked<M>: 'static,
{
    let map = Arc::new(Asked::<M>::default());
    assert!(map.insert(Asks(0), 0).is_ok());
    let inner = Arc::clone(&map);
    IN_EQ.set(Some(Box::new(move |_| {
        inner.get_or_init(Asks(1), |_| 10);
    })));
    assert_eq!(map.get_or_init(Asks(1), |_| 11), &10);
    assert_eq!(
        map.insert(Asks(1), 12)
            .map_err(|(key, value)| (key.0, value)),
        Err((1, 12))
    );
    IN_EQ.set(None);
    assert_eq!(map.len(), 2);
}

pub(super) fn debug_may_use_the_map<M: Kind>()
where
    Asked<M>: 'static,
{
    with_hook::<M>(&IN_DEBUG, |map| {
        assert!(map.insert(Asks(1), 1).is_ok());
        assert_eq!(format!("{:?}", map.iter()), "{#1: 1}");
        assert_eq!(format!("{:?}", map.iter().nth(1)), "Some((#101, 101))");
    });
}

/// A destructor cannot reach the map that drops its value, but any other one.
pub(super) fn destructors_may_use_another_map<M: Kind>() {
    struct Fills<'m, O: Map<u64, u64>>(&'m O, u64);
    impl<O: Map<u64, u64>> Drop for Fills<'_, O> {
        fn drop(&mut self) {
            self.0.get_or_init(self.1, |key| *key);
        }
    }
    let other = Of::<M, u64, u64>::default();
    let mut map = Of::<M, u64, Fills<'_, _>>::default();
    (0..30).for_each(|key| assert!(map.insert(key, Fills(&other, key)).is_ok()));
    drop(map.remove(&3));
    assert!(map.insert(4, Fills(&other, 44)).is_err());
    assert!(other.iter().map(|(key, _)| *key).eq([3, 44]));
    map.clear();
    assert_eq!(other.len(), 31);
}
