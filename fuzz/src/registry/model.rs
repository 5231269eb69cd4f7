//! The operations, and what each does to a list.

use arbitrary::Arbitrary;

use crate::{panics::Panic, plan::Moment};

/// So few keys that they meet.
pub(super) const KEYS: u64 = 6;
/// Keys that only a batch's user code uses: what it does must not depend on when it is called.
pub(super) const OTHERS: u64 = 2;

/// One of the keys.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Key(u8);

impl Key {
    pub(super) const fn id(self) -> u64 {
        self.0 as u64 % KEYS
    }

    pub(super) const fn other(self) -> u64 {
        KEYS + self.0 as u64 % OTHERS
    }
}

/// What is done to one key.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum What {
    Get,
    Register,
    RegisterOrGet,
    Replace,
    Remove,
}

/// What goes wrong meanwhile, once.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Fault {
    None,
    Panic(Moment, u8),
    /// A `Hash` or `Eq` lies, if the input may: afterwards nothing can be compared.
    Lie(Moment, u8),
    /// User code uses the registry.
    Use(Moment, u8, What, Key),
}

impl Fault {
    /// None instead of a lie, if that is not allowed.
    pub(super) fn allowed(self, lies: bool) -> Self {
        match self {
            Self::Lie(..) if !lies => Self::None,
            fault => fault,
        }
    }
}

/// How a batch's closure ends.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Ending {
    Fine,
    Fails,
    Panics,
}

/// An operation.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    One(What, Key, Fault),
    Batch(Vec<(What, Key)>, Ending, Fault),
    /// Takes a snapshot, to be looked at later.
    Snapshot,
    /// One time in sixteen: not much happens afterwards.
    Seal(u8),
    /// Ends the snapshots.
    Compact(Fault),
    /// `into_iter`, and a new registry from that.
    Rebuild(Fault),
}

/// What the caller learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Nothing,
    Value(u64),
    Duplicate(u64, u64),
    Sealed,
    Failed,
    /// Onset refused: it never should here.
    Refused,
    Panicked,
}

impl From<Panic> for Out {
    fn from(panic: Panic) -> Self {
        match panic {
            Panic::Planned => Self::Panicked,
            Panic::Refused => Self::Refused,
        }
    }
}

impl From<Option<u64>> for Out {
    fn from(value: Option<u64>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) value: u64,
    /// The version before it came.
    stamp: u64,
}

/// What is registered, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) entries: Vec<Entry>,
    pub(super) version: u64,
    pub(super) sealed: bool,
    /// How many entries are alive, seen or not.
    pub(super) kept: usize,
}

impl Model {
    pub(super) fn pairs(&self) -> Vec<(u64, u64)> {
        let pair = |entry: &Entry| (entry.key, entry.value);
        self.entries.iter().map(pair).collect()
    }

    pub(super) fn since(&self, before: &Self) -> Vec<(u64, u64)> {
        let new = self
            .entries
            .iter()
            .filter(|entry| entry.stamp >= before.version);
        new.map(|entry| (entry.key, entry.value)).collect()
    }

    pub(super) fn get(&self, key: u64) -> Option<u64> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(entry.value)
    }

    pub(super) fn one(&mut self, what: What, key: u64, value: u64) -> Out {
        let there = self.get(key);
        match (what, there) {
            (What::Get, _) => there.into(),
            (What::RegisterOrGet, Some(there)) => Out::Value(there),
            (What::Remove, _) if self.sealed => Out::Sealed,
            (What::Remove, _) => {
                self.remove(key);
                there.into()
            }
            (What::Register, Some(_)) => Out::Duplicate(key, value),
            _ if self.sealed => Out::Sealed,
            (What::Replace, _) => {
                self.put(key, value);
                there.into()
            }
            (What::Register | What::RegisterOrGet, None) => {
                self.put(key, value);
                Out::Value(value)
            }
        }
    }

    /// The values of the parts are numbered from `first` on.
    pub(super) fn batch(&mut self, parts: &[(What, Key)], ending: Ending, first: u64) -> Out {
        let mut copy = Self {
            sealed: false,
            ..self.clone()
        };
        let mut duplicate = None;
        for ((what, key), value) in parts.iter().zip(first..) {
            if let out @ Out::Duplicate(..) = copy.one(in_batch(*what), key.id(), value) {
                duplicate = duplicate.or(Some(out));
            }
        }
        match (ending, duplicate) {
            (Ending::Fails, _) => return Out::Failed,
            (Ending::Panics, _) => return Out::Panicked,
            (Ending::Fine, Some(duplicate)) => return duplicate,
            (Ending::Fine, None) if self.sealed => return Out::Sealed,
            (Ending::Fine, None) => {}
        }
        self.adopt(parts, &copy);
        Out::Nothing
    }

    /// Each key once, in the place of its first part.
    fn adopt(&mut self, parts: &[(What, Key)], copy: &Self) {
        let mut done = Vec::new();
        for key in parts
            .iter()
            .filter(|(what, _)| !matches!(what, What::Get))
            .map(|(_, key)| key.id())
        {
            if done.contains(&key) {
                continue;
            }
            done.push(key);
            match copy.get(key) {
                Some(value) => self.put(key, value),
                None => self.remove(key),
            }
        }
    }

    pub(super) fn put(&mut self, key: u64, value: u64) {
        self.entries.retain(|entry| entry.key != key);
        let stamp = self.version;
        self.entries.push(Entry { key, value, stamp });
        self.version += 1;
        self.kept += 1;
    }

    fn remove(&mut self, key: u64) {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.key != key);
        self.version += u64::from(self.entries.len() < before);
    }
}

/// What a batch makes of it, which knows no `register_or_get`.
pub(super) const fn in_batch(what: What) -> What {
    match what {
        What::RegisterOrGet => What::Register,
        other => other,
    }
}
