//! The lock file of a workspace, and where the sources of its packages lie.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

use super::Lock;
use crate::rules::crate_twice::LockInput;

/// The lock file in a folder, if there is one.
pub(super) fn load(folder: &Path, members: &HashMap<String, PathBuf>) -> Option<Lock> {
    let path = super::plain(&folder.join("Cargo.lock"));
    let text = fs::read_to_string(&path).ok()?;
    let manifest = super::plain(&folder.join("Cargo.toml"));
    let manifest_text = fs::read_to_string(&manifest).unwrap_or_default();
    let registries = registries();
    let vendored = vendored(&folder.join("vendor"));
    let sources = |name: &str, version: &str| {
        let package = format!("{name} {version}");
        let member = members
            .get(&package)
            .or_else(|| vendored.get(&package))
            .cloned();
        member.or_else(|| {
            let folder = format!("{name}-{version}");
            registries
                .iter()
                .map(|registry| registry.join(&folder))
                .find(|sources| sources.is_dir())
        })
    };
    let input = LockInput::parse(path, text, sources);
    Some(Lock {
        input,
        manifest: (manifest, manifest_text),
    })
}

/// Where cargo keeps the sources of each registry.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let Some(home) = home else { return Vec::new() };
    folders(&home.join("registry/src"))
}

/// Packages in a folder of vendored ones, by `name version`.
fn vendored(folder: &Path) -> HashMap<String, PathBuf> {
    let named = |package: PathBuf| {
        let text = fs::read_to_string(package.join("Cargo.toml")).ok()?;
        let table: toml::Table = text.parse().ok()?;
        let of = |key: &str| table.get("package")?.get(key)?.as_str().map(str::to_owned);
        Some((format!("{} {}", of("name")?, of("version")?), package))
    };
    folders(folder).into_iter().filter_map(named).collect()
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}
