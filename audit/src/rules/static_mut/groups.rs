//! Statics that belong together: used by the same functions.

use std::collections::{HashMap, HashSet};

use crate::resolve::{ItemRef, Resolved};

/// From so many `static mut` on that one function uses, they are one thing in pieces.
const MANY: usize = 5;

/// Which statics belong together.
pub(super) struct Groups {
    of: HashMap<ItemRef, usize>,
}

impl Groups {
    pub(super) fn of(resolved: &Resolved<'_>) -> Self {
        let mut by_function: HashMap<(usize, usize), HashSet<ItemRef>> = HashMap::new();
        for (item, of, uses) in resolved.statics() {
            if !of.mutable || of.function.is_some() {
                continue;
            }
            for at in uses {
                if let Some(function) = resolved.used(*at).function {
                    by_function
                        .entry((at.file, function))
                        .or_default()
                        .insert(item);
                }
            }
        }
        let mut of: HashMap<ItemRef, usize> = HashMap::new();
        for together in by_function.values().filter(|items| items.len() >= MANY) {
            for item in together {
                let most = of.entry(*item).or_default();
                *most = (*most).max(together.len());
            }
        }
        Self { of }
    }

    /// How many statics one function uses together with this one, itself counted, if they are many.
    pub(super) fn size(&self, item: ItemRef) -> Option<usize> {
        self.of.get(&item).copied()
    }
}
