//! The operations, and what they do to the number of the current value.

use arbitrary::Arbitrary;

use super::Out;
use crate::snapshot::hand::Start;

/// One of the guards, readers and values that a thread holds.
pub type Slot = u8;

/// How something ends.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Well,
    Fails,
    Panics,
}

/// What a thread does.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Deed {
    Load,
    LoadFull,
    Reader,
    /// By a reader that it has.
    Read(Slot),
    Drop(Slot),
    Clone(Slot),
    Store,
    Swap,
    /// Whether what a slot holds is still current.
    CompareAndSwap(Slot),
    /// The closure publishes so many values itself first.
    Update(u8, End),
    Wait,
}

/// What a lazy cell's initialiser does besides.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Init {
    Well,
    Panics,
    Loads,
    Stores,
}

/// What a destructor does besides, once, after others.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Goes {
    Well,
    Panics(u8),
    Loads(u8),
    Stores(u8),
}

/// An operation.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Op {
    Do(u8, Deed, Init, Goes),
    Exit(u8),
}

/// The numbers of an operation's values, from its first one on.
pub(super) const FIRST_VALUE: u64 = 1;
pub(super) const STORED_BY_INIT: u64 = 2;
pub(super) const STORED_BY_DROP: u64 = 3;
pub(super) const INSIDE: u64 = 10;

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) current: Option<u64>,
    pub(super) generation: u64,
}

impl Model {
    pub(super) fn publish(&mut self, value: u64) {
        self.current = Some(value);
        self.generation += 1;
    }

    /// The current value, computed if there is none.
    fn load(&mut self, start: Start) -> Result<u64, Out> {
        if let Some(value) = self.current {
            return Ok(value);
        }
        match start.init {
            Init::Well => self.publish(start.first + FIRST_VALUE),
            Init::Panics => return Err(Out::Panicked),
            Init::Loads => return Err(Out::Refused),
            Init::Stores => self.publish(start.first + STORED_BY_INIT),
        }
        Ok(self.current.expect("just published"))
    }

    /// What the deed comes to; nothing if that depends on what the thread holds.
    pub(super) fn act(&mut self, deed: Deed, start: Start) -> Option<Out> {
        let done = match deed {
            Deed::Load | Deed::LoadFull | Deed::Reader => self.load(start).map(Out::Value),
            Deed::Store => {
                self.publish(start.first);
                Ok(Out::Nothing)
            }
            Deed::Swap => self.load(start).map(|old| {
                self.publish(start.first);
                Out::Value(old)
            }),
            Deed::Update(stores, end) => self.update(stores, end, start),
            Deed::Wait => Ok(Out::Value(self.generation)),
            Deed::Read(_) | Deed::Drop(_) | Deed::Clone(_) | Deed::CompareAndSwap(_) => {
                return None;
            }
        };
        Some(done.unwrap_or_else(|out| out))
    }

    fn update(&mut self, stores: u8, end: End, start: Start) -> Result<Out, Out> {
        self.load(start)?;
        for n in 0..u64::from(stores % 3) {
            self.publish(start.first + INSIDE + n);
        }
        match end {
            End::Fails => return Err(Out::Failed),
            End::Panics => return Err(Out::Panicked),
            End::Well => self.publish(start.first),
        }
        Ok(Out::Value(start.first))
    }

    /// Compares; where a destructor did something, or where it depends on what the thread holds, with
    /// what must hold all the same.
    pub(super) fn judge(
        &mut self,
        before: &Self,
        (out, is_faulty, held): (Out, bool, Option<u64>),
        expected: Option<Out>,
        (current, generation): (Option<u64>, u64),
        start: Start,
    ) {
        if let (Some(expected), false) = (expected, is_faulty) {
            assert_eq!(out, expected, "{self:?} was {before:?}");
            return;
        }
        match (out, is_faulty) {
            (Out::Changed(there, back), false) => {
                assert_eq!((Some(there), back), (before.current, start.first));
                assert_ne!(held, before.current, "it was current");
            }
            // The exchange took place.
            (Out::Value(old), false) if generation > before.generation => {
                assert_eq!((Some(old), held), (before.current, before.current));
                self.publish(start.first);
            }
            (Out::Value(read), false) => assert_eq!(Some(read), held),
            (Out::Nothing, false) => {}
            (_, false) => panic!("{out:?} was not asked for"),
            // A destructor panics after the change is made, or uses the cell.
            (_, true) => {
                let is_own = current.is_some_and(|id| id >= start.first);
                assert!(
                    is_own || current == before.current,
                    "{current:?} was {before:?}"
                );
                assert!(generation >= before.generation);
                *self = Self {
                    current,
                    generation,
                };
            }
        }
    }
}
