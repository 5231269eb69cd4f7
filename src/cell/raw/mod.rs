//! Every atomic, every `unsafe` and every proof of the room `cell`.
//!
//! * [`slot`]: a pointer that is published once, whole (the race cells, and the hedged cell's
//!   value).
//! * [`word`]: a word that is published once (`RaceWord`).
//! * [`gate`]: who may compute, who waits, for how long (`OnceCell`, `HedgedCell`).
//! * [`inline`]: a value in place, written by the one that the gate let through (`OnceCell`).
//! * [`computing`]: what the calling thread is computing (recursion).
//! * [`lot`]: where threads park, and the search for cycles among them.
//! * [`taken`]: a value that is handed out once (`TakeCell`).
//!
//! The invariants in square brackets are those of `docs/safety.md`; every atomic operation stands
//! in `docs/orderings.md` with its partner.

#[cfg(feature = "std")]
pub(super) mod computing;
#[cfg(feature = "std")]
pub(super) mod gate;
#[cfg(feature = "std")]
pub(super) mod inline;
#[cfg(feature = "std")]
mod lot;
pub(super) mod slot;
pub(super) mod taken;
pub(super) mod word;
