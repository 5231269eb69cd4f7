//! The behaviour of every cell, seen from outside.
//!
//! | module | what it holds |
//! |---|---|
//! | [`conformance`] | what is true of every `InitCell`, run for each of them |
//! | [`once_cell`], [`hedged_cell`], [`race`], [`race_word`], [`take_cell`], [`counted`] | what is true of one kind |
//! | [`circles`] | threads that wait for each other: across all kinds, with visits, and where there is none |
//! | [`snapshot`] | a value that is replaced as a whole: who keeps which, who publishes, who waits |
//! | [`reload`] | a value that is loaded on first use and looked after |
//! | [`per_thread`] | values that differ by thread: drops, tear-down, visitors, units of work |
//! | [`registry`], [`pending`] | many values, registered over time, and what waits to be |
//! | [`map`] | values by key, computed on first use: whose, how often, in which order, and what failures leave behind |
//! | [`traits`] | `Debug`, `Clone` and their like, marker traits, sizes |
//! | [`properties`] | random sequences of operations against a plain model |
//! | [`stress`] | many threads on few cores |
//! | [`support`], [`messages`] | values that count their drops, gates, threads that start together; panic texts |
//!
//! Threads are put in order by gates, never by sleeping. A test that hangs is ended by a watchdog.

mod circles;
mod conformance;
mod counted;
mod hedged_cell;
mod map;
mod messages;
mod once_cell;
mod pending;
mod per_thread;
mod properties;
mod race;
mod race_word;
mod registry;
mod reload;
mod snapshot;
mod stress;
mod support;
mod take_cell;
mod traits;
