//! Hashers that make the worst of it.

use std::hash::{BuildHasher, Hasher};

/// Every key collides with every other one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Always<const HASH: u64>;

impl<const HASH: u64> BuildHasher for Always<HASH> {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self
    }
}

impl<const HASH: u64> Hasher for Always<HASH> {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        HASH
    }
}

/// A number's hash is the number: a test chooses which keys collide, and how.
#[derive(Clone, Copy, Default)]
pub(crate) struct Itself(u64);

impl Itself {
    pub(crate) const fn new() -> Self {
        Self(0)
    }
}

impl BuildHasher for Itself {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for Itself {
    fn write(&mut self, _: &[u8]) {
        panic!("only for `u64`");
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
