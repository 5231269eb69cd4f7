//! `lazy_static!` and the types of the crate `once_cell`.
//!
//! Not in those crates themselves. What is made by a `const fn`, like a lock around an empty collection, needs
//! no lazy value at all.

use crate::{
    facts::{Expansion, Static, Ty},
    finding::{Answer, Confidence, Finding, Row, Span, Verdict},
    resolve::{ItemRef, Resolved},
    rule::Rule,
    rules::words::at,
};

/// The verdict on a static of a type of `once_cell`.
pub(super) fn of_static(resolved: &Resolved<'_>, item: ItemRef, of: &Static) -> Option<Verdict> {
    if !is_of_once_cell(resolved, item.0, &of.ty) || resolved.package().name == "once_cell" {
        return None;
    }
    let name = of.ty.name()?;
    let value = of.ty.args().first();
    let value = value.map_or_else(|| "T".to_owned(), ToString::to_string);
    let (replacement, confidence) = match name {
        "Lazy" => (
            lazy(&of.name, &value, made_by(&of.init.text)),
            Confidence::High,
        ),
        "OnceCell" => (
            format!(
                "`std::sync::OnceLock<{value}>`, or `onset::OnceCell<{value}>`, which can fail and be waited for"
            ),
            Confidence::High,
        ),
        "OnceBox" => (
            format!(
                "`onset::RaceCell<{value}>`, which can also be emptied and taken apart; std has nothing like it"
            ),
            Confidence::Medium,
        ),
        _ => (
            "`onset::RaceWord` or `onset::RaceRef`; std has nothing like it".to_owned(),
            Confidence::Medium,
        ),
    };
    let because = format!("`{name}` is the one of the crate `once_cell`");
    Some(older(replacement, confidence, because))
}

/// Whether a type is one of the crate `once_cell`: by its path, or by an import of it or of a module.
fn is_of_once_cell(resolved: &Resolved<'_>, file: usize, ty: &Ty) -> bool {
    let Ty::Path { name, before, .. } = ty else {
        return false;
    };
    let types = [
        "Lazy",
        "OnceCell",
        "OnceBox",
        "OnceRef",
        "OnceNonZeroUsize",
        "OnceBool",
    ];
    let begins = |path: &[String]| path.first().is_some_and(|first| first == "once_cell");
    let lead = before.first().unwrap_or(name);
    let mut imports = resolved.facts(file).imports.iter();
    types.contains(&name.as_str())
        && (begins(before) || imports.any(|import| import.name == *lead && begins(&import.path)))
}

/// A finding for each name that a `lazy_static!` defines.
pub(super) fn of_macros<'a>(resolved: &'a Resolved<'_>) -> impl Iterator<Item = Finding> + 'a {
    let files = resolved.package().files.iter().enumerate();
    let files = files.filter(|_| resolved.package().name != "lazy_static");
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
    let (value, init) = declared(&resolved.package().files[file].text[span.end..]);
    let because =
        "`lazy_static!` makes a type of its own for each, and std has had `LazyLock` since 1.80"
            .to_owned();
    let replacement = lazy(name, &value, init);
    Finding {
        rule: Rule::LazyByHand,
        title: format!("`{name}` is made by `lazy_static!`"),
        primary: at(file, span, "std-lazy"),
        labels: vec![at(file, &call.span, "by this macro")],
        notes: Vec::new(),
        verdicts: vec![older(replacement, Confidence::High, because)],
        row: Row {
            module: resolved.module_path(file, &[]),
            name: name.to_owned(),
            kind: format!("lazy_static! {value}"),
            incomplete: Answer::No,
            duplicated: Answer::No,
        },
    }
}

/// The type and the value in `: Type = value;`, which may be cut short.
fn declared(rest: &str) -> (String, &str) {
    let Some((ty, init)) = rest.split_once('=') else {
        return ("T".to_owned(), "");
    };
    let ty = ty.trim().trim_start_matches(':');
    let value = syn::parse_str(ty).map_or_else(|_| "T".to_owned(), |ty| Ty::of(&ty).to_string());
    let init = init.split_once(';').map_or(init, |(init, _)| init);
    (value, init.trim())
}

/// What a lazy value's closure makes: `|| value`.
fn made_by(init: &str) -> &str {
    let body = init
        .split_once('|')
        .and_then(|(_, rest)| rest.split_once('|'));
    let body = body.map_or("", |(_, body)| body.trim());
    body.strip_suffix(')').unwrap_or(body)
}

/// What to write instead of a lazy value that holds what `init` makes.
fn lazy(name: &str, value: &str, init: &str) -> String {
    if is_const(init) {
        return format!("`static {name}: {value} = {init}`, which needs no lazy value");
    }
    format!(
        "`static {name}: std::sync::LazyLock<{value}>`, or `onset::Lazy<{value}>`, whose threads do not park at once"
    )
}

/// Whether a value is made by functions of std that are `const`.
fn is_const(init: &str) -> bool {
    let inner = ["Mutex::new(", "RwLock::new("]
        .iter()
        .find_map(|lock| init.strip_prefix(lock)?.strip_suffix(')'));
    let is_plain = |value: &str| {
        matches!(
            value,
            "()" | "None"
                | "true"
                | "false"
                | "Vec::new()"
                | "String::new()"
                | "BTreeMap::new()"
                | "BTreeSet::new()"
                | "VecDeque::new()"
        ) || value.parse::<i64>().is_ok()
    };
    let atomic = init.starts_with("Atomic")
        && init
            .split_once("::new(")
            .is_some_and(|(_, rest)| rest.strip_suffix(')').is_some_and(is_plain));
    inner.is_some_and(is_plain) || atomic
}

fn older(replacement: String, confidence: Confidence, because: String) -> Verdict {
    let look_at = Some(
        "the oldest Rust that the package supports: `LazyLock` needs 1.80, `OnceLock` 1.70, a lock in a plain `static` 1.63"
            .to_owned(),
    );
    Verdict {
        name: "std-lazy",
        replacement,
        confidence,
        because,
        look_at,
    }
}
