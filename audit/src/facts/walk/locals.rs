//! Local variables that stand for a static.

use std::collections::HashMap;

use syn::Pat;

use super::{
    super::model::{End, Step},
    Walker,
};

/// The local variables around here, the innermost block's last.
#[derive(Debug, Default)]
pub(super) struct Locals {
    blocks: Vec<HashMap<String, Local>>,
}

/// What a local variable is.
#[derive(Debug, Clone)]
pub(super) enum Local {
    /// Its own value; it hides a static of the same name.
    Plain,
    /// A reference into a static.
    Alias(Alias),
}

/// A static's path, and the steps that lead from it to the local variable.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) path: Vec<String>,
    pub(super) steps: Vec<Step>,
}

impl Locals {
    pub(super) fn enter(&mut self) {
        self.blocks.push(HashMap::new());
    }

    pub(super) fn leave(&mut self) {
        self.blocks.pop();
    }

    pub(super) fn find(&self, name: &str) -> Option<&Local> {
        self.blocks.iter().rev().find_map(|block| block.get(name))
    }

    fn insert(&mut self, name: String, local: Local) {
        if self.blocks.is_empty() {
            self.enter();
        }
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name, local);
        }
    }
}

impl Walker<'_> {
    /// The names in a pattern are variables of their own.
    pub(super) fn bind_plain(&mut self, pattern: &Pat) {
        let mut names = Vec::new();
        bound_names(pattern, &mut names);
        for (name, _) in names {
            self.locals.insert(name, Local::Plain);
        }
    }

    /// The names in a pattern are what the value at `end` gives them, if it was a static's: of the uses
    /// from number `since` on, the last one that ended there.
    pub(super) fn bind(&mut self, pattern: &Pat, since: usize, is_end: impl Fn(&End) -> bool) {
        let source = self.facts.uses[since..]
            .iter()
            .rev()
            .find(|used| is_end(&used.end));
        let source = source.map(|used| Alias {
            path: used.path.clone(),
            steps: used.steps.clone(),
        });
        let mut names = Vec::new();
        bound_names(pattern, &mut names);
        let whole = names.len() == 1 && matches!(pattern, Pat::Ident(_) | Pat::Type(_));
        for (name, by_ref) in names {
            let local = match &source {
                Some(alias) => alias.bound(by_ref, whole),
                None => Local::Plain,
            };
            self.locals.insert(name, local);
        }
    }
}

/// How a name is bound: `ref` or `ref mut`, or neither.
type ByRef = Option<bool>;

impl Alias {
    /// What a name in a pattern is that was matched with this.
    fn bound(&self, by_ref: ByRef, whole: bool) -> Local {
        let mut alias = self.clone();
        if !whole {
            alias.steps.push(Step::Field("_".to_owned()));
        }
        if let Some(mutable) = by_ref {
            alias.steps.push(Step::Borrow {
                mutable,
                raw: false,
            });
        }
        if alias.refers() {
            Local::Alias(alias)
        } else {
            Local::Plain
        }
    }

    /// Whether the steps end in something that refers to the static rather than copies it.
    fn refers(&self) -> bool {
        let mut refers = false;
        for step in &self.steps {
            match step {
                Step::Borrow { .. } => refers = true,
                Step::Method { name, .. } => {
                    if is_reference(name) {
                        refers = true;
                    } else if !passes_on(name) {
                        refers = false;
                    }
                }
                Step::Cast(_)
                | Step::Field(_)
                | Step::Index
                | Step::Deref
                | Step::Try
                | Step::Await => {}
            }
        }
        refers
    }
}

/// Methods that give a reference to what they are called on, or a guard.
fn is_reference(method: &str) -> bool {
    matches!(
        method,
        "as_mut"
            | "as_ref"
            | "as_deref"
            | "as_deref_mut"
            | "get_mut"
            | "get"
            | "lock"
            | "try_lock"
            | "read"
            | "write"
            | "borrow"
            | "borrow_mut"
            | "upgradable_read"
            | "as_mut_ptr"
            | "as_ptr"
            | "iter_mut"
            | "iter"
            | "first_mut"
            | "last_mut"
            | "get_or_insert_with"
            | "get_or_insert"
            | "assume_init_mut"
            | "assume_init_ref"
            | "entry"
            | "or_insert_with"
            | "or_insert"
            | "or_default"
            | "as_mut_slice"
            | "as_slice"
            | "values_mut"
            | "get_or_init"
            | "get_unchecked"
            | "get_unchecked_mut"
            | "force"
            | "deref"
            | "deref_mut"
            | "as_mut_str"
            | "as_str"
            | "split_at_mut"
            | "chunks_mut"
            | "lock_arc"
            | "blocking_lock"
    )
}

/// Methods whose result refers to a static if what they are called on does.
fn passes_on(method: &str) -> bool {
    matches!(
        method,
        "unwrap"
            | "expect"
            | "unwrap_unchecked"
            | "unwrap_or_else"
            | "cast"
            | "cast_mut"
            | "cast_const"
            | "add"
            | "offset"
            | "into_inner"
            | "map_err"
            | "ok"
            | "skip"
            | "take"
            | "zip"
            | "enumerate"
            | "rev"
            | "by_ref"
            | "with_borrow_mut"
            | "ok_or"
            | "ok_or_else"
    )
}

/// The names that a pattern binds.
fn bound_names(pattern: &Pat, into: &mut Vec<(String, ByRef)>) {
    match pattern {
        Pat::Ident(ident) => {
            // `None` and constants look like names; they begin with a capital letter.
            let name = ident.ident.to_string();
            let is_name = ident.by_ref.is_some()
                || ident.mutability.is_some()
                || ident.subpat.is_some()
                || !name.starts_with(char::is_uppercase);
            if is_name {
                into.push((
                    name,
                    ident.by_ref.as_ref().map(|_| ident.mutability.is_some()),
                ));
            }
            if let Some((_, inner)) = &ident.subpat {
                bound_names(inner, into);
            }
        }
        Pat::Type(inner) => bound_names(&inner.pat, into),
        Pat::Reference(inner) => bound_names(&inner.pat, into),
        Pat::Paren(inner) => bound_names(&inner.pat, into),
        Pat::Guard(inner) => bound_names(&inner.pat, into),
        Pat::Tuple(inner) => inner
            .elems
            .iter()
            .for_each(|pattern| bound_names(pattern, into)),
        Pat::TupleStruct(inner) => inner
            .elems
            .iter()
            .for_each(|pattern| bound_names(pattern, into)),
        Pat::Slice(inner) => inner
            .elems
            .iter()
            .for_each(|pattern| bound_names(pattern, into)),
        Pat::Struct(inner) => inner
            .fields
            .iter()
            .for_each(|field| bound_names(&field.pat, into)),
        Pat::Or(inner) => inner
            .cases
            .iter()
            .for_each(|pattern| bound_names(pattern, into)),
        _ => {}
    }
}
