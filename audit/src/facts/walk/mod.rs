//! From a text to its facts: one walk over the syntax tree.
//!
//! | file | what it does |
//! |---|---|
//! | `items` | statics, types, functions and whatever else stands in modules |
//! | `exprs` | expressions: what becomes of each value, under which conditions |
//! | `chains` | `(*X.lock().unwrap()).field`: from a name outwards; writes uses down |
//! | `locals` | local variables that stand for a static: `let p = &mut X;` |
//! | `macros` | macro calls and definitions, as far as they can be understood |

mod bound;
mod chains;
mod exprs;
mod items;
mod locals;
mod macros;

use proc_macro2::Span as TokenSpan;
use syn::spanned::Spanned;

use self::locals::Locals;
use super::model::{FileFacts, FnId, Scope, ScopeId, ScopeKind};
use crate::{finding::Span, names::Names};

/// Why a text could not be parsed, and where: line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// The parser's message.
    pub message: String,
}

/// Parses a file and takes down what is in it.
///
/// # Errors
///
/// The parser's, if the text is not Rust as it knows it.
pub fn parse(text: &str, module: Vec<String>, names: &Names) -> Result<FileFacts, ParseError> {
    // The parser remembers the texts that this thread has parsed, so that spans can be told apart.
    proc_macro2::extra::invalidate_current_thread_spans();
    let file = syn::parse_file(text).map_err(|error| {
        let at = error.span().start();
        ParseError {
            line: at.line,
            column: at.column + 1,
            message: error.to_string(),
        }
    })?;
    // A byte order mark and a `#!` line are cut off before the tokens are counted.
    let marked = text
        .strip_prefix('\u{feff}')
        .map_or(0, |_| '\u{feff}'.len_utf8());
    let shebang = file.shebang.as_ref().map_or(0, String::len);
    let mut walker = Walker::new(&text[marked + shebang..], marked + shebang, names);
    walker.facts.module = module;
    walker.file(&file);
    Ok(walker.facts)
}

/// The state of the walk.
struct Walker<'a> {
    /// The text that the spans count from.
    text: &'a str,
    /// Where it begins in the file.
    offset: usize,
    names: &'a Names,
    facts: FileFacts,
    /// Inline modules around here.
    module: Vec<String>,
    scope: ScopeId,
    function: Option<FnId>,
    /// Type parameters of the `impl` or trait around here, and its name.
    owner: Option<Owner>,
    locals: Locals,
    in_condition: Option<Span>,
    loops: usize,
    in_tests: bool,
    /// The macro whose tokens these are.
    in_macro: Option<String>,
    /// How deep macros stand in macros.
    macro_depth: usize,
    /// The `macro_rules!` in whose body we are.
    in_definition_of: Option<String>,
}

/// An `impl` or a trait.
#[derive(Clone)]
struct Owner {
    name: Option<String>,
    generics: Vec<String>,
    of_trait: bool,
}

impl<'a> Walker<'a> {
    fn new(text: &'a str, offset: usize, names: &'a Names) -> Self {
        let file = Scope {
            parent: None,
            kind: ScopeKind::File,
            span: offset..offset + text.len(),
            function: None,
        };
        Self {
            text,
            offset,
            names,
            facts: FileFacts {
                scopes: vec![file],
                ..FileFacts::default()
            },
            module: Vec::new(),
            scope: 0,
            function: None,
            owner: None,
            locals: Locals::default(),
            in_condition: None,
            loops: 0,
            in_tests: false,
            in_macro: None,
            macro_depth: 0,
            in_definition_of: None,
        }
    }

    fn file(&mut self, file: &syn::File) {
        for item in &file.items {
            self.item(item);
        }
        self.facts.uses.sort_by_key(|used| used.span.start);
    }

    /// Runs `inside` in a new scope.
    fn scoped(&mut self, kind: ScopeKind, span: Span, inside: impl FnOnce(&mut Self)) {
        let around = self.scope;
        self.open(kind, span);
        inside(self);
        self.scope = around;
    }

    /// Opens a scope that lasts until somebody sets `self.scope` back.
    fn open(&mut self, kind: ScopeKind, span: Span) {
        let scope = Scope {
            parent: Some(self.scope),
            kind,
            span,
            function: self.function,
        };
        self.scope = self.facts.scopes.len();
        self.facts.scopes.push(scope);
    }

    /// The bytes of a token's span.
    fn span(&self, of: TokenSpan) -> Span {
        let range = of.byte_range();
        let length = self.text.len();
        range.start.min(length) + self.offset..range.end.min(length) + self.offset
    }

    /// The bytes of anything that has tokens.
    fn span_of(&self, of: &impl Spanned) -> Span {
        self.span(of.span())
    }

    /// From the first to the last of two spans.
    fn between(&self, first: TokenSpan, last: TokenSpan) -> Span {
        self.span(first).start..self.span(last).end
    }

    /// The text of a span in one line, shortened.
    fn slice(&self, span: &Span) -> String {
        let text = &self.text[span.start - self.offset..span.end - self.offset];
        super::shape::shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
