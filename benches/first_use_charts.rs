//! The charts of `first_use`: where does racing win, and where locking?

use std::error::Error;

use crate::support::{
    chart::{Chart, Line, Panel, short},
    figures::Row,
    peers::{self, Contestant, Policy},
    report::Report,
};
use crate::{COSTS, THREADS};

const TICKS: [&str; COSTS.len()] = ["0", "200 ns", "2 µs", "20 µs", "200 µs", "1 ms asleep"];

/// Their lines would hide those of `std_once_lock`, whose `Once` they share, and of `onset_race`.
const NOT_DRAWN: [&str; 3] = ["std_lazy_lock", "lazy_static", "onset_race_arc"];

/// One figure of a row; beside it what its initialiser takes without a cell, if that was measured.
type Figure = fn(&Row, Option<f64>) -> Option<f64>;

const MEDIAN: (&str, Figure) = ("median", |row, _| Some(row.p50_ns as f64));
const P99: (&str, Figure) = ("99th percentile", |row, _| Some(row.p99_ns as f64));
const P99_RATIO: (&str, Figure) = ("99th percentile", |row, alone| {
    Some(row.p99_ns as f64 / alone?)
});

/// The README's chart, the same for every number of threads, and the ratios.
pub(crate) fn draw(report: &mut Report, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let latency = "First use under contention: how long until a caller has the value";
    let ratio = "First use under contention: how many times as long as computing it without a cell";
    let rows_of = |threads: &[usize]| {
        let row = |threads: &usize| panels(rows, *threads, &[MEDIAN, P99]);
        threads.iter().map(row).collect::<Vec<_>>()
    };
    let beside = [2, 8]
        .iter()
        .flat_map(|threads| panels(rows, *threads, &[P99_RATIO]))
        .collect();
    chart(report, "", latency, short, rows_of(&[2, 8]))?;
    chart(report, "_all", latency, short, rows_of(&THREADS))?;
    chart(
        report,
        "_ratio",
        ratio,
        |ratio| format!("{ratio} ×"),
        vec![beside],
    )
}

fn chart(
    report: &mut Report,
    suffix: &str,
    title: &str,
    label: fn(f64) -> String,
    mut panels: Vec<Vec<Panel>>,
) -> Result<(), Box<dyn Error>> {
    panels.retain(|row| !row.is_empty());
    if panels.is_empty() {
        return Ok(());
    }
    let chart = Chart {
        title,
        subtitle: &report.machine.short_line(),
        ticks: &TICKS,
        label,
        panels,
    };
    chart.draw(&report.file(&format!("{suffix}.svg"))?)
}

/// One panel for each figure, or none if nobody raced with so many threads.
fn panels(rows: &[Row], threads: usize, figures: &[(&str, Figure)]) -> Vec<Panel> {
    let rows: Vec<_> = rows.iter().filter(|row| row.threads == threads).collect();
    let panel = |(name, figure): &(&str, Figure)| Panel {
        title: format!("{threads} threads, {name}"),
        lines: lines(&rows, *figure),
    };
    let panels = figures.iter().map(panel);
    panels.filter(|panel| !panel.lines.is_empty()).collect()
}

fn lines(rows: &[&Row], figure: Figure) -> Vec<Line> {
    let line = |contestant: Contestant| {
        let own = rows.iter().filter(|row| row.cell == contestant.id);
        let point = |row: &&Row| {
            let tick = COSTS.iter().position(|cost| *cost == row.cost)?;
            Some((tick, figure(row, alone(rows, row.cost))?))
        };
        Line {
            cell: contestant.id,
            policy: contestant.policy,
            points: own.filter_map(point).collect(),
        }
    };
    let drawn = peers::racers()
        .into_iter()
        .filter(|contestant| !NOT_DRAWN.contains(&contestant.id));
    drawn
        .map(line)
        .filter(|line| !line.points.is_empty())
        .collect()
}

/// What the initialiser of that cost takes without a cell.
fn alone(rows: &[&Row], cost: &str) -> Option<f64> {
    let mut controls = rows.iter().filter(|row| row.policy == Policy::Control);
    let row = controls.find(|row| row.cost == cost)?;
    Some(row.p50_ns.max(1) as f64)
}
