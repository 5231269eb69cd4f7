//! One value that is replaced as a whole.
//!
//! [`SnapshotCell`] holds the current value; [`Reload`] keeps it up to date with something outside
//! the program.
//!
//! # The promise
//!
//! Nobody ever sees half a value: a load returns one that was published whole, and keeps it for as
//! long as its guard lives, whatever is published meanwhile.

mod guard;
mod raw;
mod reader;
mod reload;
mod snapshot_cell;

pub use self::{
    guard::Guard,
    reader::Reader,
    reload::{
        FileError, FileSource, FileStamp, LoadError, OptionalFile, Reload, Source, Stale, Status,
    },
    snapshot_cell::{Changed, SnapshotCell},
};
