//! Values that count their drops.

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::planned_panic;

/// What was made and what was dropped.
///
/// `Relaxed` throughout: a ledger must not put in order what the cell under test has to.
#[derive(Default)]
pub(crate) struct Ledger {
    made: AtomicUsize,
    dropped: AtomicUsize,
    /// Grows with each value by a number of its own and shrinks by the same one: a leak and a
    /// double drop do not cancel out.
    balance: AtomicU64,
}

/// Every ledger, for ever: a value that is dropped twice still finds its own.
static LEDGERS: Mutex<Vec<&'static Ledger>> = Mutex::new(Vec::new());

impl Ledger {
    pub(crate) fn new() -> &'static Self {
        let ledger: &'static Self = Box::leak(Box::default());
        LEDGERS.lock().unwrap().push(ledger);
        ledger
    }

    /// A value that is entered here.
    pub(crate) fn value(&'static self, id: u64) -> Tracked {
        let serial = self.made.fetch_add(1, Ordering::Relaxed) as u64;
        self.balance
            .fetch_add(own_number(serial), Ordering::Relaxed);
        Tracked {
            body: [seal(id, serial); 4],
            id,
            serial,
            ledger: self,
        }
    }

    pub(crate) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// How many values are alive; asked when no thread is making or dropping any.
    #[track_caller]
    pub(crate) fn alive(&self) -> usize {
        let dropped = self.dropped.load(Ordering::Relaxed);
        let alive = self.made().checked_sub(dropped);
        let alive = alive.expect("more values were dropped than made");
        let balance = self.balance.load(Ordering::Relaxed);
        assert!(alive > 0 || balance == 0, "dropped twice, and one leaked");
        alive
    }
}

const fn own_number(serial: u64) -> u64 {
    (serial + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const fn seal(id: u64, serial: u64) -> u64 {
    id.rotate_left(32) ^ own_number(serial)
}

/// A value whose making and dropping are counted, and that can tell whether all of it is there.
pub(crate) struct Tracked {
    body: [u64; 4],
    id: u64,
    serial: u64,
    ledger: &'static Ledger,
}

impl Tracked {
    #[track_caller]
    pub(crate) fn id(&self) -> u64 {
        let seal = seal(self.id, self.serial);
        assert_eq!(self.body, [seal; 4], "half a value, or a dropped one");
        self.id
    }

    /// As [`id`](Self::id), in place.
    #[track_caller]
    pub(crate) fn number(&self) -> &u64 {
        self.id();
        &self.id
    }

    /// Changes the value in place.
    pub(crate) fn write(&mut self, id: u64) {
        self.id = id;
        self.body = [seal(id, self.serial); 4];
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let ledger = self.ledger;
        ledger.dropped.fetch_add(1, Ordering::Relaxed);
        ledger
            .balance
            .fetch_sub(own_number(self.serial), Ordering::Relaxed);
        self.body = [0; 4];
    }
}

/// A value with this id panics when it is cloned.
pub(crate) const UNCLONABLE: u64 = u64::MAX;

impl Clone for Tracked {
    fn clone(&self) -> Self {
        if self.id() == UNCLONABLE {
            planned_panic();
        }
        self.ledger.value(self.id())
    }
}

impl PartialEq for Tracked {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.id())
    }
}
