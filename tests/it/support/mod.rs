//! What the tests share.

mod hashers;
#[cfg(not(miri))]
mod memory;
mod panics;
mod process;
mod threads;
mod user_code;
mod values;
mod worker;

#[cfg(not(miri))]
pub(crate) use self::memory::{leaves_no_memory, leaves_nothing};
pub(crate) use self::{
    hashers::{Always, Itself},
    panics::{catch, is_planned, planned_panic, text_of},
    process::{alone, assert_passed},
    threads::{Gate, Held, Stall, StartLine, Tally, hold, run_together, settle, watchdog},
    user_code::{Item, Moment, after, at_the_next},
    values::{Ledger, Tracked, UNCLONABLE},
    worker::Worker,
};

/// How often something is tried that may come out differently each time. Miri tries few, and slowly:
/// it has seeds for that.
pub(crate) fn rounds<N: From<u8>>(elsewhere: N) -> N {
    if cfg!(miri) { N::from(2) } else { elsewhere }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides
    }
}
