//! What the tool has to say: findings, and the verdicts in them.

use std::{ops::Range, path::PathBuf};

use serde::Serialize;

use crate::rule::Rule;

/// A part of a file, in bytes.
pub type Span = Range<usize>;

/// A part of one of the files of a package.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file's number: [`crate::package::Package::files`].
    pub file: usize,
    /// The part of it.
    pub span: Span,
}

/// One thing that is wrong, and what to do about it.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// What is wrong, in one line, with the name of what is meant.
    pub title: String,
    /// Where, and in two or three words, what.
    pub primary: Label,
    /// What led to it: uses, declarations, the other half of a pattern. May lie in other files.
    pub labels: Vec<Label>,
    /// Further sentences: the interleaving, what forbids a verdict.
    pub notes: Vec<String>,
    /// What to do, the likeliest first. Never empty.
    pub verdicts: Vec<Verdict>,
    /// Its line in the summary table.
    pub row: Row,
}

/// A place with a text at it.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there.
    pub text: String,
}

/// A replacement, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The name under which the guide has it: `once`, `counter`, `snapshot`, …
    pub name: &'static str,
    /// What to write instead, as a help line: "use `onset::Lazy<String>`".
    pub replacement: String,
    /// How much speaks for it.
    pub confidence: Confidence,
    /// What speaks for it.
    pub because: String,
    /// What to look at before believing it; always there if the confidence is low.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_at: Option<String>,
}

/// How much speaks for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess: look at what the verdict names.
    Low,
    /// The uses that were seen fit; some were not understood.
    Medium,
    /// All uses were seen and fit.
    High,
}

impl Confidence {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A finding's line in the summary table, which has the shape of the review of Django's module
/// globals.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The module's path: `crate_name::a::b`.
    pub module: String,
    /// The static's (or const's, or crate's) name.
    pub name: String,
    /// What it is: `static mut Option<String>`, `const Cell<u8>`.
    pub kind: String,
    /// Whether somebody may see it half initialised.
    pub incomplete: Answer,
    /// Whether work may be done twice.
    pub duplicated: Answer,
}

/// An answer in the summary table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It happens.
    Yes,
    /// It may happen; whether it does hangs on what could not be seen.
    Possible,
    /// It does not happen.
    No,
    /// The question does not arise.
    #[serde(rename = "-")]
    NotAsked,
}

impl Answer {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Possible => "possible",
            Self::No => "no",
            Self::NotAsked => "-",
        }
    }
}

/// A file, or something else that was to be read, that could not be.
#[derive(Debug, Clone, Serialize)]
pub struct Unread {
    /// Its path.
    pub path: PathBuf,
    /// Line and column, both from 1, if it was read but does not parse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(usize, usize)>,
    /// What went wrong.
    pub why: String,
}
