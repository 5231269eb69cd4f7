//! The behaviour of every cell, seen from outside.
//!
//! | module | what it holds |
//! |---|---|
//! | [`conformance`] | what is true of every `InitCell`, run for each of them |
//! | [`once_cell`], [`hedged_cell`], [`race`], [`race_word`], [`take_cell`], [`counted`] | what is true of one kind |
//! | [`traits`] | `Debug`, `Clone` and their like, marker traits, sizes |
//! | [`properties`] | random sequences of operations against a plain model |
//! | [`stress`] | many threads on few cores |
//! | [`support`], [`messages`] | values that count their drops, gates, threads that start together; panic texts |
//!
//! Threads are put in order by gates, never by sleeping. A test that hangs is ended by a watchdog.

mod conformance;
mod counted;
mod hedged_cell;
mod messages;
mod once_cell;
mod properties;
mod race;
mod race_word;
mod stress;
mod support;
mod take_cell;
mod traits;
