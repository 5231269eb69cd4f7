//! Whether the process grows.

use std::fs;

/// The memory that the process has in RAM, in bytes, where the system says so.
fn resident() -> Option<u64> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    // Linux counts in pages; nearly everywhere these are of 4 KiB, and a constant factor is all
    // the same to a comparison.
    Some(pages * 4096)
}

/// So many samples are kept: enough for thirds of it, and nothing that would itself be growth.
const MOST: usize = 4096;

/// The memory at evenly spaced times.
pub(crate) struct Samples {
    samples: Vec<u64>,
    last: u64,
    /// One look in so many is kept.
    stride: u64,
    looks: u64,
}

impl Default for Samples {
    fn default() -> Self {
        Self {
            samples: Vec::with_capacity(MOST),
            last: 0,
            stride: 1,
            looks: 0,
        }
    }
}

impl Samples {
    pub(crate) fn take(&mut self) {
        if let Some(bytes) = resident() {
            self.push(bytes);
        }
    }

    fn push(&mut self, bytes: u64) {
        self.last = bytes;
        self.looks += 1;
        if self.looks % self.stride != 0 {
            return;
        }
        if self.samples.len() == MOST {
            let mut odd = false;
            self.samples.retain(|_| {
                odd = !odd;
                odd
            });
            self.stride *= 2;
        }
        self.samples.push(bytes);
    }

    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn growth(&self) -> Option<(u64, u64)> {
        growth(&self.samples)
    }
}

/// What a process may grow by without being called growing: allocators keep what they have once
/// had, and the peak of a storm comes by chance.
const SLACK: u64 = 16 << 20;

/// Compares the median of the last third with that of the first third after the warm-up, which is
/// the first tenth. `None`: it is flat, or there are too few samples to say.
fn growth(samples: &[u64]) -> Option<(u64, u64)> {
    let warm = &samples[samples.len() / 10..];
    let third = warm.len() / 3;
    if third < 10 {
        return None;
    }
    let first = median(&warm[..third]);
    let last = median(&warm[warm.len() - third..]);
    (last > first + first / 5 + SLACK).then_some((first, last))
}

fn median(samples: &[u64]) -> u64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::{MOST, SLACK, Samples, growth};

    #[test]
    fn what_grows_is_told_from_what_is_flat() {
        let flat: Vec<u64> = (0..100).map(|n| (100 << 20) + n % 7 * 1000).collect();
        assert_eq!(growth(&flat), None);
        let leaking: Vec<u64> = (0..100).map(|n| (100 << 20) + n * (1 << 20)).collect();
        assert!(growth(&leaking).is_some());
        let warming: Vec<u64> = (0..100).map(|n| n.min(9) * SLACK + SLACK).collect();
        assert_eq!(growth(&warming), None, "the warm-up does not count");
        assert_eq!(growth(&leaking[..20]), None, "too few to say");
    }

    #[test]
    fn long_runs_are_thinned_out() {
        let mut samples = Samples::default();
        (0..10 * MOST as u64).for_each(|n| samples.push(n << 20));
        assert!(samples.samples.len() <= MOST);
        assert!(samples.samples.is_sorted());
        assert!(samples.growth().is_some());
    }
}
