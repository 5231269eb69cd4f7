//! The figures as a picture.

use std::path::Path;

use plotters::{coord::Shift, prelude::*};
use publisher::Error;

use super::{
    KeptIn,
    figures::median,
    over_http::{self, QUANTILES},
    pages::PAGES,
    within,
};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Error>;

const COLOURS: [RGBColor; 2] = [RGBColor(0, 95, 135), RGBColor(200, 120, 30)];
const INK: RGBColor = RGBColor(40, 40, 40);
const PANEL: (u32, u32) = (460, 330);

/// A title, and what is drawn.
type Panel = (String, Scale, Vec<Pair>);

/// A figure of each of the two, and what it is of.
struct Pair {
    of: String,
    figures: [f64; 2],
}

pub(crate) fn draw(
    file: &Path,
    over_http: &[over_http::Outcome],
    within: &[within::Outcome],
) -> Drawn {
    let panels = panels(over_http, within);
    let rows = panels.len().div_ceil(2);
    let size = (PANEL.0 * 2, PANEL.1 * rows as u32 + 44);
    let root = SVGBackend::new(file, size).into_drawing_area();
    root.fill(&WHITE)?;
    let (head, below) = root.split_vertically(44);
    legend(&head)?;
    for (area, drawn) in below.split_evenly((rows, 2)).iter().zip(&panels) {
        panel(area, drawn)?;
    }
    root.present()?;
    Ok(())
}

fn panels(over_http: &[over_http::Outcome], within: &[within::Outcome]) -> Vec<Panel> {
    let mut panels = Vec::new();
    for page in PAGES.map(|page| page.name) {
        let of_page = || over_http.iter().filter(|outcome| outcome.page == page);
        let throughput = of_page().map(|outcome| Pair {
            of: format!("{} conn.", outcome.connections),
            figures: [0, 1].map(|of| outcome.per_second(of)),
        });
        let title = format!("{page}: requests/s over HTTP");
        panels.push((title, LINEAR, throughput.collect()));
        let Some(most) = of_page().max_by_key(|outcome| outcome.connections) else {
            continue;
        };
        let latency = QUANTILES
            .iter()
            .enumerate()
            .map(|(number, (name, _))| Pair {
                of: (*name).into(),
                figures: [0, 1].map(|of| most.percentile(of, number)),
            });
        let connections = most.connections;
        let title = format!("{page}: latency in µs, {connections} connections, logarithmic");
        panels.push((title, LOGARITHMIC, latency.collect()));
    }
    for page in PAGES.map(|page| page.name) {
        let of_page = within.iter().filter(|outcome| outcome.page == page);
        let pairs: Vec<_> = of_page
            .map(|outcome| Pair {
                of: format!("{} threads", outcome.threads),
                figures: outcome.rounds.each_ref().map(|r| median(r.iter().copied())),
            })
            .collect();
        if !pairs.is_empty() {
            let title = format!("{page}: answers/s without HTTP");
            panels.push((title, LINEAR, pairs));
        }
    }
    panels
}

fn legend(area: &Area<'_>) -> Drawn {
    for (x, (kept_in, colour)) in [12, 140]
        .into_iter()
        .zip(KeptIn::BOTH.into_iter().zip(COLOURS))
    {
        area.draw(&Rectangle::new([(x, 16), (x + 14, 30)], colour.filled()))?;
        area.draw(&Text::new(kept_in.name(), (x + 20, 15), font(15)))?;
    }
    Ok(())
}

fn font(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// How high a bar is, of one.
type Scale = fn(figure: f64, highest: f64) -> f64;

const LINEAR: Scale = |figure, highest| figure / highest;

/// From ten upwards.
const LOGARITHMIC: Scale = |figure, highest| (figure / 10.0).ln() / (highest / 10.0).ln();

/// Two bars for each pair.
fn panel(area: &Area<'_>, (title, scale, pairs): &Panel) -> Drawn {
    let (width, height) = (PANEL.0 as i32 - 40, PANEL.1 as i32 - 100);
    area.draw(&Text::new(title.to_string(), (12, 6), font(15)))?;
    let highest = pairs
        .iter()
        .flat_map(|pair| pair.figures)
        .fold(1.0, f64::max);
    let step = width / pairs.len().max(1) as i32;
    for (pair, left) in pairs.iter().zip((20..).step_by(step.max(1) as usize)) {
        let bar = (step - 24) / 2;
        for (number, (figure, colour)) in pair.figures.into_iter().zip(COLOURS).enumerate() {
            let x = left + 6 + bar * number as i32;
            let top = 50 + height - (scale(figure, highest).max(0.0) * f64::from(height)) as i32;
            let corners = [(x, top), (x + bar - 2, 50 + height)];
            area.draw(&Rectangle::new(corners, colour.filled()))?;
            area.draw(&Text::new(short(figure), (x, top - 16), font(12)))?;
        }
        area.draw(&Text::new(
            pair.of.clone(),
            (left + 6, 56 + height),
            font(13),
        ))?;
    }
    Ok(())
}

/// Three digits or so.
fn short(figure: f64) -> String {
    match figure {
        large if large >= 99_950.0 => format!("{:.0}k", large / 1e3),
        middle if middle >= 9_995.0 => format!("{:.1}k", middle / 1e3),
        small => format!("{small:.0}"),
    }
}
