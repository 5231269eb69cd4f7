//! How long does it take? One bar per cell, the same logarithmic axis in every panel.

use std::path::Path;

use plotters::prelude::*;

use super::{Area, Drawn, FAINT, INK, font, is_onset, look, short};
use crate::support::figures::fine;

const WIDTH: i32 = 500;
const TOP: i32 = 64;
const ROW: i32 = 24;
/// The least room for names, and what a letter of a longer one takes.
const NAMES: i32 = 140;
const LETTER: i32 = 8;
const FIGURES: i32 = 80;

/// No time is drawn shorter than this, in nanoseconds.
const SHORTEST: f64 = 0.1;

/// A cell's name, median and a high percentile (the 99th, unless the subtitle says otherwise), in
/// nanoseconds.
pub(crate) type Bar = (&'static str, f64, f64);

/// Panels side by side.
pub(crate) struct Bars<'c> {
    pub(crate) title: &'c str,
    pub(crate) subtitle: &'c str,
    pub(crate) panels: Vec<(String, Vec<Bar>)>,
}

impl Bars<'_> {
    pub(crate) fn draw(&self, file: &Path) -> Drawn {
        let rows = self
            .panels
            .iter()
            .map(|(_, bars)| bars.len())
            .max()
            .unwrap_or(0) as i32;
        let width = WIDTH * self.panels.len() as i32;
        let size = (width as u32, (TOP + 30 + ROW * rows + 34) as u32);
        let root = SVGBackend::new(file, size).into_drawing_area();
        root.fill(&WHITE)?;
        root.draw(&Text::new(
            self.title,
            (12, 10),
            font(21).style(FontStyle::Bold).color(&INK),
        ))?;
        root.draw(&Text::new(self.subtitle, (12, 38), font(14).color(&INK)))?;
        let (_, below) = root.split_vertically(TOP);
        for (area, panel) in below
            .split_evenly((1, self.panels.len()))
            .iter()
            .zip(&self.panels)
        {
            self.draw_panel(area, panel)?;
        }
        root.present()?;
        Ok(())
    }

    fn draw_panel(&self, area: &Area<'_>, (title, bars): &(String, Vec<Bar>)) -> Drawn {
        area.draw(&Text::new(
            title.as_str(),
            (self.names(), 4),
            font(16).style(FontStyle::Bold).color(&INK),
        ))?;
        let bottom = 30 + ROW * bars.len() as i32;
        for decade in self.decades() {
            let x = self.x(decade);
            area.draw(&PathElement::new(vec![(x, 26), (x, bottom)], FAINT))?;
            area.draw(&Text::new(
                short(decade),
                (x - 12, bottom + 6),
                font(12).color(&INK),
            ))?;
        }
        for (number, bar) in bars.iter().enumerate() {
            self.draw_bar(area, 30 + ROW * number as i32, bar)?;
        }
        Ok(())
    }

    fn draw_bar(&self, area: &Area<'_>, y: i32, (cell, median, p99): &Bar) -> Drawn {
        let style = if is_onset(cell) {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        area.draw(&Text::new(
            *cell,
            (12, y + 4),
            font(13).style(style).color(&INK),
        ))?;
        let (colour, _) = look(cell);
        let (left, middle, right) = (self.x(self.low()), self.x(*median), self.x(*p99));
        area.draw(&Rectangle::new(
            [(left, y + 3), (middle, y + ROW - 5)],
            colour.filled(),
        ))?;
        area.draw(&PathElement::new(
            vec![(middle, y + ROW / 2 - 1), (right, y + ROW / 2 - 1)],
            colour.stroke_width(2),
        ))?;
        area.draw(&Text::new(
            fine(*p99),
            (right.max(middle) + 6, y + 4),
            font(12).color(&INK),
        ))?;
        Ok(())
    }

    /// Where that time lies on the axis.
    fn x(&self, ns: f64) -> i32 {
        let (low, high) = (self.low().log10(), self.high().log10());
        let share = (ns.max(SHORTEST).log10() - low) / (high - low).max(1.0);
        let names = self.names();
        names + (share.max(0.0) * f64::from(WIDTH - names - FIGURES)) as i32
    }

    /// The room that the longest name needs.
    fn names(&self) -> i32 {
        let lengths = self.bars().map(|bar| bar.0.len() as i32);
        NAMES.max(lengths.max().unwrap_or(0) * LETTER)
    }

    fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.panels.iter().flat_map(|(_, bars)| bars)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        let (low, high) = (self.low().log10() as i32, self.high().log10() as i32);
        (low..=high).map(|power| 10_f64.powi(power))
    }

    fn low(&self) -> f64 {
        let medians = self.bars().map(|bar| bar.1.max(SHORTEST));
        10_f64.powf(medians.fold(1e9, f64::min).log10().floor())
    }

    fn high(&self) -> f64 {
        let all = self.bars().map(|bar| bar.1.max(bar.2));
        10_f64.powf(all.fold(10.0, f64::max).log10().ceil())
    }
}
