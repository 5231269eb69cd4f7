#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", onset_loom))]
extern crate std;

#[cfg(feature = "std")]
mod distinct;
#[cfg(feature = "std")]
mod hashing;
#[cfg(feature = "std")]
mod index;
mod limits;
#[doc(hidden)]
pub mod single_copy;
mod sync;
#[cfg(feature = "std")]
mod unwind;
#[cfg(feature = "std")]
mod wait;

pub mod cell;
#[cfg(feature = "std")]
pub mod map;
#[cfg(feature = "std")]
pub mod per_thread;
#[cfg(feature = "std")]
pub mod registry;
#[cfg(feature = "std")]
pub mod snapshot;

#[doc(inline)]
pub use cell::*;
#[cfg(feature = "std")]
#[doc(inline)]
pub use hashing::ProcessSeeded;
#[cfg(feature = "std")]
#[doc(inline)]
pub use map::{OnceMap, RaceMap};
#[cfg(feature = "std")]
#[doc(inline)]
pub use per_thread::{AccessError, InitError, PerThread, Resource, ScopeError};
#[cfg(feature = "std")]
#[doc(inline)]
pub use registry::{Batch, BatchError, Pending, Reason, Refused, Registry, Sealed, Snapshot};
#[cfg(feature = "std")]
#[doc(inline)]
pub use snapshot::*;

/// The bounds, each shown by what must not compile.
#[cfg(doctest)]
#[doc = include_str!("../docs/bounds.md")]
mod bounds {}
