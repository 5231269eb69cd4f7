//! The plan: what is drawn for an operation depends on the seed, the worker's number and the
//! operation's number, and on nothing else.

use std::time::Duration;

/// Spreads a number over all bits, so that neighbours have nothing in common (`SplitMix64`'s finish).
pub(crate) const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// Draws for one operation. The next one has a new one: how often an operation draws may depend on
/// what the other threads do, and must not change what comes after it.
pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    pub(crate) fn of(seed: u64, worker: u64, operation: u64) -> Self {
        let number = mix(mix(mix(seed) ^ worker) ^ operation);
        Self(fastrand::Rng::with_seed(number))
    }

    /// A number below `limit`, which is not zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0.u64(..limit)
    }

    pub(crate) fn index(&mut self, limit: usize) -> usize {
        self.0.usize(..limit)
    }

    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn micros(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_micros(self.0.u64(from..=to))
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    fn drawn(seed: u64, worker: u64, operation: u64) -> Vec<u64> {
        let mut dice = Dice::of(seed, worker, operation);
        (0..8).map(|_| dice.below(1000)).collect()
    }

    #[test]
    fn the_same_operation_is_drawn_again() {
        assert_eq!(drawn(7, 3, 9), drawn(7, 3, 9));
        for other in [drawn(8, 3, 9), drawn(7, 4, 9), drawn(7, 3, 10)] {
            assert_ne!(drawn(7, 3, 9), other);
        }
    }
}
