//! R2: a `Once`, and beside it the value that it guards, in a `static mut` or an `UnsafeCell`.
//!
//! Found by what `call_once` runs: its closure, a function that it is given, and functions that the
//! closure calls. A `Once` that only makes something happen is left alone, and so is one that guards
//! atomics, which need no `unsafe`.

use std::collections::HashSet;

use super::words::{at, at_use, methods, row};
use crate::{
    effect::{effect, known_method},
    facts::{FnId, ScopeId, ScopeKind, Static, Step, Ty},
    finding::{Answer, Confidence, Finding, Label, Verdict},
    resolve::{ItemRef, Resolved, UseRef, lies_in},
    rule::Rule,
};

const CALLS: &[&str] = &["call_once", "call_once_force", "call_once_ex"];

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let guarded = pairs(resolved)
        .into_iter()
        .map(|pair| finding(resolved, &pair));
    guarded.chain(by_hand(resolved)).collect()
}

/// The statics that a `Once` guards.
pub(super) fn guarded(resolved: &Resolved<'_>) -> HashSet<ItemRef> {
    pairs(resolved).into_iter().map(|pair| pair.value).collect()
}

/// A `Once`, and a static that is written where it is called.
struct Pair {
    once: ItemRef,
    value: ItemRef,
    write: UseRef,
}

fn pairs(resolved: &Resolved<'_>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (once, of, uses) in resolved.statics() {
        if !of.ty.is_one_of(&["Once"]) || !of.ty.args().is_empty() {
            continue;
        }
        for call in uses.iter().filter(|call| {
            methods(resolved.used(**call))
                .iter()
                .any(|name| CALLS.contains(name))
        }) {
            for (value, write) in written_in(resolved, *call) {
                if !pairs.iter().any(|pair| pair.value == value) {
                    pairs.push(Pair { once, value, write });
                }
            }
        }
    }
    pairs
}

/// The statics that a call of `call_once` writes: each with the first use that does.
fn written_in(resolved: &Resolved<'_>, call: UseRef) -> Vec<(ItemRef, UseRef)> {
    let closures = closures(resolved, call);
    let functions = functions(resolved, call, &closures);
    let is_inside = |at: &UseRef| {
        let facts = resolved.facts(at.file);
        let used = resolved.used(*at);
        let in_closure = at.file == call.file
            && closures
                .iter()
                .any(|closure| lies_in(facts, used.scope, *closure));
        in_closure
            || used
                .function
                .is_some_and(|function| functions.contains(&(at.file, function)))
    };
    let unsafe_ones = resolved
        .statics()
        .filter(|(_, of, _)| of.mutable || holds_unsafe_cell(resolved, &of.ty));
    let written = unsafe_ones.filter_map(|(item, of, uses)| {
        let writes =
            |at: &UseRef| !of.mutable || effect(resolved.used(*at), known_method).may_write();
        let write = uses.iter().find(|at| is_inside(at) && writes(at))?;
        Some((item, *write))
    });
    written.collect()
}

/// The closures that stand in a call's arguments.
fn closures(resolved: &Resolved<'_>, call: UseRef) -> Vec<ScopeId> {
    let facts = resolved.facts(call.file);
    let whole = &resolved.used(call).whole;
    let inside = facts.scopes.iter().enumerate().filter(|(_, scope)| {
        let is_it = matches!(&scope.kind, ScopeKind::Closure { callee: Some(callee), .. } if CALLS.contains(&callee.as_str()));
        is_it && whole.contains(&scope.span.start) && scope.span.end <= whole.end
    });
    inside.map(|(number, _)| number).collect()
}

/// Functions that the call is given by name, or that its closure calls.
fn functions(
    resolved: &Resolved<'_>,
    call: UseRef,
    closures: &[ScopeId],
) -> HashSet<(usize, FnId)> {
    let facts = resolved.facts(call.file);
    let given = resolved
        .used(call)
        .steps
        .iter()
        .find_map(|step| match step {
            Step::Method { name, args, .. } if CALLS.contains(&name.as_str()) => args.first(),
            _ => None,
        });
    let called = facts.calls.iter().filter(|called| {
        closures
            .iter()
            .any(|closure| lies_in(facts, called.scope, *closure))
    });
    let given = given.and_then(|given| given.rsplit("::").next());
    let names: HashSet<&str> = called
        .map(|called| called.name.as_str())
        .chain(given)
        .collect();
    let of_file = facts
        .functions
        .iter()
        .enumerate()
        .filter(|(_, function)| names.contains(function.name.as_str()));
    of_file.map(|(number, _)| (call.file, number)).collect()
}

/// Whether an `UnsafeCell` stands in a type, or in a type of the package that it names.
fn holds_unsafe_cell(resolved: &Resolved<'_>, ty: &Ty) -> bool {
    let is_cell = |ty: &Ty| ty.is_one_of(&["UnsafeCell", "SyncUnsafeCell"]);
    let in_own = || own_parts(resolved, ty).is_some_and(|parts| parts.iter().any(is_cell));
    is_cell(ty) || in_own()
}

fn own_parts<'a>(resolved: &Resolved<'a>, ty: &Ty) -> Option<&'a [Ty]> {
    let (_, found) = resolved.type_named(usize::MAX, ty.name()?)?;
    Some(&found.parts)
}

fn finding(resolved: &Resolved<'_>, pair: &Pair) -> Finding {
    let of = &resolved.facts(pair.value.0).statics[pair.value.1];
    let once = &resolved.facts(pair.once.0).statics[pair.once.1];
    let mut labels = vec![
        at(pair.once.0, &once.name_span, "says whether it was written"),
        at_use(resolved, pair.write, "written in here"),
    ];
    let past = past_the_once(resolved, pair);
    labels.extend(
        past.iter()
            .take(3)
            .map(|at| at_use(resolved, *at, "reached without the `Once`")),
    );
    let mut notes = vec![format!(
        "nothing but care keeps `{}` from being read before `{}` is done: the value and the flag are two things",
        of.name, once.name
    )];
    if !past.is_empty() {
        notes.push(format!("thread A is inside of `{}.call_once`; thread B calls a function that does not ask it, and reads", once.name));
    }
    let incomplete = if past.is_empty() {
        Answer::No
    } else {
        Answer::Possible
    };
    made(resolved, pair.value, of, labels, notes, incomplete)
}

/// Uses of the value in functions that do not go through the `Once`.
fn past_the_once(resolved: &Resolved<'_>, pair: &Pair) -> Vec<UseRef> {
    let asks: HashSet<_> = resolved
        .uses_of(pair.once)
        .iter()
        .map(|at| (at.file, resolved.used(*at).function))
        .collect();
    let write = (pair.write.file, resolved.used(pair.write).function);
    let callers: HashSet<&str> = resolved
        .uses_of(pair.once)
        .iter()
        .filter_map(|at| resolved.function(*at))
        .map(|function| function.name.as_str())
        .collect();
    let goes_through = |at: &UseRef| {
        let function = resolved.used(*at).function;
        let facts = resolved.facts(at.file);
        let calls_it = facts
            .calls
            .iter()
            .any(|call| call.function == function && callers.contains(call.name.as_str()));
        asks.contains(&(at.file, function)) || (at.file, function) == write || calls_it
    };
    resolved
        .uses_of(pair.value)
        .iter()
        .copied()
        .filter(|at| !goes_through(at))
        .collect()
}

/// Statics of a type of the package that is both: a cell by hand.
fn by_hand<'a>(resolved: &'a Resolved<'_>) -> impl Iterator<Item = Finding> + 'a {
    let both = |ty: &Ty| {
        let parts = own_parts(resolved, ty).unwrap_or_default();
        parts.iter().any(|part| part.is_one_of(&["Once"]))
            && parts
                .iter()
                .any(|part| part.is_one_of(&["UnsafeCell", "SyncUnsafeCell"]))
    };
    resolved
        .statics()
        .filter(move |(_, of, _)| both(&of.ty))
        .map(|(item, of, _)| {
            let note = format!(
                "`{}` is a once-cell by hand: its proof is this package's to keep",
                of.ty
            );
            made(resolved, item, of, Vec::new(), vec![note], Answer::No)
        })
}

fn made(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Static,
    labels: Vec<Label>,
    notes: Vec<String>,
    incomplete: Answer,
) -> Finding {
    let value = value_of(resolved, &of.ty);
    let verdict = Verdict {
        name: "once",
        replacement: format!(
            "`static {}: onset::Lazy<{value}>` or `onset::OnceCell<{value}>`; `std::sync::LazyLock` and `OnceLock` do as well",
            of.name
        ),
        confidence: Confidence::High,
        because: "the cell holds the value and its flag together, and gives `&T` without `unsafe`"
            .to_owned(),
        look_at: None,
    };
    Finding {
        rule: Rule::OnceAndUnsafe,
        title: format!("`{}` is a value behind a `Once`, without a cell", of.name),
        primary: at(item.0, &of.head_span, "the value"),
        labels,
        notes,
        verdicts: vec![verdict],
        row: row(resolved, item, of, incomplete, Answer::No),
    }
}

/// The type of the value itself: what an `UnsafeCell` holds, also one in a type of the package.
fn value_of(resolved: &Resolved<'_>, ty: &Ty) -> String {
    let holder = [
        "Option",
        "MaybeUninit",
        "UnsafeCell",
        "SyncUnsafeCell",
        "ManuallyDrop",
    ];
    let inside = match ty {
        Ty::Ptr { to, .. } => Some(&**to),
        _ if ty.is_one_of(&holder) => ty.args().first(),
        _ => own_parts(resolved, ty).and_then(|parts| {
            parts
                .iter()
                .find(|part| part.is_one_of(&["UnsafeCell", "SyncUnsafeCell"]))
        }),
    };
    match inside {
        // `struct Late<T> { value: UnsafeCell<T> }`
        Some(inside) if !ty.args().is_empty() && !ty.is_one_of(&holder) => ty
            .args()
            .first()
            .map_or_else(|| inside.to_string(), ToString::to_string),
        Some(inside) => value_of(resolved, inside),
        None => ty.to_string(),
    }
}
