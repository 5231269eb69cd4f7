//! Everything whose value one thread computes while others wait, behind one trait.

use std::{cell::RefCell, convert::Infallible, sync::Arc, time::Duration};

use onset::{HedgedCell, OnceCell, OnceMap, Registry, Reload, SnapshotCell, Source, Stale};

/// How a thread computes what it asks for, if nobody has yet.
pub(super) type Need = Arc<dyn Fn() -> u64 + Send + Sync>;

/// For every `new` of an array of kinds.
pub(super) const KINDS: [fn() -> Arc<dyn Thing>; 6] = [
    || Arc::new(OnceCell::<u64>::new()),
    || Arc::new(HedgedCell::<u64>::new(Duration::MAX)),
    || Arc::new(OnceMap::<u8, u64>::new()),
    || Arc::new(SnapshotCell::lazy(needed)),
    || Arc::new(Reload::new(Needed).stale(Stale::Wait)),
    || Arc::new(Registry::with_builtins(|batch| batch.register(1, needed()))),
];

pub(super) trait Thing: Send + Sync {
    /// The value: it is there, or is computed by `need`, or by another thread meanwhile. Or why
    /// there is none.
    fn ask(&self, need: Need) -> Result<u64, String>;

    /// How a message names it.
    fn name(&self) -> &'static str;
}

impl Thing for OnceCell<u64> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        Ok(*self.get_or_init(|| need()))
    }

    fn name(&self) -> &'static str {
        "`OnceCell<u64>`"
    }
}

impl Thing for HedgedCell<u64> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        Ok(*self.get_or_init(|| need()))
    }

    fn name(&self) -> &'static str {
        "`HedgedCell<u64>`"
    }
}

impl Thing for OnceMap<u8, u64> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        Ok(*self.get_or_init(1, |_| need()))
    }

    fn name(&self) -> &'static str {
        "`OnceMap<(u8, u64)>`"
    }
}

std::thread_local! {
    /// For initialisers that know nothing but their thread.
    static NEED: RefCell<Option<Need>> = const { RefCell::new(None) };
}

fn needed() -> u64 {
    let need = NEED.take().expect("asked for by this thread");
    need()
}

fn with_need<R>(need: Need, ask: impl FnOnce() -> R) -> R {
    NEED.set(Some(need));
    let answer = ask();
    NEED.set(None);
    answer
}

impl Thing for SnapshotCell<u64> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        Ok(with_need(need, || *self.load()))
    }

    fn name(&self) -> &'static str {
        "`SnapshotCell<u64>`"
    }
}

impl Thing for Registry<u8, u64> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        Ok(with_need(need, || *self.get(&1).expect("a built-in")))
    }

    fn name(&self) -> &'static str {
        "`Registry<u64>`"
    }
}

pub(super) struct Needed;

impl Source for Needed {
    type Stamp = ();
    type Value = u64;
    type Error = Infallible;

    fn stamp(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn load(&self) -> Result<u64, Infallible> {
        Ok(needed())
    }
}

impl Thing for Reload<Needed> {
    fn ask(&self, need: Need) -> Result<u64, String> {
        with_need(need, || {
            self.get().map(|v| *v).map_err(|error| error.to_string())
        })
    }

    fn name(&self) -> &'static str {
        "`Reload<it::circles::things::Needed>`"
    }
}
