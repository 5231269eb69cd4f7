//! Comments, found without a parser: texts are skipped, nothing else is understood.

use crate::finding::Span;

/// A comment, without its line's end.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) span: Span,
}

/// The comments of a Rust source.
pub(super) fn of_rust(text: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest {
            [b'/', b'/', ..] => {
                let length = line_length(rest);
                comments.push(Comment {
                    span: at..at + length,
                });
                length
            }
            [b'/', b'*', ..] => {
                let length = block_length(rest);
                comments.push(Comment {
                    span: at..at + length,
                });
                length
            }
            [b'"', ..] => text_length(rest),
            [b'r', b'"' | b'#', ..] if !follows_name(bytes, at) => raw_length(rest),
            [b'\'', ..] => char_length(rest),
            _ => 1,
        };
        at += length;
    }
    comments
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

/// The line (from 0) that a comment is about: its own, or the next one with code if it stands alone.
pub(super) fn line_meant(text: &str, comment: &Comment) -> usize {
    let line_start = text[..comment.span.start]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let own = text[..line_start].matches('\n').count();
    if !text[line_start..comment.span.start].trim().is_empty() {
        return own;
    }
    let ends = own + text[comment.span.clone()].matches('\n').count();
    let passed_over = |line: &str| {
        let line = line.trim_start();
        line.is_empty()
            || ["//", "/*", "*", "#[", "#![", "#"]
                .iter()
                .any(|start| line.starts_with(start))
    };
    let below = text.lines().enumerate().skip(ends + 1);
    below
        .into_iter()
        .find(|(_, line)| !passed_over(line))
        .map_or(own, |(number, _)| number)
}

fn line_length(rest: &[u8]) -> usize {
    let length = rest
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(rest.len());
    if length > 0 && rest[length - 1] == b'\r' {
        length - 1
    } else {
        length
    }
}

/// A block comment, which may hold others.
fn block_length(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn text_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`; a raw identifier (`r#type`) is one byte long here.
fn raw_length(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 1;
    }
    let end: Vec<u8> = std::iter::once(b'"')
        .chain(std::iter::repeat_n(b'#', hashes))
        .collect();
    let inside = &rest[2 + hashes..];
    let length = inside.windows(end.len()).position(|window| window == end);
    length.map_or(rest.len(), |length| 2 + hashes + length + end.len())
}

/// `'a'`, `'\n'`; a lifetime is one byte long here.
fn char_length(rest: &[u8]) -> usize {
    match rest {
        [_, b'\\', ..] => rest[2..]
            .iter()
            .skip(1)
            .position(|&byte| byte == b'\'')
            .map_or(1, |length| length + 4),
        [_, b'"' | b'/', b'\'', ..] => 3,
        _ => 1,
    }
}

fn follows_name(bytes: &[u8], at: usize) -> bool {
    at > 0
        && (bytes[at - 1] == b'_' || bytes[at - 1].is_ascii_alphanumeric())
        && bytes[at - 1] != b'b'
}
