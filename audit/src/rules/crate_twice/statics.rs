//! The statics of a package, from its sources.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    facts::walk,
    finding::Confidence,
    names::Names,
    package::{File, Package},
    resolve::Resolved,
    rules::state::{self, Held, States},
};

/// The statics in a package's sources.
#[derive(Default)]
pub(super) struct Statics {
    /// Those that change again and again, thread-locals too.
    changing: Vec<String>,
    /// Those that are filled once.
    filled_once: Vec<String>,
}

impl Statics {
    /// How many there are of each.
    pub(super) fn rank(&self) -> (usize, usize) {
        (self.changing.len(), self.filled_once.len())
    }

    /// What they say: how sure, why, and what to look at.
    pub(super) fn verdict(&self) -> (Confidence, String, Option<String>) {
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
pub(super) fn statics_in(folder: &Path) -> Statics {
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
