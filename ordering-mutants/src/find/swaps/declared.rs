//! The table. The reasons stand in the headers of the files that it names.

use super::Swap;

mod rooms;
mod waiting;

/// All of them, room by room.
pub(crate) const DECLARED: &[&[Swap]] = &[
    waiting::SWAPS,
    rooms::CELL,
    rooms::SNAPSHOT,
    rooms::PER_THREAD,
    rooms::MAP,
    rooms::INDEX,
];
