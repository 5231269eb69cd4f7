//! R8: a crate that is in `Cargo.lock` in two versions, and holds statics: two copies of one "global".
//!
//! Whether it does is looked up in its sources, where they are at hand; a crate without state is left alone.
//! Thread-locals are state too: two runtimes do not see each other's.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use super::{
    state::{self, Held, States},
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

/// The statics in a package's sources.
#[derive(Default)]
struct Statics {
    /// Those that change again and again, thread-locals too.
    changing: Vec<String>,
    /// Those that are filled once.
    filled_once: Vec<String>,
}

impl Statics {
    fn rank(&self) -> (usize, usize) {
        (self.changing.len(), self.filled_once.len())
    }

    fn verdict(&self) -> (Confidence, String, Option<String>) {
        let all: Vec<&String> = self.changing.iter().chain(&self.filled_once).collect();
        let shown = all.iter().take(3).map(|name| format!("`{name}`"));
        let more = if all.len() > 3 { " and more" } else { "" };
        let list = shown.collect::<Vec<_>>().join(", ");
        let because = format!("each version has its own {list}{more}");
        if self.changing.is_empty() {
            let look_at = "whether the value depends on when or by whom it is computed; if not, two cost memory only";
            (Confidence::Medium, because, Some(look_at.to_owned()))
        } else {
            (Confidence::High, because, None)
        }
    }
}

/// The statics with state in a package's sources, tests and examples left out.
fn statics_in(folder: &Path) -> Statics {
    let mut package = Package::default();
    for path in sources(&folder.join("src")) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let may_hold = state::in_text(&text).is_some() || text.contains("static mut");
        if !text.contains("static ") || !may_hold && !text.contains("lazy_static") {
            continue;
        }
        let names = Names::of([text.as_str()]);
        if let Ok(facts) = walk::parse(&text, Vec::new(), &names) {
            package.files.push(File {
                path,
                text: text.into(),
                facts,
            });
        }
    }
    let resolved = Resolved::of(&package);
    let states = States::of(&resolved);
    let mut found = Statics::default();
    for (item, of, _) in resolved.statics().filter(|(_, of, _)| !of.in_tests) {
        match states.held(item.0, of) {
            Some(Held::State(_)) => found.changing.push(of.name.clone()),
            Some(Held::Once(_)) => found.filled_once.push(of.name.clone()),
            None => {}
        }
    }
    let calls = package.files.iter().flat_map(|file| &file.facts.expansions);
    for call in calls.filter(|call| !call.in_tests) {
        let names = call.defines.iter().map(|(name, _)| name.clone());
        if call.name == "lazy_static" {
            found.filled_once.extend(names);
        } else {
            found.changing.extend(names);
        }
    }
    for names in [&mut found.changing, &mut found.filled_once] {
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
    }
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
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let is_test = name
                .split('_')
                .any(|word| word == "tests" || word == "test");
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
