//! What the fuzz targets share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`panics`] | panics that are part of an input, and those that are findings |
//! | [`plan`] | what user code does besides, once, when it is called |
//! | [`item`] | keys and values that are counted, and do as planned |
//! | [`crew`] | a thread that does as it is told |
//! | [`memo`] | operations on cells and maps, and what they do to a list |
//! | [`per_thread`] | threads that come and go, and a table of their values |
//! | [`registry`] | operations on a registry, and what they do to a list |
//! | [`reload`] | a value that is kept up to date with a source, and what it comes to |

pub mod crew;
pub mod item;
pub mod memo;
pub mod panics;
pub mod per_thread;
pub mod plan;
pub mod registry;
pub mod reload;
pub mod snapshot;
pub mod soup;
