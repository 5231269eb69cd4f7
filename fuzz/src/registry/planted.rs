//! A registry with an error, which must be found: otherwise the other targets prove nothing.

use std::{cell::RefCell, collections::HashMap};

use super::{Out, Plain, Subject, What, subject};
use crate::item::{Hashing, Item, Ledger};

/// A key that was replaced comes back when it is removed, with its older value.
pub struct Forgetful {
    registry: Plain,
    /// The values that each key had since it was removed.
    versions: RefCell<HashMap<u64, Vec<u64>>>,
}

impl Subject for Forgetful {
    fn new(hashing: Hashing) -> Self {
        Self {
            registry: Plain::new(hashing),
            versions: RefCell::default(),
        }
    }

    fn plain(&self) -> &Plain {
        &self.registry
    }

    fn plain_mut(&mut self) -> &mut Plain {
        &mut self.registry
    }

    fn into_entries(self) -> Vec<(Item, Item)> {
        self.registry.into_iter().collect()
    }

    fn one(&self, what: What, key: u64, value: u64, ledger: &Ledger) -> Out {
        let out = subject::one(&self.registry, what, key, value, ledger);
        let came = match what {
            What::Register => out == Out::Value(value),
            What::Replace => out != Out::Sealed,
            _ => false,
        };
        let mut versions = self.versions.borrow_mut();
        if came {
            versions.entry(key).or_default().push(value);
        }
        if let (What::Remove, Out::Value(_)) = (what, out) {
            let gone = versions.remove(&key).unwrap_or_default();
            if let [.., older, _] = gone[..] {
                subject::one(&self.registry, What::Register, key, older, ledger);
            }
        }
        out
    }
}
