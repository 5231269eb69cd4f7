//! The operations, and the model: a map from threads to values for each object.

use std::collections::BTreeMap;

use crate::per_thread::STUCK;

pub(super) const THREADS: usize = 3;
pub(super) const OBJECTS: usize = 3;

/// What one thread can do with one object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    With,
    /// Where there is no value, the initialiser panics.
    WithPanics,
    Remove,
    /// Ask for the value, then for that of the next object, inside.
    Nest,
    /// Look at all values, with a first use inside.
    Visit,
    /// A unit of work that writes the number, and then succeeds or fails.
    Work(u64, bool),
}

/// What the owner of an object can do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    Clear,
    /// Adds a number to all values.
    Write(u64),
    /// Takes one value, and drops the others.
    IntoIter,
    Replace,
    /// The object moves; nothing else changes.
    Move,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Do(usize, usize, Deed),
    Own(usize, Rule),
    /// The thread exits, and a new one takes its part.
    Exit(usize),
}

/// What the thread learned: numbers, or that it panicked.
pub(super) type Outcome = Result<Vec<u64>, ()>;

/// The values of each object, by thread.
#[derive(Default)]
pub(super) struct Model {
    values: [BTreeMap<usize, u64>; OBJECTS],
    /// The number of the next value.
    next: u64,
}

impl Model {
    fn with(&mut self, thread: usize, object: usize) -> u64 {
        *self.values[object].entry(thread).or_insert_with(|| {
            self.next += 1;
            self.next - 1
        })
    }

    pub(super) fn ids(&self, object: usize) -> Vec<u64> {
        let mut ids: Vec<_> = self.values[object].values().copied().collect();
        ids.sort_unstable();
        ids
    }

    pub(super) fn act(&mut self, thread: usize, object: usize, deed: Deed) -> Outcome {
        match deed {
            Deed::With => Ok(vec![self.with(thread, object)]),
            Deed::WithPanics => {
                let there = self.values[object].get(&thread);
                there.map(|id| vec![*id]).ok_or(())
            }
            Deed::Remove => Ok(self.values[object].remove(&thread).into_iter().collect()),
            Deed::Nest => {
                let outer = self.with(thread, object);
                Ok(vec![outer, self.with(thread, (object + 1) % OBJECTS)])
            }
            Deed::Visit => {
                let seen = self.ids(object);
                if !seen.is_empty() {
                    self.with(thread, object);
                }
                Ok(seen)
            }
            Deed::Work(id, works) => {
                let before = self.with(thread, object);
                if id == STUCK {
                    self.values[object].remove(&thread);
                } else {
                    self.values[object].insert(thread, id);
                }
                Ok(vec![before, u64::from(works), u64::from(id == STUCK)])
            }
        }
    }

    pub(super) fn own(&mut self, object: usize, rule: Rule) {
        match rule {
            Rule::Move => {}
            Rule::Write(more) => self.values[object].values_mut().for_each(|id| *id += more),
            Rule::Clear | Rule::IntoIter | Rule::Replace => self.values[object].clear(),
        }
    }

    pub(super) fn exit(&mut self, thread: usize) {
        for values in &mut self.values {
            values.remove(&thread);
        }
    }

    pub(super) fn total(&self) -> usize {
        self.values.iter().map(BTreeMap::len).sum()
    }
}
