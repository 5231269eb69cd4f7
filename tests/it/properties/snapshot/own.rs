//! What one thread has of a cell, and what each operation does to it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use onset::{Guard, Reader, SnapshotCell};

use super::{Outcome, Seen, model::Order};
use crate::support::{catch, planned_panic};

/// How often each value has been made and not dropped: once, if all is well.
pub(super) type Register = Arc<Mutex<BTreeMap<u64, i32>>>;

pub(super) struct Entered {
    id: u64,
    register: Register,
}

impl Entered {
    pub(super) fn new(id: u64, register: &Register) -> Self {
        let register = Arc::clone(register);
        *register.lock().unwrap().entry(id).or_default() += 1;
        Self { id, register }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut register = self.register.lock().unwrap();
        let times = register.entry(self.id).or_default();
        *times -= 1;
        if *times == 0 {
            register.remove(&self.id);
        }
    }
}

thread_local! {
    /// What a lazy cell's initialiser returns on this thread; without it, it panics.
    static FIRST: RefCell<Option<Entered>> = const { RefCell::new(None) };
}

pub(super) fn init() -> Entered {
    FIRST.take().unwrap_or_else(|| planned_panic())
}

/// What a thread has of a cell.
pub(super) struct Own<'a> {
    cell: &'a SnapshotCell<Entered>,
    register: &'a Register,
    guards: Vec<Guard<'a, Entered>>,
    reader: Option<Reader<'a, Entered>>,
}

fn seen(guard: &Guard<'_, Entered>) -> Seen {
    (guard.id, Guard::generation(guard))
}

impl<'a> Own<'a> {
    pub(super) const fn new(cell: &'a SnapshotCell<Entered>, register: &'a Register) -> Self {
        Self {
            cell,
            register,
            guards: vec![],
            reader: None,
        }
    }

    pub(super) fn held(&self) -> Vec<Seen> {
        let reader = |reader: &Reader<'_, Entered>| (reader.to_arc().id, reader.generation());
        let guards = self.guards.iter().map(seen);
        guards.chain(self.reader.as_ref().map(reader)).collect()
    }

    /// `number` is that of the operation's first value, `first` the value that a lazy cell's
    /// initialiser returns.
    pub(super) fn obey(&mut self, order: Order, number: u64, first: Option<Entered>) -> Outcome {
        FIRST.set(first);
        let outcome = catch(|| self.act(order, number)).unwrap_or(Outcome::Panicked);
        FIRST.set(None);
        outcome
    }

    fn act(&mut self, order: Order, number: u64) -> Outcome {
        let (cell, guards) = (self.cell, self.guards.len());
        let new = |n| Entered::new(number + n, self.register);
        match order {
            Order::Load => Outcome::Seen(seen(&cell.load())),
            Order::LoadFull => Outcome::Value(cell.load_full().id),
            Order::Hold => {
                self.guards.push(cell.load());
                self.guards.last().map(seen).into()
            }
            Order::CloneGuard(guard) if guards > 0 => {
                self.guards.push(self.guards[guard % guards].clone());
                self.guards.last().map(seen).into()
            }
            Order::DropGuard(guard) if guards > 0 => {
                Some(seen(&self.guards.remove(guard % guards))).into()
            }
            Order::CloneGuard(_) | Order::DropGuard(_) => Outcome::Nothing,
            Order::Store => {
                cell.store(new(0));
                Outcome::Value(number)
            }
            Order::Swap => Outcome::Value(cell.swap(new(0)).id),
            Order::CompareAndSwap(guard) if guards > 0 => {
                compare_and_swap(cell, &self.guards[guard % guards], new(0))
            }
            Order::CompareAndSwap(_) => compare_and_swap(cell, &cell.load(), new(0)),
            Order::Update => Outcome::Value(cell.update(|_| new(0)).id),
            Order::UpdateFails => match cell.try_update(|old| Err(old.id)) {
                Ok(new) => Outcome::Value(new.id),
                Err(error) => Outcome::Failed(error),
            },
            Order::UpdatePanics => Outcome::Value(cell.update(|_| planned_panic()).id),
            Order::UpdateOvertaken => {
                let overtake = Cell::new(true);
                let make = |_: &_| {
                    if overtake.replace(false) {
                        cell.store(new(0));
                        return new(1);
                    }
                    new(2)
                };
                Outcome::Value(cell.update(make).id)
            }
            Order::NewReader | Order::ReaderLoads | Order::DropReader => self.read(order),
        }
    }

    fn read(&mut self, order: Order) -> Outcome {
        match (order, &mut self.reader) {
            (Order::NewReader, _) => {
                let reader = self.cell.reader().clone();
                let seen = (reader.to_arc().id, reader.generation());
                self.reader = Some(reader);
                Outcome::Seen(seen)
            }
            (Order::ReaderLoads, Some(reader)) => {
                let id = reader.load().id;
                Outcome::Seen((id, reader.generation()))
            }
            _ => {
                self.reader = None;
                Outcome::Nothing
            }
        }
    }
}

fn compare_and_swap(cell: &SnapshotCell<Entered>, expected: &Entered, new: Entered) -> Outcome {
    match cell.compare_and_swap(expected, Arc::new(new)) {
        Ok(old) => Outcome::Value(old.id),
        Err(changed) => Outcome::Refused(changed.current.id, changed.new.id),
    }
}

impl From<Option<Seen>> for Outcome {
    fn from(seen: Option<Seen>) -> Self {
        seen.map_or(Self::Nothing, Self::Seen)
    }
}
