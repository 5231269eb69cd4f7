//! What the operations do to a registry.

use onset::{BatchError, Refused, Registry};

use super::model::{Ending, Key, Out, What, in_batch};
use crate::{
    item::{Hashing, Item, Ledger},
    panics::planned,
};

/// The registry that is fuzzed, or a broken copy.
pub type Plain = Registry<Item, Item, Hashing>;

/// A registry, or something around it that is broken and must be found.
pub trait Subject: Sized + 'static {
    fn new(hashing: Hashing) -> Self;

    fn plain(&self) -> &Plain;

    fn plain_mut(&mut self) -> &mut Plain;

    fn into_entries(self) -> Vec<(Item, Item)>;

    fn one(&self, what: What, key: u64, value: u64, ledger: &Ledger) -> Out {
        one(self.plain(), what, key, value, ledger)
    }

    /// The values of the parts are numbered from `first` on.
    fn batch(&self, parts: &[(What, Key)], ending: Ending, first: u64, ledger: &Ledger) -> Out {
        let outcome = self.plain().batch(|batch| {
            for ((what, key), value) in parts.iter().zip(first..) {
                let (key, value) = (ledger.item(key.id()), ledger.item(value));
                match in_batch(*what) {
                    What::Get | What::RegisterOrGet => {}
                    What::Register => batch.register(key, value),
                    What::Replace => batch.replace(key, value),
                    What::Remove => batch.remove(key),
                }
            }
            match ending {
                Ending::Fine => Ok(()),
                Ending::Fails => Err(()),
                Ending::Panics => planned(),
            }
        });
        match outcome {
            Ok(()) => Out::Nothing,
            Err(BatchError::Failed(())) => Out::Failed,
            Err(BatchError::Duplicate { key, value }) => Out::Duplicate(key.id(), value.id()),
            Err(BatchError::Sealed) => Out::Sealed,
        }
    }
}

pub(super) fn one(registry: &Plain, what: What, key: u64, value: u64, ledger: &Ledger) -> Out {
    let there = |value: Option<&Item>| value.map(Item::id).into();
    let key = ledger.item(key);
    match what {
        What::Get => there(registry.get(&key)),
        What::Remove => registry.remove(&key).map_or(Out::Sealed, there),
        What::Register => registry
            .register(key, ledger.item(value))
            .map_or_else(back, |value| Out::Value(value.id())),
        What::RegisterOrGet => registry
            .register_or_get(key, ledger.item(value))
            .map_or_else(back, |value| Out::Value(value.id())),
        What::Replace => registry
            .replace(key, ledger.item(value))
            .map_or_else(back, there),
    }
}

fn back(refused: Refused<Item, Item>) -> Out {
    let (key, value) = (refused.key.id(), refused.value.id());
    match refused.reason {
        onset::Reason::Duplicate => Out::Duplicate(key, value),
        onset::Reason::Sealed => Out::Sealed,
    }
}

impl Subject for Plain {
    fn new(hashing: Hashing) -> Self {
        Self::with_hasher(hashing)
    }

    fn plain(&self) -> &Plain {
        self
    }

    fn plain_mut(&mut self) -> &mut Plain {
        self
    }

    fn into_entries(self) -> Vec<(Item, Item)> {
        self.into_iter().collect()
    }
}
