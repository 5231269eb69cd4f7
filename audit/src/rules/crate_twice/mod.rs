//! R8: a crate that is in `Cargo.lock` in two versions, and holds statics: two copies of one "global".
//!
//! Whether it does is looked up in its sources, where they are at hand; a crate without state is left alone.
//! Thread-locals are state too: two runtimes do not see each other's.

mod lock;
mod statics;

use std::collections::BTreeMap;

pub use self::lock::{LockInput, LockPackage};
use self::statics::{Statics, statics_in};
use super::words::at;
use crate::{
    finding::{Answer, Confidence, Finding, Row, Verdict},
    rule::Rule,
};

/// What this rule finds. Places are in file 0, the lock file.
#[must_use]
pub fn check(lock: &LockInput) -> Vec<Finding> {
    let mut by_name: BTreeMap<&str, Vec<&LockPackage>> = BTreeMap::new();
    for package in &lock.packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    let twice = by_name.into_values().filter(|versions| versions.len() > 1);
    twice
        .filter_map(|versions| judge(lock, &versions))
        .collect()
}

fn judge(lock: &LockInput, versions: &[&LockPackage]) -> Option<Finding> {
    let name = &versions[0].name;
    let known = versions
        .iter()
        .filter_map(|version| version.sources.as_deref());
    let known: Vec<Statics> = known.map(statics_in).collect();
    let most = known.iter().max_by_key(|statics| statics.rank());
    let (confidence, because, look_at) = match most {
        Some(statics) if statics.rank() == (0, 0) => return None,
        Some(statics) => statics.verdict(),
        None => (
            Confidence::Low,
            "each version has its own statics, if it has any".to_owned(),
            Some(format!(
                "whether `{name}` holds statics: its sources were not at hand"
            )),
        ),
    };
    let verdict = Verdict {
        name: "crate-twice",
        replacement: format!(
            "one version of `{name}` (`cargo tree --invert {name}` shows who asks for which); in a crate of yours, `onset::single_copy!` beside the `static`"
        ),
        confidence,
        because,
        look_at,
    };
    let asked = |version: &&LockPackage| {
        let by = lock.dependents(version);
        let by = if by.is_empty() {
            "nobody else".to_owned()
        } else {
            by.join(", ")
        };
        at(
            0,
            &version.span,
            format!("{}, asked for by {by}", version.version),
        )
    };
    let all: Vec<&str> = versions
        .iter()
        .map(|version| version.version.as_str())
        .collect();
    let labels = versions
        .iter()
        .enumerate()
        .filter(|(number, _)| *number != 1)
        .map(|(_, version)| asked(version));
    Some(Finding {
        rule: Rule::CrateTwice,
        title: format!(
            "`{name}` is in the program {}",
            if versions.len() == 2 {
                "twice".to_owned()
            } else {
                format!("{} times", versions.len())
            }
        ),
        primary: asked(&versions[1]),
        labels: labels.collect(),
        notes: vec![format!(
            "a version that only build scripts and macros use is not in the program: `cargo tree --invert {name}@VERSION --edges normal` shows whether it is"
        )],
        verdicts: vec![verdict],
        row: Row {
            module: lock.path.display().to_string(),
            name: name.clone(),
            kind: format!("crate {}", all.join(" + ")),
            incomplete: Answer::No,
            duplicated: Answer::Yes,
        },
    })
}
