//! What the operations do to a registry.

use std::hash::BuildHasher;

use onset::{Batch, BatchError, Reason, Refused, Registry};

use super::model::{Ending, Op, Outcome, Part, Values};
use crate::support::{Item, Ledger, catch, planned_panic};

pub(super) struct Actual<S> {
    pub(super) registry: Registry<Item, Item, S>,
    pub(super) ledger: &'static Ledger,
    values: std::cell::RefCell<Values>,
}

impl<S: BuildHasher + Default> Actual<S> {
    pub(super) fn new() -> Self {
        let (registry, values) = (Registry::default(), Default::default());
        let ledger = Ledger::new();
        Self {
            registry,
            ledger,
            values,
        }
    }

    fn item(&self, id: u64) -> Item {
        Item::new(self.ledger, id)
    }

    fn value(&self) -> Item {
        self.item(self.values.borrow_mut().next())
    }

    pub(super) fn carry_out(&self, op: &Op) -> Outcome {
        let there = |value: Option<&Item>| match value {
            Some(value) => Outcome::Value(value.id()),
            None => Outcome::Nothing,
        };
        match *op {
            Op::Register(key) => {
                let outcome = self.registry.register(self.item(key), self.value());
                outcome.map_or_else(|refused| back(&refused), |value| there(Some(value)))
            }
            Op::RegisterOrGet(key) => {
                let outcome = self.registry.register_or_get(self.item(key), self.value());
                outcome.map_or_else(|refused| back(&refused), |value| there(Some(value)))
            }
            Op::Replace(key) => {
                let outcome = self.registry.replace(self.item(key), self.value());
                outcome.map_or_else(|refused| back(&refused), there)
            }
            Op::Remove(key) => {
                let outcome = self.registry.remove(&self.item(key));
                outcome.map_or(Outcome::Sealed, there)
            }
            Op::Batch(ref parts, ending) => self.batch(parts, ending),
            Op::Seal => {
                self.registry.seal();
                Outcome::Nothing
            }
            Op::Snapshot | Op::Compact => Outcome::Nothing,
        }
    }

    fn batch(&self, parts: &[Part], ending: Ending) -> Outcome {
        let fill = |batch: &mut Batch<'_, Item, Item, S>| {
            for part in parts {
                match *part {
                    Part::Register(key) => batch.register(self.item(key), self.value()),
                    Part::Replace(key) => batch.replace(self.item(key), self.value()),
                    Part::Remove(key) => batch.remove(self.item(key)),
                }
            }
            match ending {
                Ending::Fine => Ok(()),
                Ending::Fails => Err(()),
                Ending::Panics => planned_panic(),
            }
        };
        match catch(|| self.registry.batch(fill)) {
            Ok(Ok(())) => Outcome::Nothing,
            Ok(Err(BatchError::Failed(()))) => Outcome::Failed,
            Ok(Err(BatchError::Sealed)) => Outcome::Sealed,
            Ok(Err(BatchError::Duplicate { key, value })) => {
                Outcome::Duplicate(key.id(), value.id())
            }
            Err(_) => Outcome::Panicked,
        }
    }
}

fn back(refused: &Refused<Item, Item>) -> Outcome {
    let (key, value) = (refused.key.id(), refused.value.id());
    match refused.reason {
        Reason::Duplicate => Outcome::Duplicate(key, value),
        Reason::Sealed => Outcome::SealedBack(key, value),
    }
}
