//! A source's words, marks, texts and comments, told apart without a parser: nothing is known of what
//! they mean, and no source is too broken for it.

use crate::finding::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A comment, without its line's end.
    Comment,
    /// A string or a character, with its quotes.
    Text,
    /// A name, a keyword, a number.
    Word,
    /// Any other byte that is no white space.
    Mark(u8),
}

/// The tokens of a Rust source.
pub(crate) fn of(text: &str) -> impl Iterator<Item = (Kind, Span)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let (kind, length) = first(&bytes[at..])?;
        let start = at;
        at += length;
        Some((kind, start..at))
    })
}

/// The first token, and how long it is.
fn first(rest: &[u8]) -> Option<(Kind, usize)> {
    let token = match rest {
        [] => return None,
        [b'/', b'/', ..] => (Kind::Comment, line_length(rest)),
        [b'/', b'*', ..] => (Kind::Comment, block_length(rest)),
        [b'"', ..] => (Kind::Text, text_length(rest)),
        [b'\'', ..] => match char_length(rest) {
            Some(length) => (Kind::Text, length),
            None => (Kind::Mark(b'\''), 1),
        },
        [byte, ..] if is_part(byte) => {
            let word = rest.iter().take_while(|byte| is_part(byte)).count();
            match raw_length(&rest[..word], &rest[word..]) {
                Some(length) => (Kind::Text, word + length),
                None => (Kind::Word, word),
            }
        }
        [byte, ..] => (Kind::Mark(*byte), 1),
    };
    Some(token)
}

fn is_part(byte: &u8) -> bool {
    *byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn line_length(rest: &[u8]) -> usize {
    let end = rest.iter().position(|&byte| byte == b'\n');
    let length = end.unwrap_or(rest.len());
    length - usize::from(rest[..length].ends_with(b"\r"))
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

/// What follows the word in `r"…"`, `br#"…"#`; none if it is a raw name (`r#type`) or another word.
fn raw_length(word: &[u8], rest: &[u8]) -> Option<usize> {
    if !matches!(word, b"r" | b"br" | b"cr") {
        return None;
    }
    let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
    let inside = rest[hashes..].strip_prefix(b"\"")?;
    let ends = |&(_, byte): &(usize, &u8)| *byte == b'"';
    let mut quotes = inside.iter().enumerate().filter(ends);
    let end = quotes.find(|(at, _)| {
        let after = inside.get(at + 1..at + 1 + hashes);
        after.is_some_and(|after| after.iter().all(|&byte| byte == b'#'))
    });
    Some(end.map_or(rest.len(), |(at, _)| hashes + 1 + at + 1 + hashes))
}

/// `'a'`, `'ä'`, `'\n'`; none for a lifetime.
fn char_length(rest: &[u8]) -> Option<usize> {
    let inside = match rest.get(1)? {
        b'\\' => {
            let end = rest.iter().skip(3).position(|&byte| byte == b'\'')?;
            return Some(end + 4);
        }
        byte if byte.is_ascii() => 1,
        _ => {
            1 + rest[2..]
                .iter()
                .take_while(|&&byte| byte & 0xC0 == 0x80)
                .count()
        }
    };
    (rest.get(1 + inside) == Some(&b'\'')).then_some(inside + 2)
}

#[cfg(test)]
mod tests {
    use super::{Kind, of};

    fn texts_and_comments(text: &str) -> Vec<&str> {
        let kept = of(text).filter(|(kind, _)| matches!(kind, Kind::Text | Kind::Comment));
        kept.map(|(_, span)| &text[span]).collect()
    }

    #[test]
    fn texts_end_where_they_end() {
        let sources: [(&str, &[&str]); 8] = [
            (r#"a("\"", x) // y"#, &[r#""\"""#, "// y"]),
            (r##"r#"a" // b"# + r#type"##, &[r##"r#"a" // b"#"##]),
            (r#"br"\" cr"\" // z"#, &[r#"br"\""#, r#"cr"\""#, "// z"]),
            (r#"for"x" // y"#, &[r#""x""#, "// y"]),
            (
                r"'\'' '\\' '\u{1F}' 'ä' '/' // y",
                &[r"'\''", r"'\\'", r"'\u{1F}'", "'ä'", "'/'", "// y"],
            ),
            (r#"&'a str, '"', "/*""#, &[r#"'"'"#, r#""/*""#]),
            (
                "/* a /* b */ c */ d // e\r\nf",
                &["/* a /* b */ c */", "// e"],
            ),
            ("/* never ended \"", &["/* never ended \""]),
        ];
        for (source, expected) in sources {
            assert_eq!(texts_and_comments(source), expected, "{source}");
        }
    }

    #[test]
    fn words_are_whole() {
        let text = "static größe_1: u8 = 0xFF;";
        let words: Vec<_> = of(text)
            .filter(|(kind, _)| *kind == Kind::Word)
            .map(|(_, span)| &text[span])
            .collect();
        assert_eq!(words, ["static", "größe_1", "u8", "0xFF"]);
    }
}
