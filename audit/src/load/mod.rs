//! Which files to read.
//!
//! A path with a manifest is asked about by `cargo metadata` (`metadata`); any other folder is read as it
//! is, its files grouped by the packages in it (`folders`). Nothing here reads a source file.

mod folders;
mod lock;
mod metadata;
mod place;

use std::{
    collections::HashSet,
    env,
    path::{Component, Path, PathBuf},
};

use ignore::{
    WalkBuilder,
    overrides::{Override, OverrideBuilder},
};

use crate::{finding::Unread, rules::crate_twice::LockInput};

/// What is to be audited.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The packages, each with its files.
    pub packages: Vec<Sources>,
    /// The lock files of the workspaces that were named.
    pub locks: Vec<Lock>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// The files of a package.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The package's name as a crate.
    pub name: String,
    /// Its folder.
    pub root: PathBuf,
    /// Whether other packages may use it.
    pub is_library: bool,
    /// Its files, and the module that each is.
    pub files: Vec<(PathBuf, Vec<String>)>,
}

/// A lock file, and the manifest beside it, where comments may allow what is found in it.
#[derive(Debug)]
pub struct Lock {
    /// The lock file, with the sources of the packages in it.
    pub input: LockInput,
    /// The manifest's path and text.
    pub manifest: (PathBuf, String),
}

/// Finds what the paths name.
#[must_use]
pub fn load(paths: &[PathBuf], exclude: &[String]) -> Loaded {
    let mut loaded = Loaded::default();
    for path in paths {
        let path = plain(path);
        match manifest_of(&path) {
            _ if !path.exists() => loaded
                .unread
                .push(unread(&path, "there is no such file or folder")),
            Some(manifest) => {
                if let Err(error) = metadata::load(&manifest, exclude, &mut loaded) {
                    loaded.unread.push(unread(&manifest, &error));
                    folders::load(manifest.parent().unwrap_or(&path), exclude, &mut loaded);
                }
            }
            None => folders::load(&path, exclude, &mut loaded),
        }
    }
    // A file that two paths lead to is read once.
    let mut seen = HashSet::new();
    for package in &mut loaded.packages {
        package.files.retain(|(path, _)| seen.insert(path.clone()));
    }
    loaded.packages.retain(|package| !package.files.is_empty());
    loaded
}

/// A path as it is shown: from the current folder on if it lies below that, without `./` in front.
fn plain(path: &Path) -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    let parts = path.strip_prefix(&here).unwrap_or(path).components();
    let plain: PathBuf = parts.filter(|part| *part != Component::CurDir).collect();
    if plain.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        plain
    }
}

/// A path with links followed, if it is there.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The manifest that a path is, or that lies in it.
fn manifest_of(path: &Path) -> Option<PathBuf> {
    let is_manifest = path.file_name().is_some_and(|name| name == "Cargo.toml");
    let manifest = if is_manifest {
        path.to_owned()
    } else {
        path.join("Cargo.toml")
    };
    manifest.is_file().then_some(manifest)
}

fn unread(path: &Path, why: &str) -> Unread {
    Unread {
        path: path.to_owned(),
        at: None,
        why: why.to_owned(),
    }
}

/// The Rust files below a folder, without those of nested packages, of `target` folders and of what is
/// excluded. With `git`, hidden files and those that git ignores are left out too. Folders that cannot be
/// read are noted.
fn rust_files(
    root: &Path,
    excluded: Vec<Override>,
    git: bool,
    is_nested: impl Fn(&Path) -> bool + Send + Sync + 'static,
    not_read: &mut Vec<Unread>,
) -> Vec<PathBuf> {
    let top = root.to_owned();
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(git)
        .require_git(true)
        .hidden(git)
        .follow_links(false);
    walk.filter_entry(move |entry| {
        let path = entry.path();
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let is_target = is_folder
            && entry.file_name() == "target"
            && path.with_file_name("Cargo.toml").exists();
        let nested = is_folder && path != top && is_nested(path);
        let is_excluded = |globs: &Override| globs.matched(path, is_folder).is_ignore();
        !is_target && !nested && !excluded.iter().any(is_excluded)
    });
    let mut files = Vec::new();
    for entry in walk.build() {
        match entry.map(ignore::DirEntry::into_path) {
            Ok(path) if path.extension().is_some_and(|ext| ext == "rs") && path.is_file() => {
                files.push(path);
            }
            Ok(_) => {}
            Err(error) => not_read.push(unread(root, &error.to_string())),
        }
    }
    files.sort();
    files
}

/// Globs, relative to a folder, that leave files out.
fn excluded(root: &Path, globs: &[String]) -> Result<Override, String> {
    let mut excluded = OverrideBuilder::new(root);
    for glob in globs {
        excluded
            .add(&format!("!{glob}"))
            .map_err(|error| format!("the glob `{glob}` to exclude: {error}"))?;
    }
    excluded.build().map_err(|error| error.to_string())
}
