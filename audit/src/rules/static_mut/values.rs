//! Patterns of values larger than a number.

use std::collections::HashSet;

use super::{
    evidence::{Evidence, Runs, is_nothing},
    reach, scalars, types, verdict,
};
use crate::{
    effect::Effect,
    facts::{End, ShapeKind, Step, Ty},
    finding::{Confidence, Verdict},
    resolve::{ItemRef, UseRef},
    rules::words,
};

/// It is written whole, and then read, within one function: a local variable that never was one.
pub(super) fn local(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    let uses = evidence.all_uses();
    if evidence.functions(&uses).len() != 1 || evidence.function(*uses.first()?).is_none() {
        return None;
    }
    let leaves = evidence.uses.iter().any(|(_, effect)| {
        matches!(
            effect,
            Effect::HandOut
                | Effect::Show
                | Effect::Tokens(_)
                | Effect::Assembly
                | Effect::MayMutate(_)
        )
    });
    let (first, effect) = evidence.uses.first()?;
    let used = evidence.resolved.used(*first);
    let own = match effect {
        Effect::Replace(shape) => shape
            .as_ref()
            .is_none_or(|shape| !shape.mentions.contains(&evidence.of.name)),
        _ => false,
    };
    let is_read = !evidence.reads().is_empty() || !evidence.unclear().is_empty();
    let conditional = evidence.conditions.around(*first).next().is_some()
        || used.in_loop
        || in_closure(evidence, *first);
    if leaves || !own || conditional || !is_read {
        return None;
    }
    let function = &evidence.function(*first)?.name;
    let because =
        format!("`{function}` writes all of it before it reads it, and nobody else uses it");
    let replacement = format!(
        "a local variable of `{function}`: `let mut {}: {} = …`",
        evidence.of.name.to_lowercase(),
        evidence.of.ty
    );
    Some(vec![verdict(
        "local",
        Confidence::High,
        replacement,
        because,
    )])
}

/// Whether a use stands in a closure: who knows when that runs.
pub(super) fn in_closure(evidence: &Evidence<'_>, at: UseRef) -> bool {
    use crate::{facts::ScopeKind, resolve::outwards};
    let facts = evidence.resolved.facts(at.file);
    outwards(facts, evidence.resolved.used(at).scope)
        .any(|scope| matches!(facts.scopes[scope].kind, ScopeKind::Closure { .. }))
}

/// Methods that add to a collection, and methods that take from it.
const ADDS: &[&str] = &[
    "push",
    "push_back",
    "push_front",
    "insert",
    "extend",
    "extend_from_slice",
    "append",
    "entry",
    "push_str",
    "reserve",
];
const TAKES_ALL: &[&str] = &["drain", "take"];

/// Methods that make the collection itself, where an `Option` holds it.
const MAKES: &[&str] = &["get_or_insert_with", "get_or_insert"];

/// A collection that is added to.
pub(super) fn added_to(evidence: &Evidence<'_>) -> Option<Verdict> {
    let mutations = evidence.mutations();
    let adds = mutations
        .iter()
        .filter(|(_, name)| ADDS.contains(name))
        .count();
    let name = &evidence.of.name;
    if adds == 0 {
        return filled_by_count(evidence);
    }
    if !types::is_collection(types::inner(&evidence.of.ty)) || is_scratch_like(evidence) {
        return None;
    }
    let others: HashSet<&str> = mutations
        .iter()
        .map(|(_, name)| *name)
        .filter(|name| !ADDS.contains(name) && !MAKES.contains(name))
        .collect();
    let item = types::inner(&evidence.of.ty).args();
    let refills = evidence
        .replaces()
        .iter()
        .any(|(_, shape)| is_nothing(*shape));
    if others.is_empty() && evidence.parts().is_empty() && !refills {
        let replacement = match item {
            [key, value, ..] => format!("`static {name}: onset::Registry<{key}, {value}>`"),
            [value] => format!(
                "`static {name}: onset::Registry<K, {value}>` by what names an entry, or `onset::Pending<{value}>` for a list"
            ),
            [] => format!("`static {name}: onset::Registry<K, V>`"),
        };
        let confidence = if evidence.unclear().is_empty() {
            Confidence::High
        } else {
            Confidence::Medium
        };
        return Some(verdict(
            "registry",
            confidence,
            replacement,
            "entries are added to it, and none goes".to_owned(),
        ));
    }
    let takes_all =
        others.iter().all(|name| TAKES_ALL.contains(name)) && evidence.parts().is_empty();
    if takes_all {
        let of = item
            .first()
            .map_or_else(|| "T".to_owned(), ToString::to_string);
        let replacement =
            format!("`static {name}: onset::Pending<{of}>`: `add`, and `take_all` at once");
        return Some(verdict(
            "registry",
            Confidence::Medium,
            replacement,
            "entries are added to it, and all taken at once".to_owned(),
        ));
    }
    None
}

/// `TABLE[COUNT] = x; COUNT += 1`: a list in an array.
fn filled_by_count(evidence: &Evidence<'_>) -> Option<Verdict> {
    let Ty::Array(of, _) = &evidence.of.ty else {
        return None;
    };
    let parts = evidence.parts();
    let counted = |at: &UseRef| {
        let function = evidence.resolved.used(*at).function;
        evidence.resolved.statics().any(|(item, other, uses)| {
            let counts = |used: &UseRef| {
                let used_here = evidence.resolved.used(*used);
                used.file == at.file
                    && used_here.function == function
                    && matches!(&used_here.end, End::Updated(op, _) if op == "+=")
            };
            item != evidence.item
                && types::is_scalar(evidence.resolved, &other.ty)
                && uses.iter().any(counts)
        })
    };
    let all =
        !parts.is_empty() && parts.iter().all(counted) && evidence.writes().len() == parts.len();
    all.then(|| {
        let replacement = format!(
            "`static {}: onset::Registry<K, {of}>`, or `onset::Pending<{of}>`; the count goes",
            evidence.of.name
        );
        let because = "elements are written one after the other, and counted".to_owned();
        verdict("registry", Confidence::Medium, replacement, because)
    })
}

/// A buffer that each function fills before it reads it.
pub(super) fn scratch(evidence: &Evidence<'_>) -> Option<Verdict> {
    if !is_scratch_like(evidence) {
        return None;
    }
    let functions = evidence.functions(&evidence.all_uses());
    let ty = &evidence.of.ty;
    let replacement = format!(
        "`static {}: onset::PerThread<RefCell<{ty}>>`, or a local variable if it is small",
        evidence.of.name
    );
    let (confidence, because) = if functions.len() == 1 {
        (
            Confidence::High,
            "one function fills it and reads it, and keeps nothing from call to call".to_owned(),
        )
    } else {
        (
            Confidence::Low,
            "each function that uses it writes it first".to_owned(),
        )
    };
    let mut found = verdict("scratch", confidence, replacement, because);
    if confidence == Confidence::Low {
        found.look_at = Some("whether a function reads what another one left in it".to_owned());
    }
    Some(found)
}

/// Whether every function that uses a buffer writes it first, and lets no reference out.
fn is_scratch_like(evidence: &Evidence<'_>) -> bool {
    if !types::is_buffer(types::inner(&evidence.of.ty)) || evidence.of.init.kind == ShapeKind::None
    {
        return false;
    }
    let leaves =
        |effect: &Effect| matches!(effect, Effect::HandOut | Effect::Show | Effect::Tokens(_));
    if evidence.uses.is_empty() || evidence.uses.iter().any(|(_, effect)| leaves(effect)) {
        return false;
    }
    let mut seen = HashSet::new();
    let firsts = evidence.uses.iter().filter(|(at, effect)| {
        // `let buf = &mut BUF;` is no use yet.
        let binding =
            matches!(evidence.resolved.used(*at).end, End::Bound(_)) && *effect == Effect::Read;
        !binding && seen.insert((at.file, evidence.resolved.used(*at).function))
    });
    let fills = |effect: &Effect| match effect {
        Effect::Mutate(name) => {
            matches!(
                name.as_str(),
                "clear"
                    | "fill"
                    | "copy_from_slice"
                    | "clone_from_slice"
                    | "read_exact"
                    | "write_bytes"
                    | "resize"
                    | "truncate"
                    | "set_len"
            )
        }
        Effect::WritePart | Effect::Replace(_) | Effect::Lend(_) => true,
        _ => false,
    };
    let firsts: Vec<bool> = firsts
        .map(|(at, effect)| {
            fills(effect) && !evidence.is_guarded_by_itself(*at) && !is_behind_flag(evidence, *at)
        })
        .collect();
    let grows = evidence
        .mutations()
        .iter()
        .any(|(_, name)| ADDS.contains(name));
    let clears = evidence
        .mutations()
        .iter()
        .any(|(_, name)| *name == "clear");
    let few = firsts.len() == 1 || firsts.len() == 2;
    let reads = evidence
        .uses
        .iter()
        .any(|(_, effect)| matches!(effect, Effect::Read | Effect::Share(_)));
    few && firsts.iter().all(|fills| *fills) && (!grows || clears) && reads
}

/// A value that is assigned whole: once, or again and again.
pub(super) fn replaced(evidence: &Evidence<'_>) -> Vec<Verdict> {
    let replaces = evidence.replaces();
    if replaces.is_empty() {
        return inserted_once(evidence)
            .or_else(|| filled_behind_flag(evidence))
            .into_iter()
            .collect();
    }
    let in_place = !evidence.parts().is_empty()
        || !evidence.mutations().is_empty()
        || changed_through_reference(evidence);
    let emptied = replaces
        .iter()
        .any(|(at, shape)| is_nothing(*shape) || gives_the_old_one(evidence, *at));
    let mut verdicts = Vec::new();
    if !emptied && !in_place {
        verdicts.extend(once(evidence));
    }
    verdicts.extend(check_then_act(evidence));
    verdicts.push(snapshot(evidence, in_place));
    verdicts
}

fn changed_through_reference(evidence: &Evidence<'_>) -> bool {
    evidence
        .uses
        .iter()
        .any(|(_, effect)| matches!(effect, Effect::HandOut | Effect::Lend(_)))
}

/// Whether an assignment is a `mem::replace`, `take` or `swap`: somebody wants what was there.
fn gives_the_old_one(evidence: &Evidence<'_>, at: UseRef) -> bool {
    let used = evidence.resolved.used(at);
    let by_method = words::methods(used)
        .iter()
        .any(|name| matches!(*name, "replace" | "insert"));
    match &used.end {
        End::Dropped => false,
        End::Argument(callee, _) => by_method || !callee.contains("write"),
        _ => by_method,
    }
}

/// `X.get_or_insert_with(…)`, and nothing else that writes.
fn inserted_once(evidence: &Evidence<'_>) -> Option<Verdict> {
    let mutations = evidence.mutations();
    let inserts = mutations.iter().all(|(_, name)| MAKES.contains(name));
    let only = !mutations.is_empty()
        && inserts
        && evidence.writes().len() == mutations.len()
        && evidence.hand_outs().is_empty()
        && !mutations
            .iter()
            .any(|(at, _)| leaves_mutable(evidence, *at));
    only.then(|| {
        let because = "filled when it is used first".to_owned();
        verdict("once", Confidence::High, cell(evidence), because)
    })
}

/// Whether the `&mut` that a use ends in goes to somebody else.
fn leaves_mutable(evidence: &Evidence<'_>, at: UseRef) -> bool {
    let used = evidence.resolved.used(at);
    let ends_in_it = matches!(used.steps.last(), Some(Step::Method { name, .. }) if MAKES.contains(&name.as_str()));
    ends_in_it && matches!(used.end, End::Argument(..) | End::Stored | End::Returned)
}

/// One function writes its elements, behind a flag or setting one.
fn filled_behind_flag(evidence: &Evidence<'_>) -> Option<Verdict> {
    let writes = evidence.writes();
    let one = !writes.is_empty()
        && evidence.functions(&writes).len() == 1
        && evidence.unclear().is_empty();
    if !one {
        return None;
    }
    let flagged =
        writes.iter().all(|at| is_behind_flag(evidence, *at)) || announces(evidence, writes[0]);
    flagged.then(|| {
        let because = "one function fills it, and a flag says that it is done".to_owned();
        verdict("once", Confidence::High, cell(evidence), because)
    })
}

/// Whether the function of a use sets a flag that is never set back: it announces that it is done.
fn announces(evidence: &Evidence<'_>, at: UseRef) -> bool {
    let function = evidence.resolved.used(at).function;
    let mut statics = evidence.resolved.statics();
    statics.any(|(item, of, uses)| {
        let sets_here = |used: &UseRef| {
            let found = evidence.resolved.used(*used);
            used.file == at.file
                && found.function == function
                && matches!(&found.end, End::Assigned(shape) if shape.kind == ShapeKind::True)
        };
        of.mutable && of.ty.is_one_of(&["bool"]) && uses.iter().any(sets_here) && {
            let flag = Evidence::of(evidence.resolved, evidence.conditions, item, of, uses);
            scalars::is_done_flag(&flag)
        }
    })
}

/// Its next value hangs on the last one: a state machine.
fn check_then_act(evidence: &Evidence<'_>) -> Option<Verdict> {
    let replaces = evidence.replaces();
    let checked = replaces
        .iter()
        .any(|(at, _)| evidence.is_guarded_by_itself(*at) && !evidence.is_first_value(*at));
    let plain = replaces.len() == evidence.writes().len() && !evidence.of.init.is_empty_value();
    (checked && plain).then(|| {
        let of = evidence.of;
        let replacement = format!(
            "`static {}: std::sync::Mutex<{}>`, locked around the check and the change",
            of.name, of.ty
        );
        let because =
            "it is replaced only if it has a certain value: check and change are one unit"
                .to_owned();
        verdict("check-then-act", Confidence::High, replacement, because)
    })
}

/// It is filled once: behind a check, behind a flag, or by a function that runs once.
fn once(evidence: &Evidence<'_>) -> Option<Verdict> {
    let filled: Vec<UseRef> = evidence.replaces().into_iter().map(|(at, _)| at).collect();
    let first = *filled.first()?;
    let checked = filled
        .iter()
        .all(|at| evidence.is_first_value(*at) || is_behind_flag(evidence, *at));
    if checked {
        let because = "it is filled behind a check that asks whether it was".to_owned();
        return Some(verdict("once", Confidence::High, cell(evidence), because));
    }
    let in_loop = filled.iter().any(|at| evidence.resolved.used(*at).in_loop);
    let runs = evidence.runs(first);
    if evidence.functions(&filled).len() != 1 || in_loop || runs == Runs::Often {
        return None;
    }
    let name = evidence
        .function(first)
        .map_or("one function", |function| &function.name);
    let because = format!("only `{name}` fills it");
    if runs == Runs::Once || announces(evidence, first) {
        return Some(verdict("once", Confidence::High, cell(evidence), because));
    }
    // A value that the caller brings may be another one next time.
    let from_caller = evidence
        .replaces()
        .iter()
        .all(|(_, shape)| shape.is_some_and(|shape| shape.kind != ShapeKind::Call));
    let setter = name.starts_with("set") || name.starts_with("update") || name.starts_with("re");
    let begins_empty = evidence.of.init.is_empty_value();
    let confidence = if begins_empty && !(from_caller && setter) {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let mut found = verdict("once", confidence, cell(evidence), because);
    found.look_at = Some(format!(
        "whether `{name}` runs more than once: then it is replaced, see `snapshot`"
    ));
    Some(found)
}

/// Whether a use runs behind a flag (a static number or atomic) that its function sets too.
pub(super) fn is_behind_flag(evidence: &Evidence<'_>, at: UseRef) -> bool {
    !flags_set_here(evidence, at).is_empty()
}

/// The flags that a use runs behind, and that its function sets.
pub(super) fn flags_set_here(evidence: &Evidence<'_>, at: UseRef) -> Vec<ItemRef> {
    let function = evidence.resolved.used(at).function;
    let is_set = |item: &ItemRef| {
        let of = &evidence.resolved.facts(item.0).statics[item.1];
        let flag = types::is_scalar(evidence.resolved, &of.ty) || words::is_atomic(&of.ty);
        let set = |used: &UseRef| {
            let found = evidence.resolved.used(*used);
            let assigned = matches!(&found.end, End::Assigned(shape) if shape.text != of.init.text);
            let stored = words::methods(found).iter().any(|name| {
                matches!(
                    *name,
                    "store" | "swap" | "compare_exchange" | "fetch_or" | "compare_exchange_weak"
                )
            });
            used.file == at.file && found.function == function && (assigned || stored)
        };
        flag && evidence.resolved.uses_of(*item).iter().any(set)
    };
    evidence.guards(at).into_iter().filter(is_set).collect()
}

/// It is replaced.
fn snapshot(evidence: &Evidence<'_>, in_place: bool) -> Verdict {
    let begins_empty = evidence.of.init.is_empty_value();
    let ty = types::value(&evidence.of.ty).to_string();
    let make = if begins_empty { " by `lazy`" } else { "" };
    let replacement = format!(
        "`static {}: onset::SnapshotCell<{ty}>`{make}: `load` to read, `store` or `update` to replace",
        evidence.of.name
    );
    let readers = evidence.functions(&evidence.reads()).len();
    let because = if in_place {
        "it is replaced as a whole, and changed in place".to_owned()
    } else {
        format!(
            "it is replaced as a whole, and read in {readers} function{}",
            if readers == 1 { "" } else { "s" }
        )
    };
    let confidence = if in_place || readers == 0 {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let confidence = if begins_empty && !in_place {
        Confidence::Medium
    } else {
        confidence
    };
    verdict("snapshot", confidence, replacement, because)
}

/// The cell for a value that is filled once.
fn cell(evidence: &Evidence<'_>) -> String {
    let name = &evidence.of.name;
    let ty = &evidence.of.ty;
    let of = types::value(ty).to_string();
    match ty {
        Ty::Ptr { .. } => format!(
            "`static {name}: onset::RaceCell<{of}>` or `onset::OnceCell<{of}>`, which own what the pointer points to"
        ),
        Ty::Ref { to, .. } => {
            format!("`static {name}: onset::RaceRef<'static, {to}>`, or `onset::OnceCell<{ty}>`")
        }
        _ if reach::is_pointer(types::inner(ty)) => {
            format!("`static {name}: onset::OnceCell<{of}>`")
        }
        _ => format!(
            "`static {name}: onset::Lazy<{of}>`, or `onset::OnceCell<{of}>` if the value comes from outside"
        ),
    }
}
