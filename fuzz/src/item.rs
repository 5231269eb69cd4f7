//! Keys and values that are counted, and do as planned.

use std::{
    borrow::Borrow,
    fmt,
    hash::{BuildHasher, Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arbitrary::Arbitrary;

use crate::plan::{Moment, reached};

/// Which of an input's items are alive, by serial number.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<bool>>>);

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Vec<bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new item.
    pub fn item(&self, id: u64) -> Item {
        let mut alive = self.lock();
        alive.push(true);
        Item {
            // On the heap, where the sanitizer sees an access that comes too late.
            id: Box::new(id),
            serial: alive.len() - 1,
            ledger: self.clone(),
        }
    }

    /// How many are alive.
    pub fn alive(&self) -> usize {
        self.lock().iter().filter(|alive| **alive).count()
    }
}

/// A counted key or value.
pub struct Item {
    id: Box<u64>,
    serial: usize,
    ledger: Ledger,
}

impl Item {
    /// Its number, by which it is looked up.
    pub fn id(&self) -> u64 {
        assert!(self.ledger.lock()[self.serial], "an item that was dropped");
        *self.id
    }
}

impl Item {
    /// As [`id`](Self::id), in place.
    pub fn number(&self) -> &u64 {
        self.id();
        &self.id
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let was_alive = std::mem::take(&mut self.ledger.lock()[self.serial]);
        assert!(was_alive, "an item that is dropped twice");
        reached(Moment::Drop);
    }
}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let lies = u64::from(reached(Moment::Hash));
        state.write_u64(self.id() ^ lies);
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        let lies = reached(Moment::Eq);
        (self.id() == other.id()) != lies
    }
}

impl Eq for Item {}

/// Looked up by its number, an item is not asked to compare itself.
impl Borrow<u64> for Item {
    fn borrow(&self) -> &u64 {
        self.number()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.id())
    }
}

/// How keys are hashed: the same in each run, and with the collisions that an input wants.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
pub enum Hashing {
    /// All alike.
    #[default]
    Alike,
    /// By the lowest bit, so that a lie moves a key to the others.
    TwoSorts,
    /// The number itself: hardly a bit is set.
    Plain,
    /// The number, spread over all bits.
    Spread,
}

/// Hashes one number.
pub struct Numbers {
    by: Hashing,
    number: u64,
}

impl BuildHasher for Hashing {
    type Hasher = Numbers;

    fn build_hasher(&self) -> Numbers {
        let (by, number) = (*self, 0);
        Numbers { by, number }
    }
}

impl Hasher for Numbers {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are hashed");
    }

    fn write_u64(&mut self, number: u64) {
        self.number = number;
    }

    fn finish(&self) -> u64 {
        match self.by {
            Hashing::Alike => 7,
            Hashing::TwoSorts => (self.number & 1).wrapping_mul(u64::MAX),
            Hashing::Plain => self.number,
            Hashing::Spread => self
                .number
                .wrapping_add(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }
}
