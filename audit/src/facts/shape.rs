//! What a value is, by the looks of the expression.

use quote::ToTokens;
use syn::{Expr, Lit, UnOp};

/// A value, by the looks of the expression that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What it is.
    pub kind: ShapeKind,
    /// The expression in one line, shortened.
    pub text: String,
    /// The names in it.
    pub mentions: Vec<String>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// `true`
    True,
    /// `false`
    False,
    /// `0`, `-1`, `1.5`, `'a'`
    Number,
    /// `"text"`, `b"bytes"`
    Text,
    /// `None`
    None,
    /// `Some(…)`
    Some,
    /// A collection without anything in it: `Vec::new()`, `String::new()`, `&[]`.
    Empty,
    /// A null pointer.
    Null,
    /// `MaybeUninit::uninit()` or `zeroed()`, `mem::zeroed()`
    Uninit,
    /// `[0; n]`
    Repeat,
    /// `[a, b, c]`, `(a, b)`
    List,
    /// `Name { … }`
    Struct,
    /// A reference to something: `&X`.
    Reference,
    /// A call of a function or method.
    Call,
    /// A path: a constant, a unit struct, a function, a local variable.
    Path,
    /// Anything else.
    Other,
}

/// Longer expressions are shortened to so many characters.
const SHOWN: usize = 60;

impl Shape {
    /// The shape of an expression.
    #[must_use]
    pub fn of(expr: &Expr) -> Self {
        let mut mentions = Vec::new();
        names(expr.to_token_stream(), &mut mentions);
        Self {
            kind: kind(expr),
            text: shorten(&one_line(expr)),
            mentions,
        }
    }

    /// Whether it stands for "nothing there yet".
    #[must_use]
    pub fn is_empty_value(&self) -> bool {
        use ShapeKind::{Empty, None, Null, Uninit};
        matches!(self.kind, None | Empty | Null | Uninit)
    }
}

fn kind(expr: &Expr) -> ShapeKind {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Bool(value) if value.value => ShapeKind::True,
            Lit::Bool(_) => ShapeKind::False,
            Lit::Int(_) | Lit::Float(_) | Lit::Char(_) | Lit::Byte(_) => ShapeKind::Number,
            _ => ShapeKind::Text,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => kind(&unary.expr),
        Expr::Paren(paren) => kind(&paren.expr),
        Expr::Group(group) => kind(&group.expr),
        Expr::Cast(cast) => match (kind(&cast.expr), &*cast.ty) {
            (ShapeKind::Number, syn::Type::Ptr(_)) => ShapeKind::Null,
            (inner, _) => inner,
        },
        Expr::Unsafe(block) => tail_kind(&block.block),
        Expr::Block(block) => tail_kind(&block.block),
        Expr::Path(path) => match last_segment(&path.path).as_str() {
            "None" => ShapeKind::None,
            _ => ShapeKind::Path,
        },
        Expr::Reference(reference) => match kind(&reference.expr) {
            ShapeKind::Empty => ShapeKind::Empty,
            _ => ShapeKind::Reference,
        },
        Expr::Repeat(_) => ShapeKind::Repeat,
        Expr::Array(array) if array.elems.is_empty() => ShapeKind::Empty,
        Expr::Array(_) | Expr::Tuple(_) => ShapeKind::List,
        Expr::Struct(_) => ShapeKind::Struct,
        Expr::Call(call) => call_kind(call),
        Expr::MethodCall(_) => ShapeKind::Call,
        Expr::Macro(call) if call.mac.tokens.is_empty() && call.mac.path.is_ident("vec") => {
            ShapeKind::Empty
        }
        _ => ShapeKind::Other,
    }
}

fn tail_kind(block: &syn::Block) -> ShapeKind {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(expr, None)) => kind(expr),
        _ => ShapeKind::Other,
    }
}

/// What is known of some functions' results by their names.
fn call_kind(call: &syn::ExprCall) -> ShapeKind {
    let Expr::Path(path) = &*call.func else {
        return ShapeKind::Call;
    };
    match last_segment(&path.path).as_str() {
        "Some" => ShapeKind::Some,
        "null" | "null_mut" | "dangling" if call.args.is_empty() => ShapeKind::Null,
        "uninit" | "zeroed" | "uninit_array" if call.args.is_empty() => ShapeKind::Uninit,
        "new" if call.args.is_empty() && is_collection(&path.path) => ShapeKind::Empty,
        _ => ShapeKind::Call,
    }
}

/// Collections whose `new()` is empty.
const COLLECTIONS: &[&str] = &[
    "Vec",
    "VecDeque",
    "String",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "LinkedList",
    "IndexMap",
    "IndexSet",
    "FxHashMap",
    "AHashMap",
    "SmallVec",
    "ArrayVec",
    "LinkedHashMap",
    "PathBuf",
    "OsString",
    "DashMap",
    "FnvHashMap",
    "FxHashSet",
    "Deque",
];

fn is_collection(path: &syn::Path) -> bool {
    let of = path.segments.iter().rev().nth(1);
    of.is_some_and(|segment| COLLECTIONS.iter().any(|name| segment.ident == name))
}

/// The last segment of a path.
pub(super) fn last_segment(path: &syn::Path) -> String {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// All segments of a path.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect()
}

/// The identifiers among the tokens.
fn names(tokens: proc_macro2::TokenStream, into: &mut Vec<String>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Ident(ident) => into.push(ident.to_string()),
            proc_macro2::TokenTree::Group(group) => names(group.stream(), into),
            _ => {}
        }
    }
}

/// The tokens in one line, spaced as people write.
pub(super) fn one_line(of: &impl ToTokens) -> String {
    tidy(&of.to_token_stream().to_string())
}

/// Takes out most of the spaces that the token printer puts in.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let glued = out.ends_with(['(', '[', '!', '&', '.', '<', ':', '*', ' '])
            || word.starts_with([')', ']', '.', ',', ';', '?', '<', '>', '(', '[', '!', ':']);
        if !(out.is_empty() || glued && !out.ends_with(',')) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most so many characters of a text.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
