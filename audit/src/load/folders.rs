//! Folders without a manifest, and single files.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Loaded, Sources, place::module_of, rust_files, unread};

/// Adds the packages in a folder: each folder with a manifest is one, and what lies in none of them is one
/// of its own.
pub(super) fn load(path: &Path, exclude: &[String], into: &mut Loaded) {
    if path.is_file() {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        into.packages
            .push(package(parent, vec![path.to_owned()], None));
        return;
    }
    let files = match rust_files(path, exclude, false, |_| false) {
        Ok(files) => files,
        Err(error) => return into.unread.push(unread(path, &error)),
    };
    let mut by_package: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut known = BTreeMap::new();
    for file in files {
        let root = root_of(&file, path, &mut known);
        by_package.entry(root).or_default().push(file);
    }
    for (root, files) in by_package {
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).ok();
        into.packages
            .push(package(root, files, manifest.as_deref()));
    }
}

/// The nearest folder above a file with a manifest, or the folder that was named.
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

fn package(root: PathBuf, files: Vec<PathBuf>, manifest: Option<&str>) -> Sources {
    let table = manifest
        .and_then(|text| text.parse::<toml::Table>().ok())
        .unwrap_or_default();
    let named = table
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str);
    let folder = || {
        root.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let of_file = || {
        files
            .first()
            .and_then(|file| file.file_stem())
            .map(|name| name.to_string_lossy().into_owned())
    };
    let name = named
        .map(str::to_owned)
        .or_else(folder)
        .or_else(of_file)
        .unwrap_or_else(|| "crate".to_owned());
    // Who knows who uses what has no manifest.
    let is_library =
        manifest.is_none() || table.contains_key("lib") || root.join("src/lib.rs").exists();
    let placed = files.into_iter().map(|file| {
        let module = module_of(&file, &root);
        (file, module)
    });
    Sources {
        name: name.replace('-', "_"),
        is_library,
        files: placed.collect(),
        root,
    }
}
