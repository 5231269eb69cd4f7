//! Which models know most about which sources: they run first.

use std::time::Duration;

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

/// Longer than this, and a model waits until all the quick ones have run.
const QUICK: Duration = Duration::from_millis(500);

/// The models in the order in which they shall run: the quick ones first, and of those the nearest ones;
/// each in the order given.
pub(crate) fn first<'m>(models: &'m [Model], file: &str) -> Vec<&'m Model> {
    let near = NEAREST.iter().find(|(start, _)| file.starts_with(start));
    let near = near.map_or(&[][..], |&(_, modules)| modules);
    let rank = |model: &&Model| {
        let module = model.name.split("::").next().unwrap_or_default();
        (model.took > QUICK, !near.contains(&module))
    };
    let mut all: Vec<_> = models.iter().collect();
    all.sort_by_key(rank);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str, millis: u64) -> Model {
        Model {
            name: name.to_owned(),
            took: Duration::from_millis(millis),
            said: Vec::new(),
        }
    }

    #[test]
    fn quick_models_of_the_same_room_come_first() {
        let models = [
            model("race::a", 1),
            model("map::b", 2),
            model("race::c", 3),
            model("once::d", 4_000),
            model("map::e", 9_000),
        ];
        let order = first(&models, "src/map/raw/once.rs");
        let names: Vec<_> = order.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["map::b", "race::a", "race::c", "map::e", "once::d"]);
    }
}
