//! One value per key, computed on first use.
//!
//! | map | who computes a key's value | the others who ask for it |
//! |---|---|---|
//! | [`OnceMap`] | one | wait, as for a [`OnceCell`](crate::OnceCell) |
//! | [`RaceMap`] | everyone who arrives before the publication | compute too; one result is published, the losers drop theirs |
//!
//! Values of different keys are computed at the same time; nothing is locked while a closure runs,
//! nor by whoever finds the value there.
//!
//! # The promise
//!
//! Nobody ever sees half a value. A published value stays at its address until somebody has `&mut`
//! to the map, so a look-up returns a plain reference: no guard, no count. A closure that panics or
//! fails leaves nothing behind, not even the key.

mod once_map;
mod race_map;
mod raw;
mod traits;

pub use self::{once_map::OnceMap, race_map::RaceMap};
pub use crate::index::Iter;
