//! How threads wait for one another: what every room that computes on first use stands on.
//!
//! * [`gate`]: who may compute, who waits, for how long.
//! * [`computing`]: what the calling thread computes, or visits, and so holds up (recursion).
//! * [`guarded`]: a lock under which user code may run.
//! * [`lot`]: where threads park, and the search for cycles among them.
//!
//! The invariants in square brackets are those of `docs/safety.md`; every atomic operation stands
//! in `docs/orderings.md` with its partner.

pub(crate) mod computing;
pub(crate) mod gate;
pub(crate) mod guarded;
pub(crate) mod lot;
