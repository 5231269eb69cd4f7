//! What can be a part of a circle: whatever waits without an end for an initialiser.

use std::time::Duration;

use onset::{
    Batch, HedgedCell, Lazy, LoadError, OnceCell, OnceMap, ProcessSeeded, Registry, Reload,
    SnapshotCell, Source,
};

use crate::{
    faults::{self, Caught, Failed},
    hand,
    values::Value,
};

pub(super) const KINDS: usize = 7;

pub(super) enum Node {
    Once(OnceCell<Value>),
    Lazy(Lazy<Value>),
    Hedged(HedgedCell<Value>),
    /// Boxed: it is large.
    Key(Box<OnceMap<u8, Value>>),
    Snapshot(SnapshotCell<Value>),
    Builtins(Box<Registry<u8, Value>>),
    Reload(Box<Reload<Handed>>),
}

/// A source whose value is computed as was handed over.
pub(super) struct Handed;

impl Source for Handed {
    type Value = Value;
    type Stamp = ();
    type Error = Failed;

    fn stamp(&self) -> Result<(), Failed> {
        Ok(())
    }

    fn load(&self) -> Result<Value, Failed> {
        Ok(hand::run_or_panic())
    }
}

fn load(batch: &mut Batch<'_, u8, Value, ProcessSeeded>) {
    batch.register(0, hand::run_or_panic());
}

impl Node {
    pub(super) fn of_kind(kind: usize) -> Self {
        match kind % KINDS {
            0 => Self::Once(OnceCell::new()),
            1 => Self::Key(Box::default()),
            2 => Self::Snapshot(SnapshotCell::lazy(hand::run_or_panic)),
            3 => Self::Hedged(HedgedCell::new(Duration::MAX)),
            4 => Self::Builtins(Box::new(Registry::with_builtins(load))),
            5 => Self::Reload(Box::new(Reload::new(Handed).check_every(Duration::MAX))),
            _ => Self::Lazy(Lazy::new(hand::run_or_panic)),
        }
    }

    /// The number of its value, computed as was handed over if there is none.
    ///
    /// A `Reload` makes an error of a panic of its source, which says why.
    pub(super) fn ask(&self) -> Result<u64, Caught> {
        Ok(match self {
            Self::Once(cell) => cell.get_or_init(hand::run_or_panic).id(),
            Self::Lazy(lazy) => Lazy::force(lazy).id(),
            Self::Hedged(cell) => cell.get_or_init(hand::run_or_panic).id(),
            Self::Key(map) => map.get_or_init(0, |_| hand::run_or_panic()).id(),
            Self::Snapshot(cell) => cell.load().id(),
            Self::Builtins(registry) => registry.get(&0).map_or(0, Value::id),
            Self::Reload(reload) => match reload.get() {
                Ok(guard) => guard.id(),
                Err(LoadError::Panicked(text)) => return Err(faults::classify_text(&text)),
                Err(LoadError::Failed(_)) => return Err(Caught::Injected),
            },
        })
    }
}
