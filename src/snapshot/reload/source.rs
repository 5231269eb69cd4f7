//! Where a value comes from, and why it could not be had.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::{any::Any, fmt};

use crate::unwind::discard;

/// Where the value of a [`Reload`](crate::Reload) comes from.
///
/// One thread at a time calls these methods. A panic counts as a failure.
pub trait Source {
    /// What is loaded.
    type Value;
    /// Which version the world has: equal stamps mean that there is nothing to load.
    type Stamp: PartialEq;
    /// Why the world could not be asked, or what it has could not be loaded.
    type Error;

    /// Which version the world has. Called at every check, so it should be cheap.
    ///
    /// It is taken before the load: if the world changes in between, the stamp is the older one, and
    /// the next check loads again.
    ///
    /// # Errors
    ///
    /// If that cannot be found out; the old value stays.
    fn stamp(&self) -> Result<Self::Stamp, Self::Error>;

    /// The value.
    ///
    /// # Errors
    ///
    /// If there is none, or it is half-written or wrong; the old value stays.
    fn load(&self) -> Result<Self::Value, Self::Error>;
}

/// Why a value could not be loaded.
pub enum LoadError<E> {
    /// The source said so.
    Failed(Arc<E>),
    /// The source panicked, with this message.
    Panicked(Arc<str>),
}

impl<E> LoadError<E> {
    pub(super) fn failed(error: E) -> Self {
        Self::Failed(Arc::new(error))
    }

    pub(super) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        let text = payload
            .downcast::<String>()
            .map(|text| *text)
            .or_else(|payload| payload.downcast::<&str>().map(|text| (*text).into()));
        Self::Panicked(match text {
            Ok(text) => text.into(),
            Err(payload) => {
                discard(payload);
                "a payload that is no text".into()
            }
        })
    }
}

impl<E> Clone for LoadError<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(Arc::clone(error)),
            Self::Panicked(text) => Self::Panicked(Arc::clone(text)),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for LoadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => f.debug_tuple("Failed").field(error).finish(),
            Self::Panicked(text) => f.debug_tuple("Panicked").field(text).finish(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for LoadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "the value could not be loaded: {error}"),
            Self::Panicked(text) => write!(f, "the source panicked while it loaded: {text}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for LoadError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(&**error),
            Self::Panicked(_) => None,
        }
    }
}
