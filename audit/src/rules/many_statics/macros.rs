//! Statics in the bodies of macros.

use std::collections::{HashMap, HashSet};

use crate::{
    facts::{Expansion, MacroDef, MacroStatic},
    finding::{Answer, Confidence, Finding, Row, Verdict},
    resolve::Resolved,
    rule::Rule,
    rules::{state, words::at},
};

/// Where a macro is expanded.
type Sites<'a> = HashMap<&'a str, Vec<(usize, &'a Expansion)>>;

/// A finding for each static in the body of a macro that is expanded at several places.
pub(super) fn in_macros(resolved: &Resolved<'_>) -> Vec<Finding> {
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
            let mut expanded = expansions(of.name.as_str(), &sites, &mut HashSet::new());
            // A macro that expands another one twice leads to the same place twice.
            expanded.sort_by_key(|(file, expansion)| (*file, expansion.span.start));
            expanded.dedup_by_key(|(file, expansion)| (*file, expansion.span.start));
            let statics = of
                .statics
                .iter()
                .filter(|one| !one.named_by_caller && !one.thread_local && !one.of_expansion);
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
    let per_site = names.iter().any(|name| one.name.contains(name))
        || one.ty.contains("Callsite")
        || one.ty.ends_with("Once");
    let (confidence, look_at) = if per_site || count < 2 || one.uses_arguments {
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
