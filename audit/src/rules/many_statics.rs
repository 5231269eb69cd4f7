//! R6: a `static` of which there are not as many as it looks like.
//!
//! In a generic function (or a method of a generic `impl`, or a trait's default method) there is one for all
//! types. In the body of a macro there is one for each expansion. Only statics that hold state are meant:
//! of plain data it makes no difference. A static that the caller of the macro names is the caller's, and what
//! stands in a `thread_local!` is one per thread anyhow.

use std::collections::{HashMap, HashSet};

use super::{
    state::{self, States},
    words::{at, row},
};
use crate::{
    facts::{Expansion, MacroDef, MacroStatic},
    finding::{Answer, Confidence, Finding, Row, Verdict},
    resolve::Resolved,
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
    let found = resolved.statics().filter_map(|(item, of, _)| {
        let function = &resolved.facts(item.0).functions[of.function?];
        let state = if of.mutable { Some("static mut".to_owned()) } else { states.in_type(item.0, &of.ty) };
        let keyed = of.ty.to_string().contains("TypeId");
        let state = state.filter(|_| !function.generics.is_empty() && !keyed)?;
        let parameters = function.generics.join("`, `");
        let verdict = Verdict {
            name: "generic",
            replacement: format!(
                "`static {}: onset::OnceMap<std::any::TypeId, …>` for one per type; for one in all, move it out of the function, where it looks like one",
                of.name
            ),
            confidence: if function.generics == ["impl Trait"] { Confidence::Low } else { Confidence::High },
            because: format!("a `static` is not generic: each `{parameters}` gets the same `{state}`"),
            look_at: (function.generics == ["impl Trait"]).then(|| "whether one for all is meant".to_owned()),
        };
        Some(Finding {
            rule: Rule::ManyStatics,
            title: format!("`static {}` in the generic `{}` is one for all types", of.name, function.name),
            primary: at(item.0, &of.head_span, "one, whatever the types are"),
            labels: vec![at(item.0, &function.name_span, format!("generic in `{parameters}`"))],
            notes: Vec::new(),
            verdicts: vec![verdict],
            row: row(resolved, item, of, Answer::No, Answer::Possible),
        })
    });
    found.collect()
}

/// Where a macro is expanded.
type Sites<'a> = HashMap<&'a str, Vec<(usize, &'a Expansion)>>;

/// Statics in the bodies of macros.
fn in_macros(resolved: &Resolved<'_>) -> Vec<Finding> {
    let mut sites: Sites<'_> = HashMap::new();
    for (file, found) in resolved.package().files.iter().enumerate() {
        for expansion in &found.facts.expansions {
            sites.entry(&expansion.name).or_default().push((file, expansion));
        }
    }
    let mut found = Vec::new();
    for (file, facts) in resolved.package().files.iter().enumerate() {
        for of in &facts.facts.macros {
            let expanded = expansions(of.name.as_str(), &sites, &mut HashSet::new());
            let statics = of.statics.iter().filter(|one| !one.named_by_caller && !one.thread_local);
            let hold = statics.filter(|one| one.mutable || state::in_text(&one.ty).is_some());
            let many = expanded.len() > 1 || of.exported && !expanded.is_empty();
            found.extend(hold.filter(|_| many).map(|one| in_macro(resolved, file, of, one, &expanded)));
        }
    }
    found
}

/// The places at which a macro is expanded in the end, those in the bodies of other macros followed.
fn expansions<'a>(name: &'a str, sites: &Sites<'a>, seen: &mut HashSet<&'a str>) -> Vec<(usize, &'a Expansion)> {
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

fn in_macro(resolved: &Resolved<'_>, file: usize, of: &MacroDef, one: &MacroStatic, expanded: &[(usize, &Expansion)]) -> Finding {
    let count = expanded.len();
    let names = ["CALLSITE", "META", "ONCE", "WARNED", "LOGGED"];
    let per_site = names.iter().any(|name| one.name.contains(name)) || one.ty.contains("Callsite");
    let (confidence, look_at) = if per_site || count < 2 {
        (Confidence::Low, Some("whether one for each place of the call is meant".to_owned()))
    } else {
        (Confidence::Medium, None)
    };
    let verdict = Verdict {
        name: "macro",
        replacement: format!("one `static {}` outside of the macro, or let the caller name it", one.name),
        confidence,
        because: format!("each expansion of `{}!` has a `{}` of its own: {count} in this package", of.name, one.name),
        look_at,
    };
    let labels = expanded.iter().take(3).map(|(file, expansion)| at(*file, &expansion.span, "one here"));
    Finding {
        rule: Rule::ManyStatics,
        title: format!("`static {}` in the macro `{}!` is one for each expansion", one.name, of.name),
        primary: at(file, &one.span, "as many as there are expansions"),
        labels: labels.collect(),
        notes: Vec::new(),
        verdicts: vec![verdict],
        row: Row {
            module: resolved.module_path(file, &[]),
            name: one.name.clone(),
            kind: format!("static{} {} in {}!", if one.mutable { " mut" } else { "" }, one.ty, of.name),
            incomplete: Answer::No,
            duplicated: Answer::Yes,
        },
    }
}
