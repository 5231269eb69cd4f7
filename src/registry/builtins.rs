//! What a registry holds before anybody registers anything.

use crate::{
    index::Index,
    wait::{
        computing::{Kind, Site},
        gate::{Endless, Gate, Turn},
    },
};

use super::{Batch, raw::Sealing};

/// Registers the built-ins.
pub(super) type Load<K, V, S> = fn(&mut Batch<'_, K, V, S>);

pub(super) struct Builtins<K, V, S> {
    load: Option<Load<K, V, S>>,
    gate: Gate<Endless>,
}

const KIND: &Kind =
    &Kind::initialised("Registry", "register the built-ins through the batch alone");

impl<K, V, S> Builtins<K, V, S> {
    pub(super) const fn none() -> Self {
        Self {
            load: None,
            gate: Gate::done(Endless),
        }
    }

    pub(super) const fn of(load: Load<K, V, S>) -> Self {
        Self {
            load: Some(load),
            gate: Gate::new(Endless),
        }
    }

    /// Sees to it that the built-ins are there: loads them, or waits for whoever does.
    #[track_caller]
    pub(super) fn ensure(&self, index: &Index<K, V, Sealing>, hasher: &S) {
        let Some(load) = self.load else { return };
        let site = Site::of::<V>(KIND);
        if let Turn::Mine(claim) = self.gate.enter(site) {
            claim.compute(site, || {
                let mut batch = Batch::new(index, hasher);
                load(&mut batch);
                batch.commit_builtins();
            });
            claim.finish();
        }
    }
}
