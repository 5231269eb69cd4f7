//! What keeps the tool from its work: the cause, and what to do about it.

use std::{error::Error, fmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    cause: String,
    remedy: String,
}

impl Trouble {
    pub(crate) fn new(cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            remedy: remedy.into(),
        }
    }

    /// The same, and where.
    pub(crate) fn within(self, place: impl fmt::Display) -> Self {
        Self {
            cause: format!("{place}: {}", self.cause),
            ..self
        }
    }

    /// Of an operation on a file or a program.
    pub(crate) fn of_io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::new(
            format!("{what}: {error}"),
            "see whether it is there and allowed",
        )
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; remedy: {}", self.cause, self.remedy)
    }
}

impl Error for Trouble {}
