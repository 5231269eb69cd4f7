//! R5: a `const` with interior mutability. Each use of it is a new one, and what is written to it is gone.
//!
//! By type, through aliases and the package's own types, but only what is held by value. A constant that
//! only stands in initialisers (`[EMPTY; 8]`, a `static`'s value) is a template, and right; so is one that a
//! trait asks for. A public one that nobody uses here is mentioned, with low confidence, unless its name says
//! that it is a template (`INIT`, `EMPTY`).

use super::{
    state::States,
    words::{at, at_use},
};
use crate::{
    facts::{Const, End, ScopeKind, ShapeKind, Step, Visibility},
    finding::{Answer, Confidence, Finding, Row, Verdict},
    resolve::{ItemRef, Resolved, UseRef, outwards},
    rule::Rule,
};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let states = States::of(resolved);
    let found = resolved.consts().filter_map(|(item, of, uses)| {
        if of.of_trait || of.init.kind == ShapeKind::None {
            return None;
        }
        let state = states.in_type(item.0, &of.ty)?;
        judge(resolved, item, of, &state, uses)
    });
    found.collect()
}

fn judge(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Const,
    state: &str,
    uses: &[UseRef],
) -> Option<Finding> {
    let lost: Vec<UseRef> = uses
        .iter()
        .copied()
        .filter(|at| loses(resolved, *at))
        .collect();
    let public = of.visibility == Visibility::Public
        && of.function.is_none()
        && resolved.package().is_library;
    if lost.is_empty() && (!public || is_template(&of.name)) {
        return None;
    }
    let confidence = if lost.is_empty() {
        Confidence::Low
    } else {
        Confidence::High
    };
    let look_at = lost.is_empty().then(|| {
        format!(
            "how other packages use `{}`: as a template it is right",
            of.name
        )
    });
    let labels = lost.iter().take(4).map(|used| {
        at_use(
            resolved,
            *used,
            "a new one, gone at the end of this statement",
        )
    });
    let verdict = Verdict {
        name: "const-cell",
        replacement: format!(
            "`static {}: {}`, which there is one of; to make new ones, a `const fn`",
            of.name, of.ty
        ),
        confidence,
        because: format!(
            "a `const` is copied to each place that names it, and so is the `{state}` in it"
        ),
        look_at,
    };
    Some(Finding {
        rule: Rule::ConstCell,
        title: format!("`const {}` is a new `{state}` at each use", of.name),
        primary: at(item.0, &of.head_span, "not one, but one for each use"),
        labels: labels.collect(),
        notes: Vec::new(),
        verdicts: vec![verdict],
        row: row(resolved, item, of),
    })
}

/// Whether a name says that new ones are to be made of it: `INIT`, `ONCE_INIT`, `EMPTY`.
fn is_template(name: &str) -> bool {
    let words = ["INIT", "EMPTY", "NEW", "ZERO", "DEFAULT"];
    name.split('_').any(|word| words.contains(&word))
}

/// Whether a use does something to a new one that nobody keeps.
fn loses(resolved: &Resolved<'_>, at: UseRef) -> bool {
    let used = resolved.used(at);
    let facts = resolved.facts(at.file);
    let in_initialiser = outwards(facts, used.scope)
        .any(|scope| matches!(facts.scopes[scope].kind, ScopeKind::Initialiser));
    let touched = used.steps.iter().any(|step| {
        matches!(
            step,
            Step::Method { .. } | Step::Borrow { .. } | Step::Index | Step::Field(_)
        )
    });
    let assigned = matches!(used.end, End::Assigned(_) | End::Updated(..));
    !in_initialiser && used.end != End::Repeated && (touched || assigned)
}

fn row(resolved: &Resolved<'_>, item: ItemRef, of: &Const) -> Row {
    Row {
        module: resolved.module_path(item.0, &of.module),
        name: of.name.clone(),
        kind: format!("const {}", of.ty),
        incomplete: Answer::No,
        duplicated: Answer::Yes,
    }
}
