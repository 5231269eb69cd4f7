//! What can be a part of a circle: whatever waits without an end for an initialiser.

use std::time::Duration;

use onset::{Batch, HedgedCell, Lazy, OnceCell, OnceMap, ProcessSeeded, Registry, SnapshotCell};

use crate::{hand, values::Value};

pub(super) enum Node {
    Once(OnceCell<Value>),
    Lazy(Lazy<Value>),
    Hedged(HedgedCell<Value>),
    /// Boxed: it is large.
    Key(Box<OnceMap<u8, Value>>),
    Snapshot(SnapshotCell<Value>),
    Builtins(Box<Registry<u8, Value>>),
}

fn load(batch: &mut Batch<'_, u8, Value, ProcessSeeded>) {
    batch.register(0, hand::run_or_panic());
}

impl Node {
    pub(super) fn of_kind(kind: usize) -> Self {
        match kind % 6 {
            0 => Self::Once(OnceCell::new()),
            1 => Self::Key(Box::default()),
            2 => Self::Snapshot(SnapshotCell::lazy(hand::run_or_panic)),
            3 => Self::Hedged(HedgedCell::new(Duration::MAX)),
            4 => Self::Builtins(Box::new(Registry::with_builtins(load))),
            _ => Self::Lazy(Lazy::new(hand::run_or_panic)),
        }
    }

    /// The number of its value, computed as was handed over if there is none.
    pub(super) fn ask(&self) -> u64 {
        match self {
            Self::Once(cell) => cell.get_or_init(hand::run_or_panic).id(),
            Self::Lazy(lazy) => Lazy::force(lazy).id(),
            Self::Hedged(cell) => cell.get_or_init(hand::run_or_panic).id(),
            Self::Key(map) => map.get_or_init(0, |_| hand::run_or_panic()).id(),
            Self::Snapshot(cell) => cell.load().id(),
            Self::Builtins(registry) => registry.get(&0).map_or(0, Value::id),
        }
    }
}
