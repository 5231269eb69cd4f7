//! The rooms.

mod by_value;
mod cells;
mod circle;
mod keys;
mod lazies;
mod maps;
mod pending;
mod per_thread;
mod policies;
mod registry;
mod reload;
mod sight;
mod snapshot;
mod taking;

use onset::{OnceCell, OnceMap, RaceArc, RaceCell, RaceMap};

use self::policies::{ENDLESS, Hedged, NotOnce};
use crate::{
    options::Plant,
    room::{Room, Setting},
};

/// A room's name, and what furnishes it.
pub(crate) type Entry = (&'static str, fn(Setting) -> Box<dyn Room>);

pub(crate) const ALL: &[Entry] = &[
    ("once-cell", once_cells),
    ("race-cell", cells::room::<RaceCell<_>>),
    ("race-arc", cells::room::<RaceArc<_>>),
    ("hedged-0", cells::room::<Hedged<0>>),
    ("hedged-50", cells::room::<Hedged<50>>),
    ("hedged-endless", cells::room::<Hedged<ENDLESS>>),
    ("lazy", lazies::room::<OnceCell<_>>),
    ("race-lazy", lazies::room::<RaceCell<_>>),
    ("hedged-lazy", lazies::room::<Hedged<50>>),
    ("word-and-ref", by_value::room),
    ("take-cell", taking::room),
    ("per-thread", per_thread::room),
    ("reload-memory", reload::room::<reload::Memory>),
    ("reload-file", reload::room::<reload::File>),
    ("pending", pending::room),
    ("snapshot", snapshot::room),
    ("registry", registry::room),
    ("once-map", maps::room::<OnceMap<_, _>>),
    ("race-map", maps::room::<RaceMap<_, _>>),
    ("circle", circle::room),
];

fn once_cells(setting: Setting) -> Box<dyn Room> {
    if setting.planting.is(Plant::DoubleInitialisation) {
        cells::room::<NotOnce>(setting)
    } else {
        cells::room::<OnceCell<_>>(setting)
    }
}

/// Removes what the rooms have left outside the process.
pub(crate) fn clean_up() {
    // There is nothing if no file was written.
    let _ = std::fs::remove_dir_all(reload::directory());
}
