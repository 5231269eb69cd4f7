//! Packages of a workspace, as cargo knows them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId, TargetKind};
use serde::Deserialize;

use super::{Loaded, Sources, canonical, excluded, lock, place::module_of, plain, rust_files};

/// `[package.metadata.onset-audit]`, and the same of a workspace.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Globs of files to leave out.
    #[serde(default)]
    exclude: Vec<String>,
}

/// Adds the packages of a manifest: the one that it is of, or all members of its workspace.
pub(super) fn load(manifest: &Path, exclude: &[String], into: &mut Loaded) -> Result<(), String> {
    let metadata = ask(manifest)?;
    let top = canonical(metadata.workspace_root.as_std_path());
    let near = manifest.parent().unwrap_or(Path::new(""));
    let below = canonical(&near.join("."));
    let shown = plain(near);
    let for_all = settings(&metadata.workspace_metadata)?;
    let for_all = excluded(&top, &for_all.exclude)?;
    let roots: HashMap<&PackageId, PathBuf> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, folder(package)))
        .collect();
    for member in metadata.workspace_packages() {
        let root = &roots[&member.id];
        if !root.starts_with(&below) {
            continue;
        }
        let own = settings(&member.metadata)?;
        let globs = [exclude, &own.exclude].concat();
        let globs = vec![for_all.clone(), excluded(root, &globs)?];
        let nested = |folder: &Path| folder.join("Cargo.toml").exists();
        let files = rust_files(root, globs, true, nested, &mut into.unread);
        let place = |file: PathBuf| {
            let module = module_of(&file, root);
            (relative(&file, &below, &shown), module)
        };
        into.packages.push(Sources {
            name: member.name.replace('-', "_"),
            is_library: member.targets.iter().any(is_library),
            files: files.into_iter().map(place).collect(),
            root: relative(root, &below, &shown),
        });
    }
    if top == below {
        let named = |package: &Package| format!("{} {}", package.name, package.version);
        let folders: HashMap<String, PathBuf> = metadata
            .packages
            .iter()
            .map(|package| (named(package), roots[&package.id].clone()))
            .collect();
        lock::load(&shown, &folders, into);
    }
    Ok(())
}

/// Asks cargo, which neither resolves nor fetches anything for this.
fn ask(manifest: &Path) -> Result<Metadata, String> {
    let mut command = MetadataCommand::new();
    command
        .manifest_path(manifest)
        .no_deps()
        .other_options(vec!["--offline".to_owned()]);
    command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            format!("cargo cannot read it: {}", stderr.trim())
        }
        other => format!("cargo cannot be asked about it: {other}"),
    })
}

/// A package's folder, links followed: so it can be compared with others.
fn folder(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    canonical(manifest.parent().unwrap_or(manifest))
}

fn is_library(target: &cargo_metadata::Target) -> bool {
    let linked = |kind: &TargetKind| {
        matches!(
            kind,
            TargetKind::Lib
                | TargetKind::RLib
                | TargetKind::DyLib
                | TargetKind::CDyLib
                | TargetKind::StaticLib
        )
    };
    target.kind.iter().any(linked)
}

fn settings(metadata: &serde_json::Value) -> Result<Settings, String> {
    match metadata.get("onset-audit") {
        Some(ours) => serde_json::from_value(ours.clone())
            .map_err(|error| format!("its `metadata.onset-audit`: {error}")),
        None => Ok(Settings::default()),
    }
}

/// A path as the user would write it: below the folder that he named.
fn relative(path: &Path, below: &Path, shown: &Path) -> PathBuf {
    plain(&shown.join(path.strip_prefix(below).unwrap_or(path)))
}
