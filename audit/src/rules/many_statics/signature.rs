//! What of a function hangs on its type parameters, by its text.

use std::collections::HashSet;

use quote::ToTokens;
use syn::{FnArg, GenericParam, ImplItemFn, Pat};

use crate::facts::{Function, Receiver};

/// Traits of parameters that are there for the caller's convenience: closures, and what is taken in more
/// than one form.
const CONVENIENT: &[&str] = &[
    "Fn",
    "FnMut",
    "FnOnce",
    "AsRef",
    "AsMut",
    "Into",
    "TryInto",
    "ToString",
    "ToOwned",
    "Borrow",
    "Display",
    "Debug",
    "IntoIterator",
    "Iterator",
    "Future",
    "IntoFuture",
    "AsFd",
    "AsRawFd",
    "Read",
    "Write",
    "BufRead",
];

/// A function's signature, and the names in it that hang on its types.
pub(super) struct Signature {
    /// Parameters that are more than closures and conversions.
    pub(super) types: Vec<String>,
    /// Arguments whose types are generic, `self` too.
    arguments: HashSet<String>,
}

impl Signature {
    /// Reads the signature again, from the text of the file that the function stands in.
    pub(super) fn of(function: &Function, text: &str) -> Self {
        let parsed = syn::parse_str::<ImplItemFn>(&text[function.span.clone()]).ok();
        let convenient = parsed.as_ref().map_or_else(HashSet::new, convenient);
        let types = function.generics.iter();
        let types = types.filter(|name| !convenient.contains(*name) && *name != "impl Trait");
        let mut arguments = parsed.map_or_else(HashSet::new, |parsed| {
            generic_arguments(&parsed, &function.generics)
        });
        if function.receiver != Receiver::None {
            arguments.insert("self".to_owned());
        }
        Self {
            types: types.cloned().collect(),
            arguments,
        }
    }

    /// Whether an expression at some place of the function names something that may hang on its types: an
    /// argument, or a variable that is bound before.
    pub(super) fn may_hang(&self, function: &Function, text: &str, at: usize, expr: &str) -> bool {
        let before = text.get(function.span.start..at).unwrap_or_default();
        let bound = bound_before(before);
        words(expr).any(|word| self.arguments.contains(word) || bound.contains(word))
    }
}

/// What stands in the parentheses that a text begins with, without what is quoted in it.
pub(super) fn arguments(text: &str) -> String {
    let mut inside = String::new();
    let mut depth = 0;
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth <= 0 && !char.is_whitespace() {
            break;
        }
        if !quoted {
            inside.push(char);
        }
    }
    inside
}

/// The words in a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The parameters all of whose bounds are convenient, and those that are only a closure's result.
fn convenient(of: &ImplItemFn) -> HashSet<String> {
    let generics = &of.sig.generics;
    let mut all = HashSet::new();
    for parameter in &generics.params {
        let GenericParam::Type(parameter) = parameter else {
            continue;
        };
        let name = parameter.ident.to_string();
        let clause = generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates);
        let of_clause = clause.filter_map(|predicate| match predicate {
            syn::WherePredicate::Type(bound) if is_path(&bound.bounded_ty, &name) => {
                Some(&bound.bounds)
            }
            _ => None,
        });
        let bounds: Vec<_> = of_clause.flatten().chain(&parameter.bounds).collect();
        let traits = bounds.iter().filter_map(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => bound.path.segments.last(),
            _ => None,
        });
        if traits
            .into_iter()
            .any(|last| CONVENIENT.iter().any(|name| last.ident == name))
        {
            let inside = bounds
                .iter()
                .map(|bound| bound.to_token_stream().to_string());
            all.extend(inside.flat_map(|text| words(&text).map(str::to_owned).collect::<Vec<_>>()));
            all.insert(name);
        }
    }
    let closures = of.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => match &*input.ty {
            syn::Type::ImplTrait(ty) => Some(ty.to_token_stream().to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    all.extend(closures.flat_map(|text| words(&text).map(str::to_owned).collect::<Vec<_>>()));
    all
}

fn is_path(ty: &syn::Type, name: &str) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident(name))
}

/// The names of arguments in whose types one of the parameters stands.
fn generic_arguments(of: &ImplItemFn, generics: &[String]) -> HashSet<String> {
    let names = of.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => {
            let ty = input.ty.to_token_stream().to_string();
            let is_generic = words(&ty).any(|word| {
                word == "impl" || word == "Self" || generics.iter().any(|name| name == word)
            });
            is_generic.then(|| pattern(&input.pat))
        }
        FnArg::Receiver(_) => None,
    });
    names.flatten().collect()
}

fn pattern(pattern: &Pat) -> Vec<String> {
    let text = pattern.to_token_stream().to_string();
    words(&text).map(str::to_owned).collect()
}

/// The names that stand behind a `let` in a text.
fn bound_before(text: &str) -> HashSet<&str> {
    let lets = text.split("let ").skip(1);
    lets.flat_map(|rest| words(rest.split('=').next().unwrap_or_default()))
        .filter(|word| !matches!(*word, "mut" | "ref" | "Some" | "Ok" | "Err" | "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_end_where_their_parenthesis_does_and_leave_out_what_is_quoted() {
        assert_eq!(
            arguments("(|| new(\"a (\\\" b\", c)).is(d)")
                .split_whitespace()
                .collect::<String>(),
            "(||new(\",c)"
        );
        assert_eq!(arguments("()").as_str(), "(");
    }
}
