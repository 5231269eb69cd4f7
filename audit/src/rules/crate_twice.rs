//! R8: a crate that is in `Cargo.lock` in two versions, and holds statics: two copies of one "global".
//!
//! Whether it does is looked up in its sources, where they are at hand; a crate without state is left alone.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    state::{self, States},
    words::at,
};
use crate::{
    facts::walk,
    finding::{Answer, Confidence, Finding, Row, Span, Verdict},
    names::Names,
    package::{File, Package},
    resolve::Resolved,
    rule::Rule,
};

/// A lock file.
#[derive(Debug)]
pub struct LockInput {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The packages in it.
    pub packages: Vec<LockPackage>,
}

/// A package in a lock file.
#[derive(Debug)]
pub struct LockPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `name = "…"` in the lock file.
    pub span: Span,
    /// What it depends on: `name`, or `name version` where there are several.
    pub dependencies: Vec<String>,
    /// Where its sources lie, if that is known.
    pub sources: Option<PathBuf>,
}

impl LockInput {
    /// Reads a lock file; `sources_of` says where the sources of a name and version lie.
    pub fn parse(
        path: PathBuf,
        text: String,
        sources_of: impl Fn(&str, &str) -> Option<PathBuf>,
    ) -> Self {
        let table: toml::Table = text.parse().unwrap_or_default();
        let packages = table
            .get("package")
            .and_then(toml::Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let of = |package: &toml::Value, key| {
            package
                .get(key)
                .and_then(toml::Value::as_str)
                .map(str::to_owned)
        };
        let spans = name_spans(&text);
        let packages = packages.iter().zip(spans).filter_map(|(package, span)| {
            let (name, version) = (of(package, "name")?, of(package, "version")?);
            let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
            let named = dependencies
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_str)
                .map(str::to_owned);
            let sources = sources_of(&name, &version);
            Some(LockPackage {
                dependencies: named.collect(),
                name,
                version,
                span,
                sources,
            })
        });
        let packages = packages.collect();
        Self {
            path,
            text,
            packages,
        }
    }

    /// Who depends on a version.
    fn dependents(&self, of: &LockPackage) -> Vec<String> {
        let asks = |package: &&LockPackage| {
            package.dependencies.iter().any(|named| {
                let mut words = named.split(' ');
                words.next() == Some(&of.name)
                    && words.next().is_none_or(|version| version == of.version)
            })
        };
        self.packages
            .iter()
            .filter(asks)
            .map(|package| format!("`{} {}`", package.name, package.version))
            .collect()
    }
}

/// Where the names of the packages stand, in their order.
fn name_spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut begun = false;
    for line in text.split_inclusive('\n') {
        begun |= line.starts_with("[[package]]");
        if begun && line.starts_with("name = ") {
            let length = line.rfind('"').map_or(line.trim_end().len(), |at| at + 1);
            spans.push(start..start + length);
            begun = false;
        }
        start += line.len();
    }
    spans
}

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
    let known: Vec<Vec<String>> = versions
        .iter()
        .filter_map(|version| version.sources.as_deref())
        .map(statics_in)
        .collect();
    let statics = known
        .iter()
        .max_by_key(|statics| statics.len())
        .cloned()
        .unwrap_or_default();
    if statics.is_empty() && known.len() == versions.len() {
        return None;
    }
    let name = &versions[0].name;
    let (confidence, because, look_at) = if statics.is_empty() {
        (
            Confidence::Low,
            "each version has its own statics".to_owned(),
            Some(format!(
                "whether `{name}` holds statics: its sources were not at hand"
            )),
        )
    } else {
        let (shown, more) = (
            statics
                .iter()
                .take(3)
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>(),
            statics.len() > 3,
        );
        let list = shown.join(", ");
        (
            Confidence::High,
            format!(
                "each version has its own {list}{}",
                if more { " and more" } else { "" }
            ),
            None,
        )
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
        notes: Vec::new(),
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

/// The statics with state in a package's sources, tests and examples left out.
fn statics_in(folder: &Path) -> Vec<String> {
    let mut package = Package::default();
    let mut found = Vec::new();
    for path in sources(&folder.join("src")) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if !text.contains("static ")
            || state::in_text(&text).is_none() && !text.contains("static mut")
        {
            continue;
        }
        let names = Names::of([text.as_str()]);
        let Ok(facts) = walk::parse(&text, Vec::new(), &names) else {
            continue;
        };
        found.extend(
            facts
                .expansions
                .iter()
                .flat_map(|expansion| expansion.defines.iter().map(|(name, _)| name.clone())),
        );
        package.files.push(File {
            path,
            text: text.into(),
            facts,
        });
    }
    let resolved = Resolved::of(&package);
    let states = States::of(&resolved);
    let with_state = resolved.statics().filter(|(item, of, _)| {
        !of.in_tests && (of.mutable || states.in_type(item.0, &of.ty).is_some())
    });
    found.extend(with_state.map(|(_, of, _)| of.name.clone()));
    found
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let path = entry.path();
            let is_test = path
                .file_stem()
                .is_some_and(|name| name == "tests" || name == "test");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
