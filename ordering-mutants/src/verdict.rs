//! What became of a mutant.

use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Caught {
        model: String,
        message: String,
    },
    /// No model failed, but one did not come to an end.
    Hangs {
        model: String,
    },
    Survived,
    /// It does not compile: an error of this tool.
    Broken {
        said: String,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) id: String,
    pub(crate) verdict: Verdict,
    pub(crate) took: Duration,
}

impl Verdict {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Caught { .. } => "caught",
            Self::Hangs { .. } => "hangs",
            Self::Survived => "survived",
            Self::Broken { .. } => "broken",
        }
    }

    pub(crate) fn model(&self) -> &str {
        match self {
            Self::Caught { model, .. } | Self::Hangs { model } => model,
            Self::Survived | Self::Broken { .. } => "",
        }
    }

    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Caught { message, .. } => message,
            Self::Broken { said } => said,
            Self::Hangs { .. } => "did not come to an end",
            Self::Survived => "",
        }
    }
}
