//! Every atomic, every `unsafe` and every proof of the room `cell`, but for waiting, which is
//! `crate::wait`.
//!
//! * [`slot`]: a pointer that is published once, whole (the race cells, and the hedged cell's
//!   value).
//! * [`word`]: a word that is published once (`RaceWord`).
//! * [`inline`]: a value in place, written by the one that the gate let through (`OnceCell`).
//! * [`taken`]: a value that is handed out once (`TakeCell`).
//!
//! The invariants in square brackets are those of `docs/safety.md`; every atomic operation stands
//! in `docs/orderings.md` with its partner.

#[cfg(feature = "std")]
pub(super) mod inline;
pub(super) mod slot;
pub(super) mod taken;
pub(super) mod word;
