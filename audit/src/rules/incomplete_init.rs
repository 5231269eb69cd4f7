//! R4: a shared collection that is filled element by element on first use.
//!
//! The first element already answers "is it empty?" with no, or the lock is let go between the elements:
//! others take a part for the whole. Filling it under the guard under which it was found empty is right, and
//! so is building it apart and assigning it whole. What is added per key, when it is asked for, is R7's.

use std::collections::HashSet;

use super::{
    conditions::{Conditions, asks_whether_unset},
    words::{LAZY, LOCKS, at, is_atomic, methods, row},
};
use crate::{
    effect::{Effect, effect, known_method},
    facts::{Condition, FileFacts, ScopeId, ScopeKind, Static, Ty, Use},
    finding::{Answer, Confidence, Finding, Verdict},
    resolve::{ItemRef, Resolved, UseRef, lies_in, outwards},
    rule::Rule,
};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let conditions = Conditions::of(resolved);
    let mut found = Vec::new();
    for (item, of, uses) in resolved
        .statics()
        .filter(|(_, of, _)| collection(&of.ty).is_some())
    {
        let shared = Shared {
            resolved,
            conditions: &conditions,
            item,
            of,
            uses,
        };
        found.extend(shared.check());
    }
    found
}

/// The collection in a type, behind locks and lazy values.
fn collection(ty: &Ty) -> Option<&Ty> {
    let name = ty.name()?;
    let is_collection = ["Vec", "Map", "Set", "Deque"]
        .iter()
        .any(|end| name.ends_with(end));
    if is_collection {
        return Some(ty);
    }
    let wraps =
        LOCKS.contains(&name) || LAZY.contains(&name) || matches!(name, "RefCell" | "Option");
    ty.args().first().filter(|_| wraps).and_then(collection)
}

/// A static collection, and its uses.
struct Shared<'a> {
    resolved: &'a Resolved<'a>,
    conditions: &'a Conditions<'a>,
    item: ItemRef,
    of: &'a Static,
    uses: &'a [UseRef],
}

/// A branch in which the collection is filled.
struct Filling<'a> {
    file: usize,
    condition: &'a Condition,
    /// Whether the condition looks at the collection itself, or at a flag.
    by_itself: bool,
    /// The guard under which it was looked at.
    guard: Option<ScopeId>,
    fills: Vec<UseRef>,
}

impl<'a> Shared<'a> {
    fn check(&self) -> Vec<Finding> {
        let mut seen = HashSet::new();
        let files = self.resolved.package().files.iter().enumerate();
        let branches = files.flat_map(|(file, found)| {
            let scopes = found.facts.scopes.iter().enumerate();
            scopes.filter_map(move |(number, scope)| match &scope.kind {
                ScopeKind::Branch(condition) => Some((file, number, condition)),
                _ => None,
            })
        });
        let fillings =
            branches.filter_map(|(file, scope, condition)| self.filling(file, scope, condition));
        let found =
            fillings.filter(|filling| seen.insert((filling.file, filling.condition.span.start)));
        found.filter_map(|filling| self.judge(&filling)).collect()
    }

    /// What a branch fills, if its condition asks whether that was done.
    fn filling(
        &self,
        file: usize,
        scope: ScopeId,
        condition: &'a Condition,
    ) -> Option<Filling<'a>> {
        let looked_at = self.conditions.statics(file, condition);
        let by_itself = looked_at.contains(&self.item);
        let asks = if by_itself {
            asks_whether_empty(condition)
        } else {
            looked_at
                .iter()
                .any(|flag| self.is_done_flag(*flag, file, scope, condition))
        };
        if !asks {
            return None;
        }
        let fills = self.fills_in(file, scope);
        let check = self.uses.iter().find(|at| {
            at.file == file && self.used(**at).in_condition.as_ref() == Some(&condition.span)
        });
        let guard = check.and_then(|at| self.guard(*at));
        (!fills.is_empty()).then_some(Filling {
            file,
            condition,
            by_itself,
            guard,
            fills,
        })
    }

    fn used(&self, at: UseRef) -> &'a Use {
        self.resolved.used(at)
    }

    /// Whether a static is a flag that the branch sets, and the condition asks for.
    fn is_done_flag(
        &self,
        flag: ItemRef,
        file: usize,
        scope: ScopeId,
        condition: &Condition,
    ) -> bool {
        let of = &self.resolved.facts(flag.0).statics[flag.1];
        let facts = self.resolved.facts(file);
        let sets = |at: &UseRef| {
            let stored = methods(self.used(*at))
                .iter()
                .any(|name| matches!(*name, "store" | "swap"));
            at.file == file && lies_in(facts, self.used(*at).scope, scope) && stored
        };
        let negated = condition.text.trim_start().starts_with('!');
        is_atomic(&of.ty)
            && negated == condition.holds
            && self.resolved.uses_of(flag).iter().any(sets)
    }

    /// The uses that add elements in a branch, or in a function of the file that is called there.
    fn fills_in(&self, file: usize, scope: ScopeId) -> Vec<UseRef> {
        let facts = self.resolved.facts(file);
        let called = facts
            .calls
            .iter()
            .filter(|call| lies_in(facts, call.scope, scope))
            .map(|call| call.name.as_str());
        let names: HashSet<&str> = called.collect();
        let function = facts.scopes[scope].function;
        let adds = |at: &UseRef| {
            let used = self.used(*at);
            let in_called = used.function != function
                && used.function.is_some_and(|function| {
                    names.contains(facts.functions[function].name.as_str())
                });
            at.file == file && (lies_in(facts, used.scope, scope) || in_called) && is_addition(used)
        };
        self.uses.iter().copied().filter(adds).collect()
    }

    /// The guard under which a use runs: the innermost scope in which this lock is held by a variable.
    fn guard(&self, at: UseRef) -> Option<ScopeId> {
        let facts = self.resolved.facts(at.file);
        outwards(facts, self.used(at).scope).find(|scope| is_held(facts, *scope, &self.of.name))
    }

    fn judge(&self, filling: &Filling<'_>) -> Option<Finding> {
        let temporary: Vec<UseRef> = filling
            .fills
            .iter()
            .copied()
            .filter(|at| self.guard(*at).is_none())
            .collect();
        let apart = temporary.len() > 1 || temporary.iter().any(|at| self.used(*at).in_loop);
        if apart {
            let name = if filling.by_itself {
                "empty-flag"
            } else {
                "fill-apart"
            };
            return Some(self.finding(filling, name));
        }
        let under_another = filling.fills.iter().any(|at| {
            let guard = self.guard(*at);
            guard.is_some() && guard != filling.guard && !self.is_checked_again(filling, *at)
        });
        let several =
            filling.fills.len() > 1 || filling.fills.iter().any(|at| self.used(*at).in_loop);
        (under_another && several && filling.by_itself).then(|| self.finding(filling, "fill-apart"))
    }

    /// Whether a fill stands under a second look, through the guard that it fills through.
    fn is_checked_again(&self, filling: &Filling<'_>, at: UseRef) -> bool {
        let guard = self.guard(at);
        let facts = self.resolved.facts(at.file);
        self.conditions.around(at).any(|condition| {
            let inner = condition.span != filling.condition.span
                && self
                    .conditions
                    .statics(at.file, condition)
                    .contains(&self.item);
            let branch = facts.scopes.iter().position(
                |scope| matches!(&scope.kind, ScopeKind::Branch(found) if found == condition),
            );
            inner
                && branch
                    .is_some_and(|branch| guard.is_some_and(|guard| lies_in(facts, branch, guard)))
        })
    }

    fn finding(&self, filling: &Filling<'_>, verdict: &'static str) -> Finding {
        let name = &self.of.name;
        let mut labels = vec![at(self.item.0, &self.of.name_span, "shared by all threads")];
        let fill = |used: &UseRef| at(used.file, &self.used(*used).whole, "adds a part");
        labels.extend(filling.fills.iter().take(3).map(fill));
        let (title, because) = if verdict == "empty-flag" {
            (
                format!(
                    "`{name}` is no longer empty when its first element is there, and taken for whole"
                ),
                "\"is it empty?\" answers whether somebody began, not whether it is done",
            )
        } else {
            (
                format!("`{name}` is filled in pieces, and others may look in between"),
                "the lock is let go between the check and the last element",
            )
        };
        let of =
            collection(&self.of.ty).map_or_else(|| self.of.ty.to_string(), ToString::to_string);
        let replacement = format!(
            "`static {name}: onset::Lazy<{of}>`: built apart, published whole; if more is registered later, `onset::Registry::with_builtins`"
        );
        Finding {
            rule: Rule::IncompleteInit,
            title,
            primary: at(
                filling.file,
                &trimmed(self.resolved, filling),
                "asks whether it was filled",
            ),
            labels,
            notes: vec![format!(
                "thread A adds the first element; thread B finds `{name}` filled, looks for the last one, and does not find it"
            )],
            verdicts: vec![Verdict {
                name: verdict,
                replacement,
                confidence: Confidence::High,
                because: because.to_owned(),
                look_at: None,
            }],
            row: row(
                self.resolved,
                self.item,
                self.of,
                Answer::Yes,
                Answer::Possible,
            ),
        }
    }
}

/// The condition's span without the blanks around it.
fn trimmed(resolved: &Resolved<'_>, filling: &Filling<'_>) -> crate::finding::Span {
    let span = &filling.condition.span;
    let text = &resolved.package().files[filling.file].text[span.clone()];
    let start = span.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

/// Whether a condition's branch runs if a collection has nothing in it.
fn asks_whether_empty(condition: &Condition) -> bool {
    let text: String = condition
        .text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let by_length = text.contains("len()==0") || text.contains("len()<1");
    by_length && condition.holds
        || text.contains(".is_empty()") && asks_whether_unset(condition, "", "")
}

fn is_held(facts: &FileFacts, scope: ScopeId, name: &str) -> bool {
    matches!(&facts.scopes[scope].kind, ScopeKind::Held { lock, .. } if lock.last().is_some_and(|last| last == name))
}

/// Whether a use adds an element or some.
fn is_addition(used: &Use) -> bool {
    let adds = [
        "push",
        "push_back",
        "push_front",
        "insert",
        "extend",
        "append",
        "entry",
        "extend_from_slice",
    ];
    // A whole collection in one call, under a lock of its own, is seen whole.
    let whole = ["extend", "append", "extend_from_slice"];
    match effect(used, known_method) {
        Effect::Mutate(name) => {
            adds.contains(&name.as_str()) && (used.in_loop || !whole.contains(&name.as_str()))
        }
        _ => false,
    }
}
