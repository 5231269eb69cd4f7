//! The only place that names the primitives of `core`, `std` or loom, and the clocks.
//!
//! Everything else in the crate takes its atomics, its interior mutability, its threads and its
//! time from here, so that what is modelled under `--cfg onset_loom` is what ships, fence for
//! fence.

#[cfg(feature = "std")]
mod clock;
#[cfg(onset_loom)]
mod modelled;
#[cfg(not(onset_loom))]
mod real;

#[cfg(feature = "std")]
pub(crate) use self::clock::Clock;
#[cfg(onset_loom)]
pub(crate) use self::modelled::*;
#[cfg(not(onset_loom))]
pub(crate) use self::real::*;
#[cfg(feature = "std")]
pub(crate) use std::time::Instant;

#[cfg(not(all(target_has_atomic = "ptr", target_has_atomic = "32")))]
compile_error!(
    "onset needs compare-and-swap on pointers and 32-bit words, which this target does not have"
);
