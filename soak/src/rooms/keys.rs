//! Keys whose `Hash` or `Eq` may panic.

use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    panic::resume_unwind,
};

use equivalent::Equivalent;

use crate::{
    dice::Dice,
    faults::Injected,
    tally::{Count, Tally},
    values::Value,
};

/// What goes wrong with keys on this thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trick {
    None,
    /// The next `Hash` panics.
    Hash,
    /// So many `Eq` go well; the one after them panics.
    Eq(u32),
}

impl Trick {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0 => Self::Hash,
            1 | 2 => Self::Eq(dice.below(3) as u32),
            _ => Self::None,
        }
    }
}

thread_local! {
    static TRICK: Cell<Trick> = const { Cell::new(Trick::None) };
}

/// Runs `f`, in which a key does its trick.
pub(crate) fn with<R>(trick: Trick, f: impl FnOnce() -> R) -> R {
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            TRICK.set(Trick::None);
        }
    }
    TRICK.set(trick);
    let _back = Back;
    f()
}

fn panic(tally: &Tally) -> ! {
    TRICK.set(Trick::None);
    tally.add(Count::KeyPanics);
    resume_unwind(Box::new(Injected))
}

/// Called where something is hashed.
pub(crate) fn hash(tally: &Tally) {
    if TRICK.get() == Trick::Hash {
        panic(tally);
    }
}

/// Called where something is compared.
pub(crate) fn compare(tally: &Tally) {
    match TRICK.get() {
        Trick::Eq(0) => panic(tally),
        Trick::Eq(left) => TRICK.set(Trick::Eq(left - 1)),
        _ => {}
    }
}

/// A number that is a key, with a value of its own, so that lost keys are missed.
pub(crate) struct Key {
    number: usize,
    value: Value,
}

impl Key {
    pub(crate) fn new(number: usize, value: Value) -> Self {
        Self { number, value }
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    pub(crate) fn check(&self) {
        self.value.id();
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        compare(self.value.tally());
        self.number == other.number
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.value.tally());
        coarse(self.number).hash(state);
    }
}

/// Several keys hash alike, so that they have to be compared.
fn coarse(number: usize) -> usize {
    number / 2
}

/// What a key is looked up by.
pub(crate) struct Number {
    number: usize,
    tally: &'static Tally,
}

impl Number {
    pub(crate) fn new(number: usize, tally: &'static Tally) -> Self {
        Self { number, tally }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.tally);
        coarse(self.number).hash(state);
    }
}

impl Equivalent<Key> for Number {
    fn equivalent(&self, key: &Key) -> bool {
        compare(self.tally);
        self.number == key.number
    }
}
