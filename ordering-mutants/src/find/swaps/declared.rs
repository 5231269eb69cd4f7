//! The table. The reasons stand in the headers of the files that it names.

use super::Swap;

mod many;
mod one;
mod waiting;

/// All of them, room by room.
pub(crate) const DECLARED: &[&[Swap]] = &[
    waiting::SWAPS,
    one::CELL,
    one::SNAPSHOT,
    many::PER_THREAD,
    many::MAP,
    many::INDEX,
];
