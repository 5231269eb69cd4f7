//! Folders without a manifest, and single files.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use super::{Loaded, Sources, canonical, excluded, place::module_of, plain, rust_files, unread};

/// Adds the packages in a folder: files belong to the nearest folder with a manifest above them, be it
/// above the one that was named, or else to that one. A single file is a package of its own.
pub(super) fn load(path: &Path, exclude: &[String], into: &mut Loaded) {
    if path.is_file() {
        return into.packages.push(single(path));
    }
    let globs = match excluded(path, exclude) {
        Ok(globs) => globs,
        Err(error) => return into.unread.push(unread(path, &error)),
    };
    let files = rust_files(path, vec![globs], false, |_| false, &mut into.unread);
    let mut by_package: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut known = BTreeMap::new();
    for file in files {
        let root = root_of(&file, path, &mut known);
        by_package.entry(root).or_default().push(file);
    }
    for (root, files) in by_package {
        into.packages.push(package(root, files));
    }
}

/// A file of which nobody knows where it belongs.
fn single(file: &Path) -> Sources {
    Sources {
        name: crate_name(file.file_stem().unwrap_or_default()),
        root: file.parent().unwrap_or(Path::new("")).to_owned(),
        is_library: true,
        files: vec![(file.to_owned(), Vec::new())],
    }
}

/// The nearest folder with a manifest above a file and not above `top`, or `top`.
fn root_of(file: &Path, top: &Path, known: &mut BTreeMap<PathBuf, bool>) -> PathBuf {
    let above = file
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(top));
    let mut roots = above.filter(|folder| {
        *known
            .entry((*folder).to_owned())
            .or_insert_with(|| folder.join("Cargo.toml").exists())
    });
    roots.next().unwrap_or(top).to_owned()
}

/// The package of the files whose nearest folder is `root`.
fn package(root: PathBuf, files: Vec<PathBuf>) -> Sources {
    let whole = canonical(&root);
    let above = whole
        .ancestors()
        .find(|folder| folder.join("Cargo.toml").exists());
    let sources = whole.parent().filter(|_| whole.ends_with("src"));
    let home = above.or(sources).unwrap_or(&whole);
    let manifest = fs::read_to_string(home.join("Cargo.toml")).unwrap_or_default();
    let table: toml::Table = manifest.parse().unwrap_or_default();
    let package = table.get("package");
    let named = package
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str)
        .map(OsStr::new);
    // Who knows who uses what has no manifest, and what is in the files that were not named.
    let is_program =
        above == Some(&*whole) && !table.contains_key("lib") && !home.join("src/lib.rs").exists();
    let place = |file: PathBuf| {
        let inside = file.strip_prefix(&root).unwrap_or(&file);
        let module = module_of(&whole.join(inside), home);
        (plain(&file), module)
    };
    Sources {
        name: crate_name(named.or(home.file_name()).unwrap_or(OsStr::new("crate"))),
        is_library: !is_program,
        files: files.into_iter().map(place).collect(),
        root: plain(&root),
    }
}

fn crate_name(name: &OsStr) -> String {
    name.to_string_lossy().replace('-', "_")
}
