//! Which models know most about which sources: they run first.

use crate::baseline::Model;

/// Folders of `src`, and the modules of the models that stand nearest to them.
const NEAREST: &[(&str, &[&str])] = &[
    ("src/cell/raw/slot", &["race", "hedged"]),
    ("src/cell/raw/word", &["race"]),
    ("src/cell/hedged", &["hedged"]),
    ("src/cell/", &["once", "race", "hedged"]),
    ("src/wait/", &["once", "hedged", "reload", "map"]),
    ("src/per_thread/", &["per_thread", "snapshot"]),
    ("src/snapshot/reload", &["reload"]),
    ("src/snapshot/", &["snapshot", "reload"]),
    ("src/index/", &["registry", "map"]),
    ("src/registry/", &["registry"]),
    ("src/map/", &["map"]),
];

/// The models in the order in which they shall run: the nearest ones, then all others; each in the
/// order given.
pub(crate) fn first<'m>(models: &'m [Model], file: &str) -> Vec<&'m Model> {
    let near = NEAREST.iter().find(|(start, _)| file.starts_with(start));
    let near = near.map_or(&[][..], |&(_, modules)| modules);
    let is_near = |model: &&Model| {
        let module = model.name.split("::").next().unwrap_or_default();
        near.contains(&module)
    };
    let (mut first, others): (Vec<_>, Vec<_>) = models.iter().partition(is_near);
    first.extend(others);
    first
}
