//! `lazy_static!` and the types of the crate `once_cell`.

use crate::{
    facts::{Expansion, Static, Ty},
    finding::{Answer, Confidence, Finding, Row, Span, Verdict},
    resolve::{ItemRef, Resolved},
    rule::Rule,
    rules::words::at,
};

/// The verdict on a static of a type of `once_cell`.
pub(super) fn of_static(resolved: &Resolved<'_>, item: ItemRef, of: &Static) -> Option<Verdict> {
    let Ty::Path { name, before, args } = &of.ty else {
        return None;
    };
    let types = [
        "Lazy",
        "OnceCell",
        "OnceBox",
        "OnceRef",
        "OnceNonZeroUsize",
        "OnceBool",
    ];
    let by_path = before.first().is_some_and(|first| first == "once_cell");
    let imports = &resolved.facts(item.0).imports;
    // `use once_cell::sync::Lazy;`, or `use once_cell::sync;` and `sync::Lazy`.
    let lead = before.first().unwrap_or(name);
    let by_import = imports.iter().any(|import| {
        import.name == *lead
            && import
                .path
                .first()
                .is_some_and(|first| first == "once_cell")
    });
    if !types.contains(&name.as_str()) || !(by_path || by_import) {
        return None;
    }
    let value = args.first().map_or_else(String::new, ToString::to_string);
    let replacement = match name.as_str() {
        "Lazy" => format!(
            "`std::sync::LazyLock<{value}>`, or `onset::Lazy<{value}>`, whose threads do not park at once"
        ),
        "OnceCell" => format!(
            "`std::sync::OnceLock<{value}>`, or `onset::OnceCell<{value}>`, which can fail and be waited for"
        ),
        "OnceBox" => {
            format!("`onset::RaceCell<{value}>`, which can also be emptied and taken apart")
        }
        _ => "`onset::RaceWord` or `onset::RaceRef`".to_owned(),
    };
    Some(older(
        replacement,
        format!("`{name}` is the one of the crate `once_cell`"),
    ))
}

/// A finding for each name that a `lazy_static!` defines.
pub(super) fn of_macros<'a>(resolved: &'a Resolved<'_>) -> impl Iterator<Item = Finding> + 'a {
    let files = resolved.package().files.iter().enumerate();
    files.flat_map(move |(file, found)| {
        let calls = found
            .facts
            .expansions
            .iter()
            .filter(|call| call.in_definition_of.is_none() && is_the_macro(&call.path));
        calls.flat_map(move |call| {
            call.defines
                .iter()
                .map(move |(name, span)| of_macro(resolved, file, call, name, span))
        })
    })
}

/// Whether a path is that of the crate `lazy_static`, and not of another crate's macro of that name.
fn is_the_macro(path: &str) -> bool {
    matches!(path, "lazy_static" | "lazy_static::lazy_static")
}

fn of_macro(
    resolved: &Resolved<'_>,
    file: usize,
    call: &Expansion,
    name: &str,
    span: &Span,
) -> Finding {
    let replacement =
        format!("`static {name}: std::sync::LazyLock<T> = LazyLock::new(…)`, or `onset::Lazy<T>`");
    let because =
        "`lazy_static!` makes a type of its own for each, and std has had `LazyLock` since 1.80"
            .to_owned();
    Finding {
        rule: Rule::LazyByHand,
        title: format!("`{name}` is made by `lazy_static!`"),
        primary: at(file, span, "std-lazy"),
        labels: vec![at(file, &call.span, "by this macro")],
        notes: Vec::new(),
        verdicts: vec![older(replacement, because)],
        row: Row {
            module: resolved.module_path(file, &[]),
            name: name.to_owned(),
            kind: "lazy_static!".to_owned(),
            incomplete: Answer::No,
            duplicated: Answer::No,
        },
    }
}

fn older(replacement: String, because: String) -> Verdict {
    let look_at = Some(
        "the oldest Rust that the package supports: `LazyLock` needs 1.80, `OnceLock` 1.70"
            .to_owned(),
    );
    Verdict {
        name: "std-lazy",
        replacement,
        confidence: Confidence::High,
        because,
        look_at,
    }
}
