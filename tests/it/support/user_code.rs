//! Keys and values whose `Hash`, `Eq` and destructor do something besides, when a test asks for it.

use std::{
    borrow::Borrow,
    cell::Cell,
    fmt,
    hash::{Hash, Hasher},
    thread,
};

use super::{Ledger, Tracked};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    Hash,
    Eq,
    Drop,
}

/// What is to happen, once, after so many moments of that sort have passed.
type Planned = (Moment, usize, fn());

thread_local! {
    /// On this thread.
    static PLAN: Cell<Option<Planned>> = const { Cell::new(None) };
}

/// That something was planned. A plan to which it never came is a test that tested nothing.
#[must_use]
pub(crate) struct Plan(());

impl Plan {
    /// It may not have come to that.
    pub(crate) fn forget(self) {
        PLAN.take();
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        let left = PLAN.take();
        assert!(
            left.is_none() || thread::panicking(),
            "it never came to that"
        );
    }
}

/// On this thread, `f` happens at the next such moment.
pub(crate) fn at_the_next(moment: Moment, f: fn()) -> Plan {
    after(0, moment, f)
}

/// On this thread, `f` happens once, after so many moments of that sort.
pub(crate) fn after(others: usize, moment: Moment, f: fn()) -> Plan {
    assert!(PLAN.replace(Some((moment, others, f))).is_none());
    Plan(())
}

fn now(moment: Moment) {
    match PLAN.take() {
        Some((planned, 0, f)) if planned == moment => f(),
        Some((planned, others, f)) if planned == moment => {
            PLAN.set(Some((planned, others - 1, f)));
        }
        plan => PLAN.set(plan),
    }
}

/// A counted key or value; looked up by its number, it is not asked to compare itself.
pub(crate) struct Item(Tracked);

impl Item {
    pub(crate) fn new(ledger: &'static Ledger, id: u64) -> Self {
        Self(ledger.value(id))
    }

    #[track_caller]
    pub(crate) fn id(&self) -> u64 {
        self.0.id()
    }
}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        now(Moment::Hash);
        self.id().hash(state);
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        now(Moment::Eq);
        self.id() == other.id()
    }
}

impl Eq for Item {}

impl Borrow<u64> for Item {
    fn borrow(&self) -> &u64 {
        self.0.number()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        now(Moment::Drop);
    }
}
