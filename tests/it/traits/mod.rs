//! What the cells share with the types of std: forms, comparisons, marker traits, sizes.

mod debug;
mod map;
mod markers;
mod registry;
mod reload;
mod sizes;
mod snapshot;
