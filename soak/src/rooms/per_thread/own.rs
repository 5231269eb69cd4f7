//! A thread's own value.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    hand,
    values::{Record, Value},
};

thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// The thread's number, which no other thread ever has.
fn thread() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    if NUMBER.get() == 0 {
        NUMBER.set(NUMBERS.fetch_add(1, Ordering::Relaxed));
    }
    NUMBER.get()
}

pub(super) struct Own {
    value: Value,
    /// Counted with the thread: it has to be gone when that is.
    of_thread: Option<Value>,
    owner: u64,
    /// Whether a unit of work is open.
    pub(super) open: bool,
}

impl Own {
    pub(super) fn new(record: &Arc<Record>) -> Self {
        Self {
            value: hand::run_for(record),
            of_thread: hand::value_of_thread(),
            owner: thread(),
            open: false,
        }
    }

    /// From any thread.
    pub(super) fn check(&self) {
        self.value.id();
        self.of_thread.iter().for_each(|value| {
            value.id();
        });
    }

    pub(super) fn check_owner(&self) {
        self.check_for(thread());
        self.value.tally().require(
            !self.open,
            "a unit of work ends",
            format_args!("it is open outside a scope"),
        );
    }

    pub(super) fn check_as_another_thread(&self) {
        self.check_for(thread() + 1);
    }

    fn check_for(&self, thread: u64) {
        self.check();
        self.value.tally().require(
            self.owner == thread,
            "a value is its thread's alone",
            format_args!("thread {thread} has that of thread {}", self.owner),
        );
    }

    pub(super) fn require(&self, holds: bool, invariant: &str, detail: std::fmt::Arguments<'_>) {
        self.value.tally().require(holds, invariant, detail);
    }

    pub(super) fn tally(&self) -> &'static crate::tally::Tally {
        self.value.tally()
    }
}
