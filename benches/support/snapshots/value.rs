//! The value: eight equal words, so that half of one and half of another would be noticed.

use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;

/// What is shared. If asked to, it counts its like.
pub(crate) struct Whole {
    words: [u64; 8],
    counts: Option<&'static Counts>,
}

/// How many values there have been. One thread makes them, any may drop them.
#[derive(Default)]
pub(crate) struct Counts {
    made: CachePadded<AtomicU64>,
    dropped: CachePadded<AtomicU64>,
}

impl Counts {
    /// Values point to their counts, and some peers keep values for as long as the program runs.
    pub(crate) fn leaked() -> &'static Self {
        Box::leak(Box::default())
    }

    /// How many values there are, as the thread sees it that makes them.
    pub(crate) fn live(&self) -> u64 {
        self.made.load(Ordering::Relaxed) - self.dropped.load(Ordering::Relaxed)
    }
}

impl Whole {
    #[inline(always)]
    pub(crate) fn new(number: u64) -> Self {
        Self {
            words: [number; 8],
            counts: None,
        }
    }

    /// The counting adds a plain store here and an atomic addition in `drop`.
    #[inline(always)]
    pub(crate) fn counted(number: u64, counts: &'static Counts) -> Self {
        let made = counts.made.load(Ordering::Relaxed);
        counts.made.store(made + 1, Ordering::Relaxed);
        Self {
            words: [number; 8],
            counts: Some(counts),
        }
    }

    #[inline(always)]
    pub(crate) fn number(&self) -> u64 {
        self.words[0]
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.words.iter().all(|word| *word == self.words[0])
    }
}

impl Drop for Whole {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(counts) = self.counts {
            counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
