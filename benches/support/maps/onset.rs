//! onset's maps, as a user would write them.

use onset::{OnceMap, RaceMap, Registry};

use super::{Contestant, Hashing, LookUp, Map, maps};

pub(super) fn maps<S: Hashing>() -> Vec<Contestant> {
    vec![
        Contestant::new::<Registry<String, u64, S>>("onset_registry"),
        Contestant::new::<OnceMap<String, u64, S>>("onset_once_map"),
        Contestant::new::<RaceMap<String, u64, S>>("onset_race_map"),
    ]
}

maps! {
    Registry<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.register(name, number),
        |map, name| map.get(name).copied();
    OnceMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name).copied();
    RaceMap<String, u64, S>,
        |hasher, _| Self::with_hasher(hasher),
        |map, name, number| map.insert(name, number),
        |map, name| map.get(name).copied();
}
