//! A key whose hash takes a while.

use std::hash::{Hash, Hasher};

use crate::subject::Pause;

/// How many keys there are.
pub(super) const KEYS: u8 = 3;

/// A key. A container hashes it in the middle of its operations, and so gives the pause a place
/// there.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Which one it is.
    pub id: u8,
    /// How long its hash takes.
    pub pause: Pause,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pause.pause();
        self.id.hash(state);
    }
}
