//! A source file as a flat list of tokens, each with its place in the text and the function it
//! stands in. Tokens, not expressions: what stands in the body of a macro counts too.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::trouble::Trouble;

pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    /// For an opening or closing delimiter, the index of the other one; otherwise its own.
    pub(crate) mate: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub(crate) fn is_name(&self) -> bool {
        self.text
            .starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// The tokens of a text. Delimiters are tokens of their own; comments are none.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Trouble> {
    let stream: TokenStream = text.parse().map_err(|error| {
        Trouble::new(
            format!("not Rust: {error}"),
            "see whether the file compiles",
        )
    })?;
    let mut flat = Vec::new();
    flatten(stream, &mut flat);
    Ok(flat)
}

fn flatten(stream: TokenStream, flat: &mut Vec<Token>) {
    for tree in stream {
        let TokenTree::Group(group) = tree else {
            push(flat, tree.to_string(), tree.span().byte_range());
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::None => ("", ""),
        };
        let opened = push(flat, open.to_owned(), group.span_open().byte_range());
        flatten(group.stream(), flat);
        let closed = push(flat, close.to_owned(), group.span_close().byte_range());
        flat[opened].mate = closed;
        flat[closed].mate = opened;
    }
}

fn push(flat: &mut Vec<Token>, text: String, range: Range<usize>) -> usize {
    let mate = flat.len();
    flat.push(Token { text, range, mate });
    mate
}

/// A file's text, and its tokens with their scopes.
pub(crate) struct Source {
    /// Relative to the workspace, with `/`.
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// What each token belongs to.
    places: Vec<Place>,
    /// Modules in files of their own that only tests have.
    pub(crate) test_modules: Vec<String>,
}

#[derive(Clone, Default)]
struct Place {
    scope: String,
    /// A `use` statement, or code of tests.
    ignored: bool,
}

impl Source {
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Trouble> {
        let tokens = tokens(text).map_err(|trouble| trouble.within(file))?;
        let places = vec![Place::default(); tokens.len()];
        let mut source = Self {
            file: file.to_owned(),
            text: text.to_owned(),
            tokens,
            places,
            test_modules: Vec::new(),
        };
        source.place(0..source.tokens.len(), "");
        Ok(source)
    }

    /// The function that a token stands in, with the type it belongs to: `Gate::enter`.
    pub(crate) fn scope(&self, at: usize) -> &str {
        &self.places[at].scope
    }

    /// Whether a token says what the program does: not in a `use`, and not in a test.
    pub(crate) fn counts(&self, at: usize) -> bool {
        !self.places[at].ignored
    }

    pub(crate) fn text_of(&self, tokens: Range<usize>) -> &str {
        &self.text[self.bytes_of(tokens)]
    }

    pub(crate) fn bytes_of(&self, tokens: Range<usize>) -> Range<usize> {
        self.tokens[tokens.start].range.start..self.tokens[tokens.end - 1].range.end
    }

    pub(crate) fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    /// Whether the tokens from `at` on are these.
    pub(crate) fn are(&self, at: usize, texts: &[&str]) -> bool {
        texts
            .iter()
            .enumerate()
            .all(|(after, text)| self.is(at + after, text))
    }

    fn ignore(&mut self, tokens: Range<usize>) {
        for place in &mut self.places[tokens] {
            place.ignored = true;
        }
    }

    /// Gives the tokens of a range their scopes.
    fn place(&mut self, range: Range<usize>, scope: &str) {
        let mut at = range.start;
        while at < range.end {
            at = if self.are(at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
                let end = self.end_of_item(at + 7, range.end);
                self.note_test_module(at + 7..end);
                self.ignore(at..end);
                end
            } else if self.is(at, "use") && !self.is(at + 1, "<") {
                let end = self.end_of_item(at, range.end);
                self.ignore(at..end);
                end
            } else if let Some((name, open)) = self.begins_scope(at, range.end) {
                let inner = match scope {
                    "" => name,
                    outer => format!("{outer}::{name}"),
                };
                self.places[at..open].fill(Place {
                    scope: inner.clone(),
                    ignored: false,
                });
                let close = self.tokens[open].mate;
                self.place(open..close, &inner);
                close
            } else {
                scope.clone_into(&mut self.places[at].scope);
                at + 1
            };
        }
    }

    /// The index after the `;` or the braces that end the item.
    fn end_of_item(&self, mut at: usize, end: usize) -> usize {
        let is_use = self.is(at, "use");
        while at < end {
            let braces = self.is(at, "{") && !is_use;
            at = self.tokens[at].mate.max(at) + 1;
            if braces || self.is(at - 1, ";") {
                break;
            }
        }
        at
    }

    fn note_test_module(&mut self, item: Range<usize>) {
        for at in item {
            if self.is(at, "mod") && self.is(at + 2, ";") {
                self.test_modules.push(self.tokens[at + 1].text.clone());
            }
        }
    }
}
