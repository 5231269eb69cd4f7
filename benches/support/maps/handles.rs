//! Maps that are looked up through a handle which a thread keeps.

use std::sync::{Arc, Mutex};

use arc_swap::{ArcSwap, Cache};
use evmap::handles::{ReadHandle, WriteHandle};
use onset::{Registry, Snapshot};

use super::{
    Contestant, Hashing, LookUp, Map,
    field::{Plain, SOUND},
    names::Entry,
};

pub(super) fn maps<S: Hashing>() -> Vec<Contestant> {
    vec![
        Contestant::new::<ThroughCache<S>>("arc_swap_cache"),
        Contestant::new::<OneSnapshot<S>>("onset_registry_snapshot"),
    ]
}

/// The cache looks whether another map was stored, and keeps the one that it has.
struct ThroughCache<S>(ArcSwap<Plain<S>>);

impl<S: Hashing> Map for ThroughCache<S> {
    type Hasher = S;
    type Reader<'m> = Cache<&'m ArcSwap<Plain<S>>, Arc<Plain<S>>>;

    fn empty(hasher: S, to_come: usize) -> Self {
        Self(Map::empty(hasher, to_come))
    }

    fn add(&mut self, name: String, number: u64) {
        self.0.add(name, number);
    }

    fn reader(&self) -> Self::Reader<'_> {
        Cache::new(&self.0)
    }

    fn filled(entries: Vec<Entry>) -> Self {
        Self(Map::filled(entries))
    }
}

impl<S: Hashing> LookUp for Cache<&ArcSwap<Plain<S>>, Arc<Plain<S>>> {
    #[inline(always)]
    fn number(&mut self, name: &str) -> Option<u64> {
        self.load().get(name).copied()
    }
}

/// Two maps: one is read while the other is written, and every entry is published by itself.
pub(super) struct LeftRight<S: Hashing>(Mutex<WriteHandle<String, u64, (), S>>);

impl<S: Hashing> Map for LeftRight<S> {
    type Hasher = S;
    type Reader<'m> = ReadHandle<String, u64, (), S>;

    fn empty(hasher: S, _: usize) -> Self {
        // SAFETY: the hasher's clones hash alike, always.
        let options = unsafe { evmap::Options::default().with_hasher(hasher) };
        let (writer, _) = options.construct();
        Self(Mutex::new(writer))
    }

    fn add(&mut self, name: String, number: u64) {
        let mut writer = self.0.lock().expect(SOUND);
        writer.insert(name, number).publish();
    }

    fn reader(&self) -> Self::Reader<'_> {
        ReadHandle::clone(&self.0.lock().expect(SOUND))
    }
}

impl<S: Hashing> LookUp for ReadHandle<String, u64, (), S> {
    #[inline(always)]
    fn number(&mut self, name: &str) -> Option<u64> {
        self.get_one(name).map(|number| *number)
    }
}

/// One snapshot for many look-ups, where `Registry::get` takes one for each.
struct OneSnapshot<S>(Registry<String, u64, S>);

impl<S: Hashing> Map for OneSnapshot<S> {
    type Hasher = S;
    type Reader<'m> = Snapshot<'m, String, u64, S>;

    fn empty(hasher: S, _: usize) -> Self {
        Self(Registry::with_hasher(hasher))
    }

    fn add(&mut self, name: String, number: u64) {
        let _ = self.0.register(name, number);
    }

    fn reader(&self) -> Self::Reader<'_> {
        self.0.snapshot()
    }
}

impl<S: Hashing> LookUp for Snapshot<'_, String, u64, S> {
    #[inline(always)]
    fn number(&mut self, name: &str) -> Option<u64> {
        Snapshot::get(self, name).copied()
    }
}
