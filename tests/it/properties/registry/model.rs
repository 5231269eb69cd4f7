//! The operations, and what each does to the model.

/// Enough for several groups and chunks.
pub(super) const KEYS: u64 = 24;

#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Register(u64),
    Replace(u64),
    Remove(u64),
}

impl Part {
    const fn key(self) -> u64 {
        let (Self::Register(key) | Self::Replace(key) | Self::Remove(key)) = self;
        key
    }
}

/// How a batch's closure ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Fine,
    Fails,
    Panics,
}

/// What can be done, by the keys it is done to.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Register(u64),
    RegisterOrGet(u64),
    Replace(u64),
    Remove(u64),
    Batch(Vec<Part>, Ending),
    Snapshot,
    /// Done by whoever owns registry and model.
    Compact,
    Seal,
}

/// What the caller learned.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Nothing,
    /// The value that was or is there.
    Value(u64),
    /// Key and value came back.
    Duplicate(u64, u64),
    SealedBack(u64, u64),
    Sealed,
    Failed,
    Panicked,
}

/// The values that operations bring: a number for each, in order.
#[derive(Clone, Default)]
pub(super) struct Values(u64);

impl Values {
    pub(super) fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[derive(Clone)]
pub(super) struct Entry {
    key: u64,
    value: u64,
    /// The version before it came.
    stamp: u64,
}

impl Entry {
    pub(super) const fn pair(&self) -> (u64, u64) {
        (self.key, self.value)
    }
}

#[derive(Clone, Default)]
pub(super) struct Model {
    pub(super) entries: Vec<Entry>,
    pub(super) version: u64,
    pub(super) sealed: bool,
    /// How many entries are alive, seen or not.
    pub(super) kept: usize,
    values: Values,
}

impl Model {
    pub(super) fn get(&self, key: u64) -> Option<u64> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(entry.value)
    }

    /// What is here and was not there before.
    pub(super) fn since(&self, before: &Self) -> impl Iterator<Item = (u64, u64)> {
        let new = |entry: &&Entry| entry.stamp >= before.version;
        self.entries.iter().filter(new).map(Entry::pair)
    }

    pub(super) fn apply(&mut self, op: &Op) -> Outcome {
        match *op {
            Op::Register(key) => self.register(key, false),
            Op::RegisterOrGet(key) => self.register(key, true),
            Op::Replace(key) => {
                let value = self.values.next();
                if self.sealed {
                    return Outcome::SealedBack(key, value);
                }
                let old = self.get(key);
                self.put(key, value);
                old.map_or(Outcome::Nothing, Outcome::Value)
            }
            Op::Remove(_) if self.sealed => Outcome::Sealed,
            Op::Remove(key) => {
                let old = self.get(key);
                self.remove(key);
                old.map_or(Outcome::Nothing, Outcome::Value)
            }
            Op::Batch(ref parts, ending) => self.batch(parts, ending),
            Op::Seal => {
                self.sealed = true;
                Outcome::Nothing
            }
            Op::Snapshot | Op::Compact => Outcome::Nothing,
        }
    }

    fn register(&mut self, key: u64, or_get: bool) -> Outcome {
        let value = self.values.next();
        match self.get(key) {
            Some(there) if or_get => Outcome::Value(there),
            Some(_) => Outcome::Duplicate(key, value),
            None if self.sealed => Outcome::SealedBack(key, value),
            None => {
                self.put(key, value);
                Outcome::Value(value)
            }
        }
    }

    /// One after the other on a copy; then each key, in the order in which it came first, becomes
    /// what it is there.
    fn batch(&mut self, parts: &[Part], ending: Ending) -> Outcome {
        let (mut copy, mut duplicate) = (self.clone(), None);
        for part in parts {
            match *part {
                Part::Register(key) => {
                    let value = copy.values.next();
                    if copy.get(key).is_some() {
                        duplicate = duplicate.or(Some(Outcome::Duplicate(key, value)));
                    } else {
                        copy.put(key, value);
                    }
                }
                Part::Replace(key) => {
                    let value = copy.values.next();
                    copy.put(key, value);
                }
                Part::Remove(key) => copy.remove(key),
            }
        }
        self.values = copy.values.clone();
        match (ending, duplicate) {
            (Ending::Fails, _) => return Outcome::Failed,
            (Ending::Panics, _) => return Outcome::Panicked,
            (Ending::Fine, Some(duplicate)) => return duplicate,
            (Ending::Fine, None) if self.sealed => return Outcome::Sealed,
            (Ending::Fine, None) => {}
        }
        for (n, part) in parts.iter().enumerate() {
            let key = part.key();
            if parts[..n].iter().any(|earlier| earlier.key() == key) {
                continue;
            }
            match copy.get(key) {
                Some(value) => self.put(key, value),
                None => self.remove(key),
            }
        }
        Outcome::Nothing
    }

    fn put(&mut self, key: u64, value: u64) {
        self.entries.retain(|entry| entry.key != key);
        let stamp = self.version;
        self.entries.push(Entry { key, value, stamp });
        self.version += 1;
        self.kept += 1;
    }

    fn remove(&mut self, key: u64) {
        if self.get(key).is_some() {
            self.entries.retain(|entry| entry.key != key);
            self.version += 1;
        }
    }
}
