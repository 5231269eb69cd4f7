//! A registry of a few keys.

use std::convert::Infallible;

use onset::{BatchError, Registry};

use super::key::{KEYS, Key};
use crate::{
    checker::Model,
    subject::{Pause, Subject},
};

/// A change of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// This value, if there is none.
    Register(u8, u8),
    /// This value, whatever there is.
    Replace(u8, u8),
    /// None any more.
    Remove(u8),
}

/// What can be asked. Keys come first, values second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryOp {
    /// The value of a key.
    Get(u8),
    /// The values of two keys in one snapshot.
    GetBoth(u8, u8),
    /// How many keys there are.
    Len,
    /// All keys and values, in order.
    List,
    /// One change.
    Change(Change),
    /// Two changes, of different keys, at once.
    Batch(Change, Change),
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryOutcome {
    /// The value that was looked for.
    Value(Option<u8>),
    /// The values that were looked for.
    Both(Option<u8>, Option<u8>),
    /// How many keys there are.
    Len(usize),
    /// All keys and values, in order.
    All(Vec<(u8, u8)>),
    /// The change is made, and this was there before.
    Changed(Option<u8>),
    /// The batch is made.
    Made,
    /// Nothing was changed, because this key is registered.
    Duplicate(u8),
}

use RegistryOutcome as Outcome;

/// Keys and values, in the order in which they were registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RegistryModel(Vec<(u8, u8)>);

impl RegistryModel {
    fn get(&self, key: u8) -> Option<u8> {
        let mut found = self.0.iter().filter(|(other, _)| *other == key);
        found.next().map(|(_, value)| *value)
    }

    fn without(&self, key: u8) -> Self {
        let others = self.0.iter().filter(|(other, _)| *other != key);
        Self(others.copied().collect())
    }

    fn with(&self, key: u8, value: u8) -> Self {
        let mut changed = self.without(key);
        changed.0.push((key, value));
        changed
    }

    /// What a look answers.
    ///
    /// # Panics
    ///
    /// If `op` is a change.
    #[must_use]
    pub fn look(&self, op: RegistryOp) -> Outcome {
        match op {
            RegistryOp::Get(key) => Outcome::Value(self.get(key)),
            RegistryOp::GetBoth(a, b) => Outcome::Both(self.get(a), self.get(b)),
            RegistryOp::Len => Outcome::Len(self.0.len()),
            RegistryOp::List => Outcome::All(self.0.clone()),
            RegistryOp::Change(_) | RegistryOp::Batch(..) => panic!("{op:?} is a change"),
        }
    }

    /// What a change answers, and what there is afterwards.
    #[must_use]
    pub fn change(&self, change: Change) -> (Outcome, Self) {
        match change {
            Change::Register(key, _) if self.get(key).is_some() => {
                (Outcome::Duplicate(key), self.clone())
            }
            Change::Register(key, value) | Change::Replace(key, value) => {
                (Outcome::Changed(self.get(key)), self.with(key, value))
            }
            Change::Remove(key) => (Outcome::Changed(self.get(key)), self.without(key)),
        }
    }

    /// As [`change`](Self::change), for two. Of several duplicates, any may be named: a batch looks for
    /// them one after another, and others change the registry meanwhile.
    fn batch(&self, first: Change, second: Change, outcome: &Outcome) -> (Outcome, Self) {
        let (one, changed) = self.change(first);
        let (two, changed) = changed.change(second);
        match [one, two].map(|one| (matches!(one, Outcome::Duplicate(_)), one)) {
            [(false, _), (false, _)] => (Outcome::Made, changed),
            [(true, one), (true, two)] if one != *outcome => (two, self.clone()),
            [(true, duplicate), _] | [_, (true, duplicate)] => (duplicate, self.clone()),
        }
    }
}

impl Model for RegistryModel {
    type Op = RegistryOp;
    type Outcome = Outcome;

    fn step(&self, op: &RegistryOp, outcome: &Outcome) -> Option<Self> {
        let (expected, next) = match *op {
            RegistryOp::Change(change) => self.change(change),
            RegistryOp::Batch(first, second) => self.batch(first, second, outcome),
            _ => (self.look(*op), self.clone()),
        };
        (expected == *outcome).then_some(next)
    }
}

impl Change {
    fn any(dice: &mut fastrand::Rng, key: u8, value: u8) -> Self {
        match dice.u8(..4) {
            0..2 => Self::Register(key, value),
            2 => Self::Replace(key, value),
            _ => Self::Remove(key),
        }
    }
}

impl RegistryOp {
    /// Any of them.
    #[must_use]
    pub fn any(dice: &mut fastrand::Rng, fresh: u8) -> Self {
        let a = dice.u8(..KEYS);
        let b = (a + dice.u8(1..KEYS)) % KEYS;
        match dice.u8(..10) {
            0..2 => Self::Get(a),
            2..4 => Self::GetBoth(a, b),
            4 => Self::Len,
            5 => Self::List,
            6..8 => Self::Change(Change::any(dice, a, fresh)),
            _ => Self::Batch(Change::any(dice, a, fresh), Change::any(dice, b, fresh)),
        }
    }
}

/// A `Registry`.
pub struct Registered(Registry<Key, u8>);

impl Registered {
    fn change(&self, change: Change, pause: Pause) -> Outcome {
        let key = |id| Key { id, pause };
        match change {
            Change::Register(id, value) => match self.0.register(key(id), value) {
                Ok(_) => Outcome::Changed(None),
                Err(refused) => Outcome::Duplicate(refused.key.id),
            },
            Change::Replace(id, value) => {
                let old = self.0.replace(key(id), value);
                Outcome::Changed(old.expect("not sealed").copied())
            }
            Change::Remove(id) => {
                let old = self.0.remove(&key(id));
                Outcome::Changed(old.expect("not sealed").copied())
            }
        }
    }

    fn batch(&self, changes: [Change; 2], pause: Pause) -> Outcome {
        let key = |id| Key { id, pause };
        let made = self.0.batch(|batch| {
            for change in changes {
                match change {
                    Change::Register(id, value) => batch.register(key(id), value),
                    Change::Replace(id, value) => batch.replace(key(id), value),
                    Change::Remove(id) => batch.remove(key(id)),
                }
            }
            Ok::<_, Infallible>(())
        });
        match made {
            Ok(()) => Outcome::Made,
            Err(BatchError::Duplicate { key, .. }) => Outcome::Duplicate(key.id),
            Err(error) => panic!("not sealed, and the closure does not fail: {error}"),
        }
    }
}

impl Subject for Registered {
    const NAME: &'static str = "Registry";

    type Op = RegistryOp;
    type Outcome = Outcome;
    type Model = RegistryModel;

    fn new() -> Self {
        Self(Registry::new())
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        RegistryOp::any(dice, fresh)
    }

    fn apply(&self, op: &RegistryOp, pause: Pause) -> Outcome {
        let key = |id| Key { id, pause };
        match *op {
            RegistryOp::Get(id) => Outcome::Value(self.0.get(&key(id)).copied()),
            RegistryOp::GetBoth(a, b) => {
                let snapshot = self.0.snapshot();
                let [a, b] = [a, b].map(|id| snapshot.get(&key(id)).copied());
                Outcome::Both(a, b)
            }
            RegistryOp::Len => Outcome::Len(self.0.len()),
            RegistryOp::List => {
                let all = self.0.iter().map(|(key, value)| (key.id, *value));
                Outcome::All(all.collect())
            }
            RegistryOp::Change(change) => self.change(change, pause),
            RegistryOp::Batch(first, second) => self.batch([first, second], pause),
        }
    }
}
