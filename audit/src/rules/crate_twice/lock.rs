//! The lock file, as far as this rule has to know it.

use std::path::PathBuf;

use crate::finding::Span;

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
    pub(super) fn dependents(&self, of: &LockPackage) -> Vec<String> {
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
