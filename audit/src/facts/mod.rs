//! What the rules know of a file: plain data, without the syntax tree.
//!
//! A file is parsed, walked once ([`walk`]) and forgotten; so files are read on all cores, though
//! syntax trees stay on their thread. Names are resolved afterwards, over the whole package
//! ([`crate::resolve`]).

mod model;
mod shape;
mod ty;
pub mod walk;

pub use model::*;
pub use shape::{Shape, ShapeKind};
pub use ty::Ty;
