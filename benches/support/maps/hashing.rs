//! How the maps hash: all those of a table by the same state.

use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};

use foldhash::fast::FixedState;

use super::{Contestant, field};

pub(crate) trait Hashing: BuildHasher + Clone + Default + Send + Sync + 'static {
    /// What the group of its look-ups is called.
    const LOOK_UPS: &'static str;
    const NAME: &'static str;

    /// The state that all share.
    fn shared() -> Self;

    /// Those that hash this way and cannot be told to hash another way.
    fn only_by_it() -> &'static [Contestant] {
        &[]
    }
}

/// What everyone has who asks for nothing else.
impl Hashing for RandomState {
    const LOOK_UPS: &'static str = "map_hit";
    const NAME: &'static str = "std's SipHash";

    fn shared() -> Self {
        static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        STATE.clone()
    }

    fn only_by_it() -> &'static [Contestant] {
        field::ONLY_BY_STD
    }
}

/// A fast one, which leaves more of the time to the maps.
impl Hashing for FixedState {
    const LOOK_UPS: &'static str = "map_hit_foldhash";
    const NAME: &'static str = "foldhash";

    fn shared() -> Self {
        Self::default()
    }
}
