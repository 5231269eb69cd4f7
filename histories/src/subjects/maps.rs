//! The maps: a place for each key, and how many are full.

use onset::{OnceMap, RaceMap};

use super::{
    key::{KEYS, Key},
    place::{Outcome, Place, PlaceOp, ask},
};
use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapOp {
    /// Of one key.
    Of(u8, PlaceOp),
    /// How many have a value.
    Len,
    /// Which ones have which value, in the order in which they got it.
    List,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapOutcome {
    /// By one key's place.
    Place(Outcome),
    /// So many have a value.
    Len(usize),
    /// These have a value.
    All(Vec<(u8, u8)>),
}

/// Keys and values in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MapModel(Vec<(u8, u8)>);

impl MapModel {
    fn place(&self, key: u8) -> Place {
        let mut found = self.0.iter().filter(|(other, _)| *other == key);
        found.next().map(|(_, value)| *value)
    }
}

impl Model for MapModel {
    type Op = MapOp;
    type Outcome = MapOutcome;

    fn step(&self, op: &MapOp, outcome: &MapOutcome) -> Option<Self> {
        let mut next = self.clone();
        let expected = match *op {
            MapOp::Of(key, op) => {
                let before = self.place(key);
                let (outcome, after) = ask(before, op);
                if before.is_none() {
                    next.0.extend(after.map(|value| (key, value)));
                }
                MapOutcome::Place(outcome)
            }
            MapOp::Len => MapOutcome::Len(self.0.len()),
            MapOp::List => MapOutcome::All(self.0.clone()),
        };
        (expected == *outcome).then_some(next)
    }
}

/// What the two maps have in common, for keys of ours.
pub trait Keyed: Default + Send + Sync + 'static {
    /// The map's name.
    const NAME: &'static str;
    /// The value of a key.
    fn get(&self, key: Key) -> Option<&u8>;
    /// Publishes a value, or hands it back.
    ///
    /// # Errors
    ///
    /// `value`, if there is one.
    fn insert(&self, key: Key, value: u8) -> Result<(), u8>;
    /// The value of a key, or else `f`'s.
    fn get_or_init(&self, key: Key, f: impl FnOnce() -> u8) -> &u8;
    /// The value of a key, or else a computation that fails.
    ///
    /// # Errors
    ///
    /// If it was called.
    #[expect(clippy::result_unit_err, reason = "there is nothing to say")]
    fn get_or_fail(&self, key: Key, pause: Pause) -> Result<&u8, ()>;
    /// How many values there are.
    fn count(&self) -> usize;
    /// Keys and values, in order.
    fn all(&self) -> Vec<(u8, u8)>;
}

macro_rules! keyed {
    ($map:ident, $name:literal) => {
        impl Keyed for $map<Key, u8> {
            const NAME: &'static str = $name;

            fn get(&self, key: Key) -> Option<&u8> {
                self.get(&key)
            }

            fn insert(&self, key: Key, value: u8) -> Result<(), u8> {
                self.insert(key, value)
                    .map(|_| ())
                    .map_err(|(_, value)| value)
            }

            fn get_or_init(&self, key: Key, f: impl FnOnce() -> u8) -> &u8 {
                self.get_or_init(key, |_| f())
            }

            fn get_or_fail(&self, key: Key, pause: Pause) -> Result<&u8, ()> {
                self.get_or_try_init(key, |_| pause.then(Err(())))
            }

            fn count(&self) -> usize {
                self.len()
            }

            fn all(&self) -> Vec<(u8, u8)> {
                self.iter().map(|(key, value)| (key.id, *value)).collect()
            }
        }
    };
}

keyed!(OnceMap, "OnceMap");
keyed!(RaceMap, "RaceMap");

/// A map as a subject.
pub struct Map<M: Keyed>(M);

impl<M: Keyed> Subject for Map<M> {
    const NAME: &'static str = M::NAME;

    type Op = MapOp;
    type Outcome = MapOutcome;
    type Model = MapModel;

    fn new() -> Self {
        Self(M::default())
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> MapOp {
        match dice.u8(..10) {
            0 => MapOp::Len,
            1 => MapOp::List,
            _ => MapOp::Of(dice.u8(..KEYS), PlaceOp::any(dice, fresh)),
        }
    }

    fn apply(&self, op: &MapOp, pause: Pause) -> MapOutcome {
        let map = &self.0;
        let (id, op) = match *op {
            MapOp::Of(id, op) => (id, op),
            MapOp::Len => return MapOutcome::Len(map.count()),
            MapOp::List => return MapOutcome::All(map.all()),
        };
        let key = Key { id, pause };
        MapOutcome::Place(match op {
            PlaceOp::Get => Outcome::of_get(map.get(key).copied()),
            PlaceOp::Set(value) => Outcome::of_set(map.insert(key, value)),
            PlaceOp::GetOrInit(value) => {
                Outcome::Value(*map.get_or_init(key, || pause.then(value)))
            }
            PlaceOp::GetOrFail => Outcome::of_init(map.get_or_fail(key, pause).copied()),
        })
    }
}
