//! What generations were seen, with which values.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Version;
use crate::tally::Tally;

/// So many generations are remembered, for comparison.
const MEMORY: usize = 256;

pub(super) struct History {
    newest: AtomicU64,
    /// Generation and value, of the last ones: all who see a generation see the same value.
    values: [AtomicU64; MEMORY],
}

impl Default for History {
    fn default() -> Self {
        Self {
            newest: AtomicU64::new(0),
            values: [const { AtomicU64::new(0) }; MEMORY],
        }
    }
}

impl History {
    /// The newest generation that anybody saw so far: whoever looks after this call sees that one,
    /// or a newer one.
    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    pub(super) fn saw(&self, tally: &Tally, newest: u64, generation: u64, version: &Version) {
        tally.require(
            generation >= newest && generation > 0,
            "generations never go back",
            format_args!("generation {generation} after {newest}"),
        );
        self.compare(tally, generation, version.value.id());
        self.newest.fetch_max(generation, Ordering::Release);
    }

    fn compare(&self, tally: &Tally, generation: u64, id: u64) {
        let own = generation << 32 | id & u64::from(u32::MAX);
        let place = &self.values[generation as usize % MEMORY];
        let mut there = place.load(Ordering::Relaxed);
        // An older one is replaced, the same one compared with; a newer one stays.
        while there >> 32 < generation {
            match place.compare_exchange(there, own, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => there = now,
            }
        }
        tally.require(
            there >> 32 != generation || there == own,
            "one value for each generation",
            format_args!(
                "generation {generation} has value {id} and {}",
                there as u32
            ),
        );
    }
}
