//! The operations, and what each does to the model: pairs in the order of publication.

use super::Outcome;

/// What can be done to a map by one thread. The first number is the key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Get(u64),
    Init(u64),
    InitFails(u64),
    InitPanics(u64),
    /// A closure that has the value of another key computed, or of the same one.
    InitInside(u64, u64),
    /// A closure that inserts a value for another key, or for the same one.
    InsertInside(u64, u64),
    Insert(u64),
    /// From one key on, so many.
    InsertMany(u64, u64),
    Remove(u64),
    RemoveMany(u64, u64),
    Iterate,
    /// From the other end.
    IterateBack,
    Clear,
    /// It is taken apart, and made again of that.
    Rebuild,
}

/// The value that the step's outer closure makes, or that is inserted; and that of the inner one.
pub(super) const fn values(step: u64) -> (u64, u64) {
    (2 * step, 2 * step + 1)
}

pub(super) struct Model {
    pairs: Vec<(u64, u64)>,
    /// Whether recursion on the same key panics; otherwise the inner value wins.
    once: bool,
    step: u64,
}

impl Model {
    pub(super) fn new(once: bool) -> Self {
        let pairs = Vec::new();
        Self {
            pairs,
            once,
            step: 0,
        }
    }

    pub(super) fn pairs(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.pairs.iter().copied()
    }

    pub(super) fn get(&self, key: u64) -> Option<u64> {
        self.pairs()
            .find(|(other, _)| *other == key)
            .map(|(_, value)| value)
    }

    fn add(&mut self, key: u64, value: u64) -> Outcome {
        let present = self.get(key);
        if present.is_none() {
            self.pairs.push((key, value));
        }
        Outcome::Value(present.unwrap_or(value))
    }

    fn remove(&mut self, key: u64) -> Outcome {
        match self.pairs.iter().position(|(other, _)| *other == key) {
            None => Outcome::Nothing,
            Some(place) => {
                let (key, value) = self.pairs.remove(place);
                Outcome::Back(key, value)
            }
        }
    }

    pub(super) fn apply(&mut self, op: Op) -> Outcome {
        self.step += 1;
        let (outer, inner) = values(self.step);
        match op {
            Op::Get(key) => self.get(key).map_or(Outcome::Nothing, Outcome::Value),
            Op::Init(key) => self.add(key, outer),
            Op::Insert(key) if self.get(key).is_some() => Outcome::Back(key, outer),
            Op::Insert(key) => self.add(key, outer),
            Op::InitFails(key) | Op::InitPanics(key) if self.get(key).is_some() => {
                self.add(key, outer)
            }
            Op::InitFails(_) => Outcome::Failed(outer),
            Op::InitPanics(_) => Outcome::Panicked,
            Op::InitInside(key, other) | Op::InsertInside(key, other) => {
                if self.get(key).is_none() {
                    if key == other && self.once {
                        return Outcome::Panicked;
                    }
                    self.add(other, inner);
                }
                self.add(key, outer)
            }
            Op::InsertMany(from, keys) => {
                (from..from + keys).for_each(|key| drop(self.add(key, key + outer)));
                Outcome::Nothing
            }
            Op::Remove(key) => self.remove(key),
            Op::RemoveMany(from, keys) => {
                (from..from + keys).for_each(|key| drop(self.remove(key)));
                Outcome::Nothing
            }
            Op::Iterate => Outcome::All(self.pairs.clone()),
            Op::IterateBack => Outcome::All(self.pairs().rev().collect()),
            Op::Rebuild => Outcome::Nothing,
            Op::Clear => {
                self.pairs.clear();
                Outcome::Nothing
            }
        }
    }
}
