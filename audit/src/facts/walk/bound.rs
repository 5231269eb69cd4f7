//! Whether a `static` in a macro's body belongs to the expansion, so that nobody can mean one for all.
//!
//! It does if its type or its value is made from what the macro is given, or from other items of the body;
//! and if the body defines items for which each expansion needs a place of its own, or asks where it is
//! expanded.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Words that begin an item with a name behind them.
const NAMED: &[&str] = &[
    "fn", "struct", "enum", "union", "mod", "trait", "type", "static", "const",
];

/// Words at the top level of a body that make it a list of items.
const ITEMS: &[&str] = &["fn", "struct", "enum", "union", "mod", "trait", "impl"];

/// Macros that say where they are expanded.
const PLACES: &[&str] = &["file", "line", "column", "module_path"];

/// Methods that fill a cell.
const FILLS: &[&str] = &["get_or_init", "get_or_try_init", "set"];

/// The body of a macro, seen as a whole.
pub(super) struct Body {
    tokens: Vec<TokenTree>,
    /// Whether the expansion is bound to its place, and all statics in it.
    is_bound: bool,
    /// The names of the items in it.
    names: Vec<String>,
    /// Whether it uses the macro's arguments.
    pub(super) uses_arguments: bool,
}

impl Body {
    /// The body, if there may be statics in it.
    pub(super) fn of(body: &Group) -> Option<Self> {
        let tokens = list(body.stream());
        if !any(&tokens, &mut |_, rest| is_word(rest.first(), "static")) {
            return None;
        }
        let mut names = Vec::new();
        let mut named_by_caller = false;
        any(&tokens, &mut |before, rest| {
            if begins_item(before) {
                named_by_caller |= is_argument(rest);
                names.extend(word(rest.first()));
            }
            named_by_caller |= is_word(rest.first(), "impl") && is_for_argument(rest);
            false
        });
        let asks_where = any(&tokens, &mut |before, rest| {
            is_mark(rest.first(), '!') && is_one_of(before.last(), PLACES)
        });
        Some(Self {
            is_bound: named_by_caller || asks_where || lists_items(&tokens),
            uses_arguments: mentions_argument(&tokens),
            names,
            tokens,
        })
    }

    /// Whether the static that stands at `at` among `tokens`, with its name there and `rest` behind it up
    /// to the `;`, belongs to the expansion.
    pub(super) fn binds(
        &self,
        tokens: &[TokenTree],
        at: usize,
        name: &str,
        rest: &[TokenTree],
    ) -> bool {
        let made_of_own = any(rest, &mut |_, rest| {
            word(rest.first()).is_some_and(|name| self.names.contains(&name))
        });
        self.is_bound
            || made_of_own
            || mentions_argument(rest)
            || mentions_argument(attributes(&tokens[..at]))
            || self.is_filled_by_caller(name)
    }

    /// `NAME.get_or_init(|| $value)`
    fn is_filled_by_caller(&self, name: &str) -> bool {
        any(&self.tokens, &mut |before, rest| {
            let [dot, method, TokenTree::Group(args), ..] = rest else {
                return false;
            };
            is_word(before.last(), name)
                && is_mark(Some(dot), '.')
                && is_one_of(Some(method), FILLS)
                && mentions_argument(&list(args.stream()))
        })
    }
}

/// Whether something holds somewhere among the tokens, those in groups too; it sees what stands before a
/// place, and what stands there and behind.
fn any(tokens: &[TokenTree], holds: &mut dyn FnMut(&[TokenTree], &[TokenTree]) -> bool) -> bool {
    (0..tokens.len()).any(|at| {
        let inside = |tokens: &TokenTree| match tokens {
            TokenTree::Group(group) => list(group.stream()),
            _ => Vec::new(),
        };
        holds(&tokens[..at], &tokens[at..]) || any(&inside(&tokens[at]), holds)
    })
}

/// Whether an argument stands somewhere among the tokens: `$name`, `$(…)`, but not `$crate`.
fn mentions_argument(tokens: &[TokenTree]) -> bool {
    any(tokens, &mut |_, rest| is_argument(rest))
}

fn is_argument(tokens: &[TokenTree]) -> bool {
    is_mark(tokens.first(), '$') && tokens.len() > 1 && !is_word(tokens.get(1), "crate")
}

/// Whether the last token is the word before an item's name, and not that of `&'static` or `*const`.
fn begins_item(before: &[TokenTree]) -> bool {
    let of_type = match before {
        [.., mark, _] => is_mark(Some(mark), '\'') || is_mark(Some(mark), '*'),
        _ => false,
    };
    is_one_of(before.last(), NAMED) && !of_type
}

/// `impl … $name … {`
fn is_for_argument(tokens: &[TokenTree]) -> bool {
    let is_block = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let end = tokens.iter().position(is_block).unwrap_or(tokens.len());
    mentions_argument(&tokens[..end])
}

/// Whether the tokens, or a repetition among them, are items and no statements.
fn lists_items(tokens: &[TokenTree]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(name) => ITEMS.iter().any(|item| name == item),
        TokenTree::Group(group) => {
            at > 0 && is_mark(tokens.get(at - 1), '$') && lists_items(&list(group.stream()))
        }
        _ => false,
    })
}

/// What stands directly before an item: attributes and `pub`, back to the item or statement before.
fn attributes(before: &[TokenTree]) -> &[TokenTree] {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    let start = before.iter().rposition(ends).map_or(0, |at| at + 1);
    &before[start..]
}

fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// The word that a token is.
fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(word)) => Some(word.to_string()),
        _ => None,
    }
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

fn is_one_of(token: Option<&TokenTree>, words: &[&str]) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if words.iter().any(|word| found == word))
}
