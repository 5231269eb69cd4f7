//! Finds what can be weakened.

pub(crate) mod orderings;
pub(crate) mod swaps;
pub(crate) mod wakes;

use std::{fs, path::Path};

use crate::{mutant::Mutant, source::Source, trouble::Trouble};

/// The sources of the crate, but for `sync`, which gives the primitives their names.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>, Trouble> {
    let mut sources = Vec::new();
    for file in files(root)? {
        let text =
            fs::read_to_string(root.join(&file)).map_err(|error| Trouble::of_io(&file, &error))?;
        sources.push(Source::parse(&file, &text)?);
    }
    let tests: Vec<String> = sources.iter().flat_map(test_files).collect();
    sources.retain(|source| !tests.iter().any(|test| source.file.starts_with(test)));
    Ok(sources)
}

/// All mutants, file by file.
pub(crate) fn mutants(sources: &[Source]) -> Result<Vec<Mutant>, Trouble> {
    let mut mutants = Vec::new();
    for source in sources {
        mutants.extend(orderings::find(source)?);
        mutants.extend(wakes::find(source)?);
    }
    mutants.extend(swaps::find(sources, swaps::DECLARED)?);
    mutants.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(mutants)
}

pub(crate) fn files(root: &Path) -> Result<Vec<String>, Trouble> {
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(root.join("src")).build() {
        let entry = entry.map_err(|error| {
            Trouble::new(error.to_string(), "name the workspace of onset by --root")
        })?;
        let path = entry.path();
        let inside = path.strip_prefix(root).unwrap_or(path);
        let file = inside.to_string_lossy().replace('\\', "/");
        let is_shim = file.starts_with("src/sync/") || file == "src/sync.rs";
        if path.extension().is_some_and(|extension| extension == "rs") && !is_shim {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The beginnings of the paths of a file's modules that only tests have.
fn test_files(source: &Source) -> Vec<String> {
    let (folder, name) = source.file.rsplit_once('/').unwrap_or(("", &source.file));
    let stem = name.trim_end_matches(".rs");
    let folder = match stem {
        "mod" | "lib" => folder.to_owned(),
        _ => format!("{folder}/{stem}"),
    };
    let modules = source.test_modules.iter();
    modules
        .flat_map(|module| {
            [
                format!("{folder}/{module}.rs"),
                format!("{folder}/{module}/"),
            ]
        })
        .collect()
}
