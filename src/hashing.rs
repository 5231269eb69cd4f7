//! The hasher of maps that were not given one.

use core::hash::BuildHasher;
use std::hash::{DefaultHasher, RandomState};

use crate::{RaceCell, index::Hash};

/// `std`'s hasher, with keys that are drawn at random once per process.
///
/// An attacker who chooses the keys of a map cannot know which of them collide; and, other than
/// `std`'s `RandomState`, whose keys are drawn when it is made, it can be made in a `const`, and
/// so stand in a `static`. All of a process' `ProcessSeeded` hash alike.
///
/// ```
/// use onset::ProcessSeeded;
/// use std::hash::BuildHasher;
///
/// const HASHER: ProcessSeeded = ProcessSeeded::new();
/// assert_eq!(HASHER.hash_one("key"), ProcessSeeded::new().hash_one("key"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessSeeded(());

static SEED: RaceCell<RandomState> = RaceCell::new();

impl ProcessSeeded {
    /// The hasher of this process.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl BuildHasher for ProcessSeeded {
    type Hasher = DefaultHasher;

    #[inline]
    fn build_hasher(&self) -> DefaultHasher {
        SEED.get_or_init(RandomState::new).build_hasher()
    }
}

/// The hash of a key, borrowed or not. User code: it may panic, and ask for anything.
#[inline]
pub(crate) fn hash<S, Q>(hasher: &S, key: &Q) -> Hash
where
    S: BuildHasher,
    Q: core::hash::Hash + ?Sized,
{
    Hash::new(hasher.hash_one(key))
}
