//! One value per thread.
//!
//! [`PerThread`] is per object, not per `static`, and its values go when their threads go.
//!
//! # The promise
//!
//! A value is dropped exactly once: when its thread exits or when the `PerThread` goes, whichever
//! comes first. No thread ever sees the value of another one but through `for_each`, and no value
//! outlives its thread, because no reference leaves a closure.

mod access_error;
mod iter;
mod object;
pub(crate) mod raw;
mod scope;
mod visit;

pub use self::{
    access_error::{AccessError, InitError},
    iter::{IntoIter, IterMut},
    object::PerThread,
    scope::{Resource, ScopeError},
};
