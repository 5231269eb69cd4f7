//! How does it look? Latency over the initialiser's cost, one line per cell, as an SVG.
//!
//! All panels of a chart share their axes, both logarithmic. onset's cells are drawn thick.

use std::path::Path;

use plotters::prelude::*;

use super::{Area, Drawn, FAINT, INK, font, is_onset, look};
use crate::support::peers::Policy;

/// Of one panel.
const WIDTH: i32 = 430;
const HEIGHT: i32 = 340;
const LEGEND_WIDTH: i32 = 200;
const LEGEND_HEIGHT: i32 = 440;
const TOP: i32 = 64;

/// A chart of panels in rows and columns, with one legend for all.
pub(crate) struct Chart<'c> {
    pub(crate) title: &'c str,
    pub(crate) subtitle: &'c str,
    pub(crate) ticks: &'c [&'c str],
    /// Writes a figure of the vertical axis.
    pub(crate) label: fn(f64) -> String,
    pub(crate) panels: Vec<Vec<Panel>>,
}

/// One pair of axes.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// One cell's figures, by the number of the tick.
pub(crate) struct Line {
    pub(crate) cell: &'static str,
    pub(crate) policy: Policy,
    pub(crate) points: Vec<(usize, f64)>,
}

impl Chart<'_> {
    pub(crate) fn draw(&self, file: &Path) -> Drawn {
        let columns = self.panels.first().map_or(0, Vec::len);
        let grid = WIDTH * columns as i32;
        let height = TOP + LEGEND_HEIGHT.max(HEIGHT * self.panels.len() as i32);
        let size = ((grid + LEGEND_WIDTH) as u32, height as u32);
        let root = SVGBackend::new(file, size).into_drawing_area();
        root.fill(&WHITE)?;
        root.draw(&Text::new(
            self.title,
            (12, 10),
            font(21).style(FontStyle::Bold).color(&INK),
        ))?;
        root.draw(&Text::new(self.subtitle, (12, 38), font(14).color(&INK)))?;
        let (_, below) = root.split_vertically(TOP);
        let (panels, legend) = below.split_horizontally(grid);
        let areas = panels.split_evenly((self.panels.len(), columns));
        for (area, panel) in areas.iter().zip(self.panels.iter().flatten()) {
            self.draw_panel(area, panel)?;
        }
        self.draw_legend(&legend)?;
        root.present()?;
        Ok(())
    }

    fn draw_panel(&self, area: &Area<'_>, panel: &Panel) -> Drawn {
        let xs = -0.3..self.ticks.len() as f64 - 0.6;
        let mut axes = ChartBuilder::on(area)
            .margin(10)
            .caption(&panel.title, font(16).style(FontStyle::Bold).color(&INK))
            .set_label_area_size(LabelAreaPosition::Left, 56)
            .set_label_area_size(LabelAreaPosition::Bottom, 42)
            .build_cartesian_2d(xs, self.range().log_scale())?;
        axes.configure_mesh()
            .disable_x_mesh()
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .axis_style(FAINT)
            .label_style(font(13).color(&INK))
            .x_labels(self.ticks.len())
            .x_label_formatter(&|x| self.tick(*x))
            .y_label_formatter(&|figure| (self.label)(*figure))
            .x_desc("the initialiser takes")
            .draw()?;
        let thick_first = |line: &&Line| !is_onset(line.cell);
        let mut lines: Vec<_> = panel.lines.iter().collect();
        lines.sort_by_key(thick_first);
        for line in lines {
            let points = line
                .points
                .iter()
                .map(|&(tick, ns)| (tick as f64, ns.max(1.0)));
            let (colour, width) = look(line.cell);
            let stroke = colour.stroke_width(width);
            if line.policy == Policy::Control {
                axes.draw_series(DashedLineSeries::new(points, 2, 4, stroke))?;
                continue;
            }
            axes.draw_series(LineSeries::new(points.clone(), stroke))?;
            axes.draw_series(points.map(|point| Circle::new(point, 1 + width, colour.filled())))?;
        }
        Ok(())
    }

    /// The tick's name, if there is a tick at `x`.
    fn tick(&self, x: f64) -> String {
        let whole = (x - x.round()).abs() < 0.01 && x > -0.5;
        let tick = whole.then(|| self.ticks.get(x.round() as usize)).flatten();
        tick.map_or_else(String::new, |tick| (*tick).to_owned())
    }

    /// Whole decades around everything that is drawn.
    fn range(&self) -> std::ops::Range<f64> {
        let all = self
            .panels
            .iter()
            .flatten()
            .flat_map(|panel| &panel.lines)
            .flat_map(|line| &line.points);
        let (low, high) = all.fold((f64::MAX, 10.0_f64), |(low, high), &(_, ns)| {
            (low.min(ns.max(1.0)), high.max(ns))
        });
        let low = 10_f64.powf(low.min(high).log10().floor());
        low..10_f64.powf(high.log10().ceil()).max(10.0 * low)
    }

    fn draw_legend(&self, area: &Area<'_>) -> Drawn {
        let groups = [
            (Policy::Racing, "racing: everyone computes"),
            (Policy::Locking, "locking: the others wait"),
            (Policy::Hedged, "hedged: they wait so long"),
            (Policy::Control, "no cell"),
        ];
        let Some(panel) = self.panels.first().and_then(|row| row.first()) else {
            return Ok(());
        };
        let mut y = 36;
        for (policy, heading) in groups {
            let lines: Vec<_> = panel
                .lines
                .iter()
                .filter(|line| line.policy == policy)
                .collect();
            if lines.is_empty() {
                continue;
            }
            area.draw(&Text::new(
                heading,
                (4, y),
                font(13).style(FontStyle::Bold).color(&INK),
            ))?;
            for line in lines {
                y += 20;
                let (colour, width) = look(line.cell);
                area.draw(&PathElement::new(
                    vec![(4, y + 7), (30, y + 7)],
                    colour.stroke_width(width),
                ))?;
                area.draw(&Text::new(line.cell, (38, y), font(13).color(&INK)))?;
            }
            y += 30;
        }
        Ok(())
    }
}
