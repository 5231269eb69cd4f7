//! How a reload is doing, and what it remembers of its source.

use super::{LoadError, Source};
use crate::sync::Instant;

/// How a [`Reload`](crate::Reload) is doing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Status<E> {
    /// How many values have been loaded.
    pub generation: u64,
    /// When the value that is served was loaded.
    pub loaded: Option<Instant>,
    /// When the source was last asked.
    pub checked: Option<Instant>,
    /// Why the last attempt failed, if it did.
    pub error: Option<LoadError<E>>,
    /// How many attempts have failed since the last one that did not.
    pub failures: u32,
}

impl<E> Clone for Status<E> {
    fn clone(&self) -> Self {
        Self {
            error: self.error.clone(),
            ..*self
        }
    }
}

/// What is remembered between two checks.
pub(super) struct Memory<S: Source> {
    /// Of the value that is served; none if there is none, or if it was invalidated.
    pub(super) stamp: Option<S::Stamp>,
    /// Of what last failed to load.
    pub(super) wrong: Option<S::Stamp>,
    pub(super) loaded: Option<Instant>,
    pub(super) checked: Option<Instant>,
    pub(super) failure: Option<Failure<S::Error>>,
    /// Counts the calls of `invalidate`, so that a reload under way does not undo one.
    pub(super) invalidations: u64,
}

/// The last attempt, if it failed.
pub(super) struct Failure<E> {
    pub(super) error: LoadError<E>,
    /// How many attempts have failed one after the other.
    pub(super) times: u32,
    /// When to load the same once more, in nanoseconds of the clock.
    pub(super) retry: u64,
}

impl<S: Source> Memory<S> {
    pub(super) const fn new() -> Self {
        Self {
            stamp: None,
            wrong: None,
            loaded: None,
            checked: None,
            failure: None,
            invalidations: 0,
        }
    }

    pub(super) fn status(&self, generation: u64) -> Status<S::Error> {
        Status {
            generation,
            loaded: self.loaded,
            checked: self.checked,
            error: self.error(),
            failures: self.failure.as_ref().map_or(0, |failure| failure.times),
        }
    }

    pub(super) fn error(&self) -> Option<LoadError<S::Error>> {
        self.failure.as_ref().map(|failure| failure.error.clone())
    }
}
