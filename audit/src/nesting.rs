//! How deep a source nests. The parser and the walk recurse as deep as the code does, so what is too
//! deep for a thread's stack is refused before they see it.

use crate::tokens::{self, Kind};

/// Deeper nested brackets are refused.
const BRACKETS: usize = 1500;

/// So are longer expressions and types: `&&&…`, `a + b + c + …`, `if … else if …` nest without brackets,
/// each part in the one before or behind it.
const TOKENS: usize = 10_000;

/// Why a source is refused, if it is.
pub(crate) fn refusal(text: &str) -> Option<String> {
    let mut open = Open::default();
    let mut tokens = tokens::of(text)
        .filter(|(kind, _)| *kind != Kind::Comment)
        .peekable();
    while let Some((kind, _)) = tokens.next() {
        open.take(kind);
        if kind == Kind::Mark(b'}') {
            let goes_on = tokens.peek().is_some_and(|(kind, span)| match kind {
                Kind::Word => matches!(&text[span.clone()], "else" | "as"),
                Kind::Mark(mark) => b".?+-*/%&|^<>=".contains(mark),
                _ => false,
            });
            if !goes_on {
                open.end();
            }
        }
        if open.levels.len() > BRACKETS {
            return Some(format!("its brackets are nested more than {BRACKETS} deep"));
        }
        if open.tokens > TOKENS {
            return Some(format!(
                "an expression or type in it goes on for more than {TOKENS} tokens"
            ));
        }
    }
    None
}

/// What has begun and not ended.
#[derive(Default)]
struct Open {
    /// For each open bracket, the tokens of the expression that it stands in.
    levels: Vec<usize>,
    /// The tokens of the expression inside the last one.
    here: usize,
    /// All of these tokens.
    tokens: usize,
}

impl Open {
    fn take(&mut self, kind: Kind) {
        self.here += 1;
        self.tokens += 1;
        match kind {
            Kind::Mark(b'(' | b'[' | b'{') => {
                self.levels.push(self.here);
                self.here = 0;
            }
            Kind::Mark(b')' | b']' | b'}') => {
                self.end();
                self.here = self.levels.pop().unwrap_or_default();
            }
            Kind::Mark(b';' | b',') => self.end(),
            _ => {}
        }
    }

    /// An expression, type or item has ended.
    fn end(&mut self) {
        self.tokens -= self.here;
        self.here = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{BRACKETS, TOKENS, refusal};

    fn long(part: &str) -> String {
        format!("fn f() {{ {} }}", part.repeat(TOKENS))
    }

    #[test]
    fn what_nests_is_refused() {
        let brackets = format!("{}{}", "(".repeat(BRACKETS + 1), ")".repeat(BRACKETS + 1));
        assert!(refusal(&brackets).unwrap().contains("brackets"));
        for part in ["&", "a + ", "if x {} else ", "S {} + ", "return "] {
            assert!(refusal(&long(part)).unwrap().contains("tokens"), "{part}");
        }
        let spread = format!("{}{}", "a + (".repeat(1400), "&".repeat(TOKENS - 1400));
        assert!(refusal(&spread).is_some(), "levels count together");
    }

    #[test]
    fn what_only_goes_on_is_not() {
        for part in [
            "a;",
            "a + b, ",
            "{ a }",
            "f(a); ",
            "[1],",
            "if x {} ",
            "// ((((\n",
            "fn g() {}",
            "m! { a }",
        ] {
            assert_eq!(refusal(&long(part)), None, "{part}");
        }
        let text = format!("\"{}\"", "[".repeat(TOKENS * 2));
        assert_eq!(refusal(&text), None);
        assert_eq!(refusal(&"}".repeat(10)), None);
    }
}
