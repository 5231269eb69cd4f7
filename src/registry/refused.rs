//! What was not registered, and why.

use core::fmt;
use std::error::Error;

/// Why a registration was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The key is registered already.
    Duplicate,
    /// The registry is sealed.
    Sealed,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Duplicate => {
                "the key is registered already; use `replace` to shadow its value, or \
                 `register_or_get` to keep it"
            }
            Self::Sealed => "the registry is sealed; register before `seal` is called",
        })
    }
}

/// A registration that was refused: the reason, and the caller's key and value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refused<K, V> {
    /// Why.
    pub reason: Reason,
    /// The key that was not registered.
    pub key: K,
    /// Its value.
    pub value: V,
}

/// Needs nothing of key and value, so that `unwrap` works for all.
impl<K, V> fmt::Debug for Refused<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<K, V> fmt::Display for Refused<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<K, V> Error for Refused<K, V> {}

/// A removal that was refused, because the registry is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed(pub(super) ());

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the registry is sealed; remove before `seal` is called")
    }
}

impl Error for Sealed {}

/// Why a batch left no trace. Whatever is not in here was dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BatchError<E, K, V> {
    /// The closure failed.
    Failed(E),
    /// This key is registered already, or was registered before in the same batch.
    Duplicate {
        /// The key that was not registered.
        key: K,
        /// Its value.
        value: V,
    },
    /// The registry is sealed.
    Sealed,
}

/// Needs nothing of key and value, so that `unwrap` works for all.
impl<E: fmt::Debug, K, V> fmt::Debug for BatchError<E, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => f.debug_tuple("Failed").field(error).finish(),
            Self::Duplicate { .. } => f.debug_struct("Duplicate").finish_non_exhaustive(),
            Self::Sealed => f.write_str("Sealed"),
        }
    }
}

impl<E, K, V> fmt::Display for BatchError<E, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.write_str("the batch's closure failed; nothing was registered"),
            Self::Duplicate { .. } => write!(f, "{}; nothing was registered", Reason::Duplicate),
            Self::Sealed => write!(f, "{}; nothing was registered", Reason::Sealed),
        }
    }
}

impl<E: Error + 'static, K, V> Error for BatchError<E, K, V> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Duplicate { .. } | Self::Sealed => None,
        }
    }
}
