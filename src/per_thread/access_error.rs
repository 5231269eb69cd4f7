//! Why a thread cannot have its value, or could not compute it.

use core::fmt;

use super::raw::Unavailable;

/// Why the calling thread cannot have its value of a [`PerThread`](crate::PerThread).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessError {
    /// The thread's storage is being torn down: its value is gone, and nobody would drop a new one.
    TornDown,
    /// The thread's value is in use further up its stack: it is taken out by a `scope`, or a
    /// `scope` wants to take it out while a `with` or a `for_each` reads it.
    InUse,
}

impl From<Unavailable> for AccessError {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::TornDown => Self::TornDown,
            Unavailable::InUse => Self::InUse,
        }
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TornDown => {
                "the thread is being torn down: its value is gone and a new one would never be \
                 dropped; remedy: use the value before the thread ends, or `try_with`"
            }
            Self::InUse => {
                "the thread's value is in use further up its stack; remedy: pass the reference \
                 down, instead of asking for the value again inside a `scope`, or for a `scope` \
                 or `remove` inside a `with`"
            }
        })
    }
}

impl core::error::Error for AccessError {}

/// Why the calling thread has no value: [`PerThread::with_try_init`](crate::PerThread::with_try_init).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InitError<E> {
    /// It cannot have one now.
    Access(AccessError),
    /// The initialiser said so. The next use tries again.
    Init(E),
}

impl<E> From<AccessError> for InitError<E> {
    fn from(error: AccessError) -> Self {
        Self::Access(error)
    }
}

impl<E: fmt::Display> fmt::Display for InitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(error) => error.fmt(f),
            Self::Init(error) => write!(f, "the thread's value could not be computed: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for InitError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Access(error) => error.source(),
            Self::Init(error) => Some(error),
        }
    }
}
