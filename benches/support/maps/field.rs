//! The field: what people use today, each as its documentation shows it.

use std::{
    collections::HashMap,
    hash::RandomState,
    sync::{Arc, RwLock},
};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use elsa::sync::FrozenMap;
use imbl::{GenericHashMap, shared_ptr::DefaultSharedPtr};
use quick_cache::{DefaultHashBuilder, UnitWeighter, sync::DefaultLifecycle};

use super::{Contestant, Hashing, LookUp, Map, handles::LeftRight, maps, names::Entry};

pub(super) type Plain<S> = HashMap<String, u64, S>;
type Tree<S> = GenericHashMap<String, u64, S, DefaultSharedPtr>;
pub(super) type Quick<S> =
    quick_cache::sync::Cache<String, u64, UnitWeighter, S, DefaultLifecycle<String, u64>>;

pub(super) const SOUND: &str = "nobody panics under the lock";
/// Of those that are cloned as a whole for each entry.
pub(crate) const CLONED: &str = "arc_swap_hash_map";

/// The first is the baseline: no thread can add to it while others look.
pub(super) fn maps<S: Hashing>() -> Vec<Contestant> {
    vec![
        Contestant::new::<Plain<S>>("hash_map"),
        Contestant::new::<RwLock<Plain<S>>>("rwlock_hash_map"),
        Contestant::new::<ArcSwap<Plain<S>>>(CLONED),
        Contestant::new::<ArcSwap<Tree<S>>>("arc_swap_imbl"),
        Contestant::new::<DashMap<String, u64, S>>("dashmap"),
        Contestant::new::<papaya::HashMap<String, u64, S>>("papaya"),
        Contestant::new::<scc::HashMap<String, u64, S>>("scc"),
        Contestant::new::<scc::HashIndex<String, u64, S>>("scc_index"),
        Contestant::new::<LeftRight<S>>("evmap"),
        Contestant::new::<once_map::OnceMap<String, u64, S>>("once_map"),
        Contestant::new::<Quick<S>>("quick_cache"),
        Contestant::new::<moka::sync::Cache<String, u64, S>>("moka"),
    ]
}

/// Their hasher cannot be chosen.
pub(super) const ONLY_BY_STD: &[Contestant] = &[Contestant::new::<FrozenMap<String, u64>>("elsa")];

maps! {
    Plain<S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name).copied();
    RwLock<Plain<S>>,
        |hasher, _| Self::new(HashMap::with_hasher(hasher)),
        |map, name, number| map.write().expect(SOUND).insert(name, number),
        |map, name| map.read().expect(SOUND).get(name).copied();
    ArcSwap<Tree<S>>,
        |hasher, _| Self::from_pointee(Tree::with_hasher(hasher)),
        |map, name, number| map.rcu(|tree| tree.update(name.clone(), number)),
        |map, name| map.load().get(name).copied();
    DashMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name).map(|number| *number);
    papaya::HashMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.pin().insert(name, number),
        |map, name| map.pin().get(name).copied();
    scc::HashMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert_sync(name, number),
        |map, name| map.read_sync(name, |_, number| *number);
    scc::HashIndex<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert_sync(name, number),
        |map, name| map.peek_with(name, |_, number| *number);
    once_map::OnceMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert_cloned(name, |_| number),
        |map, name| map.get_cloned(name);
    Quick<S>,
        |hasher, to_come| quick(hasher, to_come),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name);
    moka::sync::Cache<String, u64, S>,
        |hasher, _| moka(hasher),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name);
}

/// It evicts, shard by shard, and so is given twice the room.
fn quick<S: Hashing>(hasher: S, to_come: usize) -> Quick<S> {
    let room = 2 * to_come;
    Quick::with(
        room,
        room as u64,
        UnitWeighter,
        hasher,
        DefaultLifecycle::default(),
    )
}

fn moka<S: Hashing>(hasher: S) -> moka::sync::Cache<String, u64, S> {
    moka::sync::Cache::builder().build_with_hasher(hasher)
}

impl<S: Hashing> Map for ArcSwap<Plain<S>> {
    type Hasher = S;
    type Reader<'m> = &'m Self;

    fn empty(hasher: S, _: usize) -> Self {
        Self::from_pointee(HashMap::with_hasher(hasher))
    }

    fn add(&mut self, name: String, number: u64) {
        self.rcu(|map| {
            let mut map = Plain::clone(map);
            map.insert(name.clone(), number);
            map
        });
    }

    fn reader(&self) -> &Self {
        self
    }

    /// All at once: one by one, many entries take minutes.
    fn filled(entries: Vec<Entry>) -> Self {
        Self::new(Arc::new(Plain::filled(entries)))
    }
}

impl<S: Hashing> LookUp for &ArcSwap<Plain<S>> {
    #[inline(always)]
    fn number(&mut self, name: &str) -> Option<u64> {
        self.load().get(name).copied()
    }
}

impl Map for FrozenMap<String, u64> {
    type Hasher = RandomState;
    type Reader<'m> = &'m Self;

    fn empty(_: RandomState, _: usize) -> Self {
        Self::new()
    }

    fn add(&mut self, name: String, number: u64) {
        self.get_copy_or_insert(name, number);
    }

    fn reader(&self) -> &Self {
        self
    }
}

impl LookUp for &FrozenMap<String, u64> {
    #[inline(always)]
    fn number(&mut self, name: &str) -> Option<u64> {
        self.get_copy(name)
    }
}
