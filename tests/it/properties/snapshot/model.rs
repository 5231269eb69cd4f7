//! The operations, and what each does to the model.

use std::collections::BTreeSet;

use super::{Outcome, Seen, THREADS};

/// What one thread does with the cell. The numbers choose one of its guards.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Load,
    Hold,
    LoadFull,
    CloneGuard(usize),
    DropGuard(usize),
    Store,
    Swap,
    /// Expects what one of its guards holds; without a guard, what is there.
    CompareAndSwap(usize),
    Update,
    UpdateFails,
    UpdatePanics,
    /// The closure stores a value itself, once.
    UpdateOvertaken,
    NewReader,
    ReaderLoads,
    DropReader,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Order {
        thread: usize,
        order: Order,
        /// Whether a lazy cell's initialiser panics, if it comes to that.
        init_panics: bool,
    },
    /// The thread lets go of everything and exits; another one takes its place.
    Exit(usize),
    /// All threads let go of their guards, but go on; the cell is dropped, and there is a new one.
    NewCell { lazy: bool },
}

/// Each operation has this many numbers for its values.
pub(super) const NUMBERS: u64 = 4;
/// The number of the value that an initialiser makes, counted from the operation's first.
pub(super) const FIRST_VALUE: u64 = 3;

#[derive(Default)]
struct Thread {
    guards: Vec<Seen>,
    reader: Option<Seen>,
    /// What it loaded last, which it may keep.
    copy: Option<u64>,
}

pub(super) struct Model {
    /// The first number of this operation.
    next: u64,
    current: Option<Seen>,
    threads: [Thread; THREADS],
}

/// The initialiser has panicked.
struct NoValue;

impl Model {
    pub(super) fn new() -> Self {
        Self {
            next: 0,
            current: Some((0, 1)),
            threads: Default::default(),
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.current.map_or(0, |(_, generation)| generation)
    }

    /// The outcome, and what the thread that acted holds then.
    pub(super) fn apply(&mut self, op: Op) -> (Outcome, Vec<Seen>) {
        self.next += NUMBERS;
        match op {
            Op::Order {
                thread,
                order,
                init_panics,
            } => {
                let outcome = self.obey(thread, order, init_panics);
                let Thread { guards, reader, .. } = &self.threads[thread];
                let held = guards.iter().chain(reader).copied().collect();
                (outcome.unwrap_or(Outcome::Panicked), held)
            }
            Op::Exit(thread) => {
                self.threads[thread] = Thread::default();
                (Outcome::Nothing, vec![])
            }
            Op::NewCell { lazy } => {
                self.threads = Default::default();
                self.current = (!lazy).then_some((self.next, 1));
                (Outcome::Nothing, vec![])
            }
        }
    }

    fn obey(&mut self, n: usize, order: Order, init_panics: bool) -> Result<Outcome, NoValue> {
        let guards = self.threads[n].guards.len();
        Ok(match order {
            Order::DropGuard(guard) if guards > 0 => {
                Outcome::Seen(self.threads[n].guards.remove(guard % guards))
            }
            Order::CloneGuard(guard) if guards > 0 => {
                let seen = self.threads[n].guards[guard % guards];
                self.threads[n].guards.push(seen);
                Outcome::Seen(seen)
            }
            Order::CompareAndSwap(guard) if guards > 0 => {
                self.compare_and_swap(self.threads[n].guards[guard % guards])
            }
            Order::DropGuard(_) | Order::CloneGuard(_) => Outcome::Nothing,
            Order::Store => self.publish(0),
            Order::ReaderLoads if self.threads[n].reader.is_some() => {
                self.threads[n].reader = self.current;
                Outcome::Seen(self.current.expect("the reader has had one"))
            }
            Order::DropReader | Order::ReaderLoads => {
                self.threads[n].reader = None;
                Outcome::Nothing
            }
            _ => self.obey_with_a_value(n, order, init_panics)?,
        })
    }

    /// What computes the first value, if there is none.
    fn obey_with_a_value(
        &mut self,
        n: usize,
        order: Order,
        init_panics: bool,
    ) -> Result<Outcome, NoValue> {
        if self.current.is_none() {
            if init_panics {
                return Err(NoValue);
            }
            self.publish(FIRST_VALUE);
        }
        let seen = self.current.expect("just computed");
        match order {
            Order::Swap => {
                self.publish(0);
                return Ok(Outcome::Value(seen.0));
            }
            Order::NewReader => {
                self.threads[n].reader = Some(seen);
                return Ok(Outcome::Seen(seen));
            }
            _ => self.threads[n].copy = Some(seen.0),
        }
        Ok(match order {
            Order::Hold => {
                self.threads[n].guards.push(seen);
                Outcome::Seen(seen)
            }
            Order::LoadFull => Outcome::Value(seen.0),
            Order::CompareAndSwap(_) => self.compare_and_swap(seen),
            Order::Update => self.publish(0),
            Order::UpdateFails => Outcome::Failed(seen.0),
            Order::UpdatePanics => Outcome::Panicked,
            Order::UpdateOvertaken => {
                self.publish(0);
                self.threads[n].copy = Some(self.next);
                self.publish(2)
            }
            _ => Outcome::Seen(seen),
        })
    }

    fn publish(&mut self, number: u64) -> Outcome {
        let value = self.next + number;
        self.current = Some((value, self.generation() + 1));
        Outcome::Value(value)
    }

    fn compare_and_swap(&mut self, expected: Seen) -> Outcome {
        let current = self.current.expect("somebody has seen one").0;
        if current == expected.0 {
            self.publish(0);
            return Outcome::Value(current);
        }
        Outcome::Refused(current, self.next)
    }

    /// What must be alive.
    pub(super) fn held(&self) -> BTreeSet<u64> {
        let by_threads = self
            .threads
            .iter()
            .flat_map(|t| t.guards.iter().chain(&t.reader));
        self.current
            .iter()
            .chain(by_threads)
            .map(|seen| seen.0)
            .collect()
    }

    /// What may be alive besides.
    pub(super) fn copies(&self) -> BTreeSet<u64> {
        self.threads.iter().filter_map(|t| t.copy).collect()
    }
}
