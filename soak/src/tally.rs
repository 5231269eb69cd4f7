//! What is counted, for each room.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::violations::Violations;

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Operations,
    /// Closures that returned an error.
    Errors,
    /// Closures that panicked.
    Panics,
    /// Closures that took their time.
    Stalls,
    /// Values whose destructor panicked.
    DropPanics,
    /// A `Hash` or an `Eq` that panicked.
    KeyPanics,
    /// Initialisers that asked for what they compute.
    Recursions,
    /// Circles of initialisers.
    Cycles,
    /// Panics that arrived at the caller.
    Caught,
    Created,
    Dropped,
    Violations,
}

impl Count {
    pub(crate) const ALL: [(Self, &str); 12] = [
        (Self::Operations, "operations"),
        (Self::Errors, "errors"),
        (Self::Panics, "panics"),
        (Self::Stalls, "stalls"),
        (Self::DropPanics, "drop panics"),
        (Self::KeyPanics, "key panics"),
        (Self::Recursions, "recursions"),
        (Self::Cycles, "cycles"),
        (Self::Caught, "caught"),
        (Self::Created, "created"),
        (Self::Dropped, "dropped"),
        (Self::Violations, "violations"),
    ];

    /// What goes wrong on purpose.
    pub(crate) const FAULTS: [Self; 7] = [
        Self::Errors,
        Self::Panics,
        Self::Stalls,
        Self::DropPanics,
        Self::KeyPanics,
        Self::Recursions,
        Self::Cycles,
    ];
}

/// A room's counts.
pub(crate) struct Tally {
    pub(crate) room: &'static str,
    pub(crate) violations: &'static Violations,
    counts: [AtomicU64; Count::ALL.len()],
}

impl Tally {
    pub(crate) fn new(room: &'static str, violations: &'static Violations) -> Self {
        Self {
            room,
            violations,
            counts: Default::default(),
        }
    }

    pub(crate) fn add(&self, count: Count) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, count: Count) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn violation(&self, invariant: &str, detail: fmt::Arguments<'_>) {
        self.add(Count::Violations);
        self.violations.report(self.room, invariant, detail);
    }

    /// A violation if it does not hold.
    pub(crate) fn require(&self, holds: bool, invariant: &str, detail: fmt::Arguments<'_>) {
        if !holds {
            self.violation(invariant, detail);
        }
    }
}
