//! One change to one file.

use std::ops::Range;

use crate::trouble::Trouble;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Of bytes in the file.
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// Stays the same while code around it changes: file, function, what, which one of several.
    pub(crate) id: String,
    pub(crate) file: String,
    /// In the order of the file; they do not overlap.
    pub(crate) edits: Vec<Edit>,
}

impl Mutant {
    /// The file with the change.
    pub(crate) fn applied(&self, original: &str) -> Result<String, Trouble> {
        let mut text = original.to_owned();
        for edit in self.edits.iter().rev() {
            if text.get(edit.range.clone()).is_none() {
                return Err(Trouble::new(
                    format!("{}: the file is another one than was read", self.id),
                    "start again, and leave the sources alone until the copies are made",
                ));
            }
            text.replace_range(edit.range.clone(), &edit.text);
        }
        Ok(text)
    }

    /// What it does, on one line.
    pub(crate) fn described(&self, original: &str) -> String {
        let mut parts = Vec::new();
        for edit in &self.edits {
            let before = original.get(edit.range.clone()).unwrap_or_default();
            parts.push(format!("`{}` -> `{}`", line(before), line(&edit.text)));
        }
        parts.join(", ")
    }
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Numbers what would have the same name in the same function: the first has none, then `#2`.
#[derive(Default)]
pub(crate) struct Names(std::collections::BTreeMap<String, usize>);

impl Names {
    pub(crate) fn next(&mut self, name: String) -> String {
        let count = self.0.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => name,
            n => format!("{name}#{n}"),
        }
    }
}
