//! A visit to the values of all threads: what it still has to see, it holds up.

use alloc::vec::Vec;

use super::raw::Pinned;
use crate::wait::computing::{self, Key, Kind, Site};

const KIND: &Kind = &Kind {
    name: "PerThread",
    does: "visits",
    remedy: "take no value out while this thread visits it",
    remedy_in_a_circle: Some(
        "within a visit, do not wait for a thread whose value is still to be seen",
    ),
};

pub(super) struct Visit<'a, T> {
    site: Site,
    values: Vec<Pinned<'a, T>>,
    /// For what the values' threads wait, who want to take them out.
    keys: Vec<Key>,
}

impl<'a, T> Visit<'a, T> {
    #[track_caller]
    pub(super) fn of(values: Vec<Pinned<'a, T>>) -> Self {
        Self {
            site: Site::of::<T>(KIND),
            keys: values.iter().map(Pinned::key).collect(),
            values,
        }
    }

    /// Shows `f` one more value, and lets go of it; `false` if there was none.
    pub(super) fn next(&mut self, f: impl FnOnce(&T)) -> bool
    where
        T: Sync,
    {
        let Some(value) = self.values.last() else {
            return false;
        };
        computing::visit(&self.keys, self.site, || f(value));
        self.let_go();
        true
    }

    /// Lets go of one value. If its thread has exited, the value's destructor runs here, and holds up
    /// those that are left.
    fn let_go(&mut self) {
        let value = self.values.pop();
        self.keys.pop();
        computing::visit(&self.keys, self.site, || drop(value));
    }
}

impl<T> Drop for Visit<'_, T> {
    /// After a panic.
    fn drop(&mut self) {
        while !self.values.is_empty() {
            self.let_go();
        }
    }
}
