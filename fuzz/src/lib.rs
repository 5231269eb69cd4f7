//! What the fuzz targets share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`panics`] | panics that are part of an input, and those that are findings |
//! | [`plan`] | what user code does besides, once, when it is called |
//! | [`item`] | keys and values that are counted, and do as planned |
//! | [`registry`] | operations on a registry, and what they do to a list |

pub mod item;
pub mod panics;
pub mod plan;
pub mod registry;
