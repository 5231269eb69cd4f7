//! The models of the crate: every interleaving, and every value that a load may return, of
//! two or three threads with one or two operations each. `loom-tests/README.md` says how long each
//! takes, how many executions it explores, and what loom cannot see.

mod canaries;
mod downstream;
mod generic;
mod hedged;
mod once;
mod per_thread;
mod race;
mod reload;
mod snapshot;
mod support;
