//! Comments, found without a parser, and the lines that they are about.

use crate::{
    finding::Span,
    tokens::{self, Kind},
};

/// A comment, without its line's end.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) span: Span,
}

/// The comments of a Rust source.
pub(super) fn of_rust(text: &str) -> Vec<Comment> {
    tokens::of(text)
        .filter(|(kind, _)| *kind == Kind::Comment)
        .map(|(_, span)| Comment { span })
        .collect()
}

/// The comments of a TOML file.
pub(super) fn of_toml(text: &str) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut quote = None;
        let hash = line.char_indices().find(|&(_, c)| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                _ => {}
            }
            quote.is_none() && c == '#'
        });
        if let Some((at, _)) = hash {
            comments.push(Comment {
                span: start + at..start + line.trim_end().len(),
            });
        }
        start += line.len();
    }
    comments
}

/// The line (from 0) that a comment in a Rust source is about: its own if code stands on it, or that of
/// the code below, attributes and other comments passed over.
pub(super) fn line_meant(text: &str, comment: &Comment) -> usize {
    let Span { start, end } = comment.span;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let below = if text[line_start..start].trim().is_empty() {
        code(&text[end..]).map(|at| end + at)
    } else {
        None
    };
    text[..below.unwrap_or(start)].matches('\n').count()
}

/// Where code begins that is no attribute.
fn code(text: &str) -> Option<usize> {
    let mut tokens = tokens::of(text)
        .filter(|(kind, _)| *kind != Kind::Comment)
        .peekable();
    loop {
        let (kind, span) = tokens.next()?;
        let opens = |(kind, _): &(Kind, Span)| matches!(kind, Kind::Mark(b'!' | b'['));
        if kind != Kind::Mark(b'#') || !tokens.peek().is_some_and(opens) {
            return Some(span.start);
        }
        // `#[…]` or `#![…]`
        let mut depth = 0_usize;
        for (kind, _) in &mut tokens {
            match kind {
                Kind::Mark(b'[') => depth += 1,
                Kind::Mark(b']') if depth == 1 => break,
                Kind::Mark(b']') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
}
