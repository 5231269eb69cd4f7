//! What the conditions around a use look at.

use std::collections::HashMap;

use crate::{
    facts::{Condition, ScopeKind},
    finding::Span,
    resolve::{ItemRef, Resolved, UseRef, outwards},
};

/// The statics that each condition of a package looks at.
pub(super) struct Conditions<'a> {
    resolved: &'a Resolved<'a>,
    looked_at: HashMap<(usize, Span), Vec<ItemRef>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn of(resolved: &'a Resolved<'a>) -> Self {
        let mut looked_at: HashMap<_, Vec<ItemRef>> = HashMap::new();
        for (item, _, uses) in resolved.statics() {
            for at in uses {
                if let Some(span) = &resolved.used(*at).in_condition {
                    looked_at
                        .entry((at.file, span.clone()))
                        .or_default()
                        .push(item);
                }
            }
        }
        Self {
            resolved,
            looked_at,
        }
    }

    /// The conditions under which a use runs, the innermost first.
    pub(super) fn around(&self, at: UseRef) -> impl Iterator<Item = &'a Condition> {
        let facts = self.resolved.facts(at.file);
        outwards(facts, self.resolved.used(at).scope).filter_map(|scope| {
            match &facts.scopes[scope].kind {
                ScopeKind::Branch(condition) => Some(condition),
                _ => None,
            }
        })
    }

    /// The statics that a condition looks at.
    pub(super) fn statics(&self, file: usize, condition: &Condition) -> &[ItemRef] {
        self.looked_at
            .get(&(file, condition.span.clone()))
            .map_or(&[], Vec::as_slice)
    }

    /// The innermost condition around a use that looks at this static.
    pub(super) fn on(&self, at: UseRef, item: ItemRef) -> Option<&'a Condition> {
        self.around(at)
            .find(|condition| self.statics(at.file, condition).contains(&item))
    }
}

/// Whether a condition holds as long as a static has no value yet: `!X`, `X.is_none()`, `X == 0`, the arm
/// of `None`; or, of what follows an early return, the opposite.
pub(super) fn asks_whether_unset(condition: &Condition, name: &str, initial: &str) -> bool {
    let text: String = condition
        .text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let text = text.trim_start_matches("unsafe{").replace("*&raw", "&raw");
    let negated = text.starts_with('!') && !text.starts_with("!=");
    let equal = text.contains(&format!("{name}==")) || text.contains(&format!("=={name}"));
    let differs = text.contains(&format!("{name}!=")) || text.contains(&format!("!={name}"));
    let to_initial = text.contains(&format!("{name}=={initial}"))
        || text.contains("==None")
        || text.contains("null");
    let asks_empty = [".is_none()", ".is_null()", ".is_empty()", "letNone"]
        .iter()
        .any(|ask| text.contains(ask));
    let asks_full = [".is_some()", "letSome", "letOk"]
        .iter()
        .any(|ask| text.contains(ask));
    let compares = text.contains('<') || text.contains('>');
    if compares && !text.contains("->") {
        return false;
    }
    let unset_if_true = match () {
        () if asks_empty => !negated,
        () if asks_full => negated,
        () if equal => to_initial || initial == "0" && text.contains("==0"),
        () if differs => return !condition.holds && text.contains(initial),
        () => negated,
    };
    unset_if_true == condition.holds
}
