//! R6: a `static` of which there are not as many as it looks like.
//!
//! In a generic function (or a method of a generic `impl`, or a trait's default method) there is one for all
//! types. In the body of a macro there is one for each expansion. Only statics that hold state are meant:
//! of plain data it makes no difference. A static that the caller of the macro names is the caller's, and what
//! stands in a `thread_local!` is one per thread anyhow.

use std::collections::{HashMap, HashSet};

use super::{
    state::{self, States},
    words::{LAZY, at, row},
};
use crate::{
    facts::{Expansion, Function, MacroDef, MacroStatic, Static},
    finding::{Answer, Confidence, Finding, Row, Verdict},
    resolve::{ItemRef, Resolved, UseRef},
    rule::Rule,
};

/// What this rule finds.
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let mut found = in_generics(resolved);
    found.extend(in_macros(resolved));
    found
}

/// Statics in generic functions.
fn in_generics(resolved: &Resolved<'_>) -> Vec<Finding> {
    let states = States::of(resolved);
    let found = resolved.statics().filter_map(|(item, of, uses)| {
        let function = &resolved.facts(item.0).functions[of.function?];
        let state = if of.mutable {
            Some("static mut".to_owned())
        } else {
            states.in_type(item.0, &of.ty)
        };
        let keyed = of.ty.to_string().contains("TypeId");
        let state = state.filter(|_| !function.generics.is_empty() && !keyed)?;
        Some(in_generic(resolved, item, of, function, &state, uses))
    });
    found.collect()
}

fn in_generic(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Static,
    function: &Function,
    state: &str,
    uses: &[UseRef],
) -> Finding {
    let parameters = function.generics.join("`, `");
    let (confidence, look_at) = confidence(resolved, function, state, uses);
    let verdict = Verdict {
        name: "generic",
        replacement: format!(
            "`static {}: onset::OnceMap<std::any::TypeId, …>` for one per type; for one in all, move it out of the function, where it looks like one",
            of.name
        ),
        confidence,
        because: format!("a `static` is not generic: each `{parameters}` gets the same `{state}`"),
        look_at,
    };
    Finding {
        rule: Rule::ManyStatics,
        title: format!(
            "`static {}` in the generic `{}` is one for all types",
            of.name, function.name
        ),
        primary: at(item.0, &of.head_span, "one, whatever the types are"),
        labels: vec![at(
            item.0,
            &function.name_span,
            format!("generic in `{parameters}`"),
        )],
        notes: Vec::new(),
        verdicts: vec![verdict],
        row: row(resolved, item, of, Answer::No, Answer::Possible),
    }
}

/// How likely one for each type was meant: surely if the value hangs on the type; hardly if it is computed
/// once and does not.
fn confidence(
    resolved: &Resolved<'_>,
    function: &Function,
    state: &str,
    uses: &[UseRef],
) -> (Confidence, Option<String>) {
    let hangs_on_type = |at: &UseRef| {
        let text = &resolved.package().files[at.file].text[resolved.used(*at).whole.clone()];
        let mut words = text.split(|c: char| c != '_' && !c.is_alphanumeric());
        words.any(|word| function.generics.iter().any(|parameter| parameter == word))
    };
    let look_at = Some("whether its value hangs on the type, or one for all is meant".to_owned());
    if uses.iter().any(hangs_on_type) {
        (Confidence::High, None)
    } else if LAZY.contains(&state) || state == "Once" || function.generics == ["impl Trait"] {
        (Confidence::Low, look_at)
    } else {
        (Confidence::Medium, look_at)
    }
}

/// Where a macro is expanded.
type Sites<'a> = HashMap<&'a str, Vec<(usize, &'a Expansion)>>;

/// Statics in the bodies of macros.
fn in_macros(resolved: &Resolved<'_>) -> Vec<Finding> {
    let mut sites: Sites<'_> = HashMap::new();
    for (file, found) in resolved.package().files.iter().enumerate() {
        for expansion in &found.facts.expansions {
            sites
                .entry(&expansion.name)
                .or_default()
                .push((file, expansion));
        }
    }
    let mut found = Vec::new();
    for (file, facts) in resolved.package().files.iter().enumerate() {
        for of in &facts.facts.macros {
            let expanded = expansions(of.name.as_str(), &sites, &mut HashSet::new());
            let statics = of
                .statics
                .iter()
                .filter(|one| !one.named_by_caller && !one.thread_local);
            let hold = statics.filter(|one| one.mutable || state::in_text(&one.ty).is_some());
            let many = expanded.len() > 1 || of.exported && !expanded.is_empty();
            found.extend(
                hold.filter(|_| many)
                    .map(|one| in_macro(resolved, file, of, one, &expanded)),
            );
        }
    }
    found
}

/// The places at which a macro is expanded in the end, those in the bodies of other macros followed.
fn expansions<'a>(
    name: &'a str,
    sites: &Sites<'a>,
    seen: &mut HashSet<&'a str>,
) -> Vec<(usize, &'a Expansion)> {
    if !seen.insert(name) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (file, expansion) in sites.get(name).into_iter().flatten() {
        match &expansion.in_definition_of {
            Some(outer) => all.extend(expansions(outer, sites, seen)),
            None => all.push((*file, *expansion)),
        }
    }
    seen.remove(name);
    all
}

fn in_macro(
    resolved: &Resolved<'_>,
    file: usize,
    of: &MacroDef,
    one: &MacroStatic,
    expanded: &[(usize, &Expansion)],
) -> Finding {
    let count = expanded.len();
    let names = ["CALLSITE", "META", "ONCE", "WARNED", "LOGGED"];
    let per_site = names.iter().any(|name| one.name.contains(name)) || one.ty.contains("Callsite");
    let (confidence, look_at) = if per_site || count < 2 || one.depends_on_caller {
        (
            Confidence::Low,
            Some("whether one for each place of the call is meant".to_owned()),
        )
    } else {
        (Confidence::Medium, None)
    };
    let verdict = Verdict {
        name: "macro",
        replacement: format!(
            "one `static {}` outside of the macro, or let the caller name it",
            one.name
        ),
        confidence,
        because: format!(
            "each expansion of `{}!` has a `{}` of its own: {count} in this package",
            of.name, one.name
        ),
        look_at,
    };
    let labels = expanded
        .iter()
        .take(3)
        .map(|(file, expansion)| at(*file, &expansion.span, "one here"));
    Finding {
        rule: Rule::ManyStatics,
        title: format!(
            "`static {}` in the macro `{}!` is one for each expansion",
            one.name, of.name
        ),
        primary: at(file, &one.span, "as many as there are expansions"),
        labels: labels.collect(),
        notes: Vec::new(),
        verdicts: vec![verdict],
        row: Row {
            module: resolved.module_path(file, &[]),
            name: one.name.clone(),
            kind: format!(
                "static{} {} in {}!",
                if one.mutable { " mut" } else { "" },
                one.ty,
                of.name
            ),
            incomplete: Answer::No,
            duplicated: Answer::Yes,
        },
    }
}
