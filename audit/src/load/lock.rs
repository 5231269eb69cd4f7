//! The lock file of a workspace, and where the sources of its packages lie.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

use super::{Loaded, Lock, plain, unread};
use crate::rules::crate_twice::LockInput;

/// Adds the lock file in a folder, if there is one.
pub(super) fn load(folder: &Path, members: &HashMap<String, PathBuf>, into: &mut Loaded) {
    let path = plain(&folder.join("Cargo.lock"));
    if !path.exists() {
        return;
    }
    match read(&path) {
        Ok(text) => into.locks.push(lock(folder, path, text, members)),
        Err(why) => into.unread.push(unread(&path, &why)),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let parsed: Result<toml::Table, _> = text.parse();
    match parsed {
        Ok(_) => Ok(text),
        Err(error) => Err(error.message().to_owned()),
    }
}

fn lock(folder: &Path, path: PathBuf, text: String, members: &HashMap<String, PathBuf>) -> Lock {
    let manifest = plain(&folder.join("Cargo.toml"));
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
    Lock {
        input: LockInput::parse(path, text, sources),
        manifest: (manifest, manifest_text),
    }
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
