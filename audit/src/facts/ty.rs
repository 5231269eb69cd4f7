//! Types, as far as the rules have to know them.

use std::fmt::{self, Display, Formatter};

use super::shape::one_line;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// A path: the last segment's name, the segments before it, and the last one's type arguments.
    Path {
        /// `Option`
        name: String,
        /// `["std", "option"]`
        before: Vec<String>,
        /// `[String]`
        args: Vec<Self>,
    },
    /// `&T`, `&mut T`
    Ref {
        /// Whether it is `&mut`.
        mutable: bool,
        /// To what.
        to: Box<Self>,
    },
    /// `*const T`, `*mut T`
    Ptr {
        /// Whether it is `*mut`.
        mutable: bool,
        /// To what.
        to: Box<Self>,
    },
    /// `[T; n]`, with the length's text, or `[T]`.
    Array(Box<Self>, Option<String>),
    /// `(A, B)`
    Tuple(Vec<Self>),
    /// `fn(A) -> B`, with its text.
    Fn(String),
    /// Anything else: `dyn Trait`, `impl Trait`, a macro, with its text.
    Other(String),
}

impl Ty {
    /// The type that `syn` read.
    #[must_use]
    pub fn of(ty: &syn::Type) -> Self {
        match ty {
            syn::Type::Path(path) => Self::of_path(&path.path),
            syn::Type::Reference(reference) => Self::Ref {
                mutable: reference.mutability.is_some(),
                to: Box::new(Self::of(&reference.elem)),
            },
            syn::Type::Ptr(pointer) => Self::Ptr {
                mutable: matches!(pointer.mutability, syn::PointerMutability::Mut(_)),
                to: Box::new(Self::of(&pointer.elem)),
            },
            syn::Type::Array(array) => {
                Self::Array(Box::new(Self::of(&array.elem)), Some(one_line(&array.len)))
            }
            syn::Type::Slice(slice) => Self::Array(Box::new(Self::of(&slice.elem)), None),
            syn::Type::Tuple(tuple) => Self::Tuple(tuple.elems.iter().map(Self::of).collect()),
            syn::Type::Group(group) => Self::of(&group.elem),
            syn::Type::Paren(paren) => Self::of(&paren.elem),
            syn::Type::FnPtr(_) => Self::Fn(one_line(ty)),
            _ => Self::Other(one_line(ty)),
        }
    }

    /// The type that a path names.
    #[must_use]
    pub fn of_path(path: &syn::Path) -> Self {
        let mut before: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let name = before.pop().unwrap_or_default();
        let args = match path.segments.last().map(|segment| &segment.arguments) {
            Some(syn::PathArguments::AngleBracketed(args)) => {
                args.args.iter().filter_map(of_argument).collect()
            }
            _ => Vec::new(),
        };
        Self::Path { name, before, args }
    }

    /// The last segment's name, of a path.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Path { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The type arguments, of a path.
    #[must_use]
    pub fn args(&self) -> &[Self] {
        match self {
            Self::Path { args, .. } => args,
            _ => &[],
        }
    }

    /// Whether it is a path whose last segment is one of these.
    #[must_use]
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        self.name().is_some_and(|name| names.contains(&name))
    }
}

fn of_argument(argument: &syn::GenericArgument) -> Option<Ty> {
    match argument {
        syn::GenericArgument::Type(ty) => Some(Ty::of(ty)),
        syn::GenericArgument::Const(value) => Some(Ty::Other(one_line(value))),
        _ => None,
    }
}

impl Display for Ty {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { name, args, .. } => {
                f.write_str(name)?;
                if args.is_empty() {
                    Ok(())
                } else {
                    list(f, "<", args, ">")
                }
            }
            Self::Ref { mutable, to } => write!(f, "&{}{to}", if *mutable { "mut " } else { "" }),
            Self::Ptr { mutable, to } => {
                write!(f, "*{} {to}", if *mutable { "mut" } else { "const" })
            }
            Self::Array(of, Some(length)) => write!(f, "[{of}; {length}]"),
            Self::Array(of, None) => write!(f, "[{of}]"),
            Self::Tuple(of) => list(f, "(", of, ")"),
            Self::Fn(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

fn list(f: &mut Formatter<'_>, open: &str, of: &[Ty], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (number, ty) in of.iter().enumerate() {
        if number > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{ty}")?;
    }
    f.write_str(close)
}
