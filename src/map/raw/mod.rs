//! What is published, and what is still computed.
//!
//! * [`published`]: the index and its hasher, as both maps use them.
//! * [`flight`]: a computation that others may join.
//! * [`once`]: who computes, and who waits.

mod flight;
mod once;
mod published;

pub(super) use self::{flight::Flights, published::Published};
