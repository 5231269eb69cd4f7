//! Lines and columns of a text.

use std::ops::Range;

use crate::{audit::Report, finding::Label};

/// Where the lines of a text begin.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after).collect(),
        }
    }

    /// The line of a byte, from 0.
    #[must_use]
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte) - 1
    }

    /// The line and column of a byte.
    #[must_use]
    pub fn at(&self, byte: usize) -> At {
        let line = self.line(byte);
        let before = self.text.get(self.starts[line]..byte).unwrap_or_default();
        At {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }

    /// The bytes of so many lines (from 0), the last one's end left out.
    #[must_use]
    pub fn bytes(&self, first: usize, last: usize) -> Range<usize> {
        let start = self.starts[first];
        let end = self
            .starts
            .get(last + 1)
            .map_or(self.text.len(), |start| start - 1);
        let returns = self.text[start..end].ends_with('\r');
        start..end - usize::from(returns)
    }
}

/// The lines of a report's files: of those that something is shown of.
#[derive(Debug)]
pub(super) struct Texts<'a>(Vec<Option<Lines<'a>>>);

impl<'a> Texts<'a> {
    /// Those of a report.
    pub(super) fn of(report: &'a Report) -> Self {
        let texts = report.files.iter().map(|file| file.text.as_deref());
        Self(texts.map(|text| text.map(Lines::of)).collect())
    }

    /// The text of a file, and its lines.
    pub(super) fn get(&self, file: usize) -> Option<(&'a str, &Lines<'a>)> {
        let lines = self.0[file].as_ref()?;
        Some((lines.text, lines))
    }

    /// Where a label begins and ends.
    pub(super) fn range(&self, label: &Label) -> (At, At) {
        let span = &label.place.span;
        let of = |(_, lines): (_, &Lines<'_>)| (lines.at(span.start), lines.at(span.end));
        let nowhere = At { line: 1, column: 1 };
        self.get(label.place.file).map_or((nowhere, nowhere), of)
    }
}

#[cfg(test)]
mod tests {
    use super::{At, Lines};

    #[test]
    fn columns_count_characters() {
        let lines = Lines::of("ab\näö x\r\n\n");
        let found = [0, 3, 7, 8, 11].map(|byte| lines.at(byte));
        let expected = [(1, 1), (2, 1), (2, 3), (2, 4)].map(|(line, column)| At { line, column });
        assert_eq!(found[..3], expected[..3]);
        assert_eq!((found[3], found[4].line), (expected[3], 3));
        assert_eq!(lines.bytes(0, 0), 0..2);
        assert_eq!((lines.bytes(0, 1), lines.bytes(2, 3)), (0..9, 11..12));
    }
}
