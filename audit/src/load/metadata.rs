//! Packages of a workspace, as cargo knows them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};
use serde::Deserialize;

use super::{Loaded, Sources, lock, place::module_of, rust_files};

/// `[package.metadata.onset-audit]`, and the same of a workspace.
#[derive(Debug, Default, Deserialize)]
struct Settings {
    /// Globs of files to leave out.
    #[serde(default)]
    exclude: Vec<String>,
}

/// Adds the packages of a manifest: the one that it is of, or all members of its workspace.
pub(super) fn load(manifest: &Path, exclude: &[String], into: &mut Loaded) -> Result<(), String> {
    let metadata = ask(manifest)?;
    let below = absolute(manifest.parent().unwrap_or(Path::new(".")));
    let of_workspace = settings(&metadata.workspace_metadata);
    let members: Vec<&Package> = metadata.workspace_packages();
    let roots: Vec<PathBuf> = members.iter().filter_map(|member| folder(member)).collect();
    let shown = manifest
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    for member in members {
        let Some(root) = folder(member).filter(|root| root.starts_with(&below)) else {
            continue;
        };
        let globs = [
            exclude,
            &of_workspace.exclude,
            &settings(&member.metadata).exclude,
        ]
        .concat();
        let others: Vec<PathBuf> = roots
            .iter()
            .filter(|other| **other != root)
            .cloned()
            .collect();
        let nested = move |folder: &Path| {
            others.contains(&folder.to_owned()) || folder.join("Cargo.toml").exists()
        };
        let files = rust_files(&root, &globs, true, nested)?;
        let name = |file: PathBuf| {
            let module = module_of(&file, &root);
            (relative(&file, &below, shown), module)
        };
        into.packages.push(Sources {
            name: member.name.replace('-', "_"),
            is_library: member.targets.iter().any(is_library),
            files: files.into_iter().map(name).collect(),
            root: relative(&root, &below, shown),
        });
    }
    let top = metadata.workspace_root.as_std_path();
    if top == below {
        let folders: HashMap<String, PathBuf> = metadata
            .packages
            .iter()
            .filter_map(|package| {
                Some((
                    format!("{} {}", package.name, package.version),
                    folder(package)?,
                ))
            })
            .collect();
        into.locks
            .extend(lock::load(&relative(top, &below, shown), &folders));
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

fn folder(package: &Package) -> Option<PathBuf> {
    package
        .manifest_path
        .as_std_path()
        .parent()
        .map(Path::to_owned)
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

fn settings(metadata: &serde_json::Value) -> Settings {
    let ours = metadata.get("onset-audit").cloned();
    ours.and_then(|ours| serde_json::from_value(ours).ok())
        .unwrap_or_default()
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path as the user would write it: below the folder that he named.
fn relative(path: &Path, below: &Path, shown: &Path) -> PathBuf {
    let inside = path.strip_prefix(below).unwrap_or(path);
    super::plain(&shown.join(inside))
}
