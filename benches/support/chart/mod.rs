//! Charts for people: SVG files that a README can show.

mod bars;
mod lines;

use std::error::Error;

use plotters::{coord::Shift, prelude::*};

use super::figures::human;
pub(crate) use bars::{Bar, Bars};
pub(crate) use lines::{Chart, Line, Panel};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const INK: RGBColor = RGBColor(36, 41, 47);
const FAINT: RGBColor = RGBColor(222, 226, 230);

/// Colour and width, the same for a cell in every chart.
fn look(cell: &str) -> (RGBColor, u32) {
    match cell {
        "onset_race" => (RGBColor(16, 150, 84), 5),
        "onset_race_arc" => (RGBColor(130, 205, 150), 3),
        "onset_once" => (RGBColor(24, 100, 220), 5),
        "onset_hedged" => (RGBColor(240, 120, 0), 5),
        "once_cell_race" => (RGBColor(0, 80, 50), 2),
        "std_once_lock" => (RGBColor(200, 30, 30), 2),
        "std_lazy_lock" => (RGBColor(240, 130, 130), 2),
        "once_cell_sync" => (RGBColor(150, 30, 90), 2),
        "lazy_static" => (RGBColor(235, 150, 190), 2),
        "spin_once" => (RGBColor(110, 70, 200), 2),
        "conquer_once" => (RGBColor(170, 140, 230), 2),
        "parking_lot_once" => (RGBColor(120, 85, 40), 2),
        "mutex_option" => (RGBColor(70, 80, 90), 2),
        "rwlock_option" => (RGBColor(150, 160, 170), 2),
        "onset_registry" => (RGBColor(16, 150, 84), 5),
        "onset_registry_snapshot" => (RGBColor(130, 205, 150), 3),
        "onset_once_map" => (RGBColor(24, 100, 220), 5),
        "onset_race_map" => (RGBColor(130, 170, 240), 5),
        "onset_per_thread" => (RGBColor(16, 150, 84), 5),
        "onset_per_thread_static" => (RGBColor(130, 205, 150), 3),
        "onset_snapshot" => (RGBColor(24, 100, 220), 5),
        "onset_reader" => (RGBColor(130, 170, 240), 5),
        "onset_reload" => (RGBColor(240, 120, 0), 5),
        "thread_local" | "arc_swap" => (RGBColor(200, 30, 30), 2),
        "thread_local_static" | "arc_swap_cache" => (RGBColor(240, 130, 130), 2),
        _ => (RGBColor(120, 120, 120), 2),
    }
}

fn is_onset(cell: &str) -> bool {
    cell.starts_with("onset_")
}

fn font(size: i32) -> FontDesc<'static> {
    FontDesc::new(FontFamily::SansSerif, f64::from(size), FontStyle::Normal)
}

/// Nanoseconds as an axis' label: whole units, tenths of the smallest.
pub(crate) fn short(ns: f64) -> String {
    if ns < 1.0 {
        return format!("{ns} ns");
    }
    human(ns).replace(".00", "").replace(".0", "")
}
