//! The models of the crate: every interleaving, and every value that a load may return, of
//! two or three threads with one or two operations each. `loom-tests/README.md` says how long each
//! takes, how many executions it explores, and what loom cannot see.

mod canaries;
mod circles;
mod downstream;
mod generic;
mod hedged;
mod map;
mod once;
mod per_thread;
mod race;
mod registry;
mod reload;
mod snapshot;
mod support;
