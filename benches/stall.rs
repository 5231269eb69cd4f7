//! A stalled initialiser: the thread that computes first is held up for 20 ms (name resolution, a
//! page fault, a descheduled thread). How long do the others wait?
//!
//! The control beside it has no stall: what does the hedge cost when nothing goes wrong?

mod support;

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion};
use support::{
    chart::Bars,
    cli::{self, Cli},
    figures::{self, Place, Row},
    peers::{self, Contestant, PATIENCE},
    race::{self, Setting},
    report::{self, Report},
    team::Team,
    work::{Calibration, Work},
};

const NAME: &str = "stall";
const STALL: Duration = Duration::from_millis(20);
/// Threads, and the seconds that their races are given.
const THREADS: [(usize, u64); 2] = [(2, 60), (8, 24)];
/// The initialisers of the control, in nanoseconds.
const CONTROLS: [(&str, u64); 2] = [("no_stall_2us", 2_000), ("no_stall_20us", 20_000)];

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    run_criterion(&mut criterion, &cli);
    criterion.final_summary();
    run_tables(&cli)?;
    report::name_criterion_report(&cli);
    Ok(())
}

fn stall(cli: &Cli, threads: usize, seconds: u64) -> Setting {
    Setting {
        place: Place {
            benchmark: NAME,
            cost: "20ms",
            threads,
        },
        work: Work::StallFirst(STALL),
        with_cpu: true,
        time: cli.time(Duration::from_secs(seconds)),
        rounds: 2..=1_000,
    }
}

/// Without a stall: the same initialisers as elsewhere.
fn control(cli: &Cli, (cost, ns): (&'static str, u64), threads: usize) -> Setting {
    Setting {
        place: Place {
            benchmark: NAME,
            cost,
            threads,
        },
        work: Calibration::measure().work_of(Duration::from_nanos(ns)),
        with_cpu: false,
        time: cli.time(Duration::from_secs(2)),
        rounds: 2..=20_000,
    }
}

/// Those who have something to be stalled at.
fn racers() -> impl Iterator<Item = Contestant> {
    peers::racers()
        .into_iter()
        .filter(|contestant| contestant.id != "no_cell")
}

/// The mean latency of those who weren't held up themselves, by criterion.
fn run_criterion(criterion: &mut Criterion, cli: &Cli) {
    let mut group = criterion.benchmark_group(format!("{NAME}/20ms"));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(20))
        .measurement_time(Duration::from_millis(200));
    group.sampling_mode(criterion::SamplingMode::Flat);
    for (threads, seconds) in THREADS {
        let team = Team::new(threads);
        let setting = stall(cli, threads, seconds);
        for contestant in racers() {
            group.bench_function(BenchmarkId::new(contestant.id, threads), |bencher| {
                bencher.iter_custom(|races| race::race_one(&team, &contestant, &setting, races));
            });
        }
    }
    group.finish();
}

fn run_tables(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut rows = Vec::new();
    for (threads, seconds) in THREADS {
        let setting = stall(cli, threads, seconds);
        let title = format!(
            "{NAME}: the first initialiser is held up for 20 ms, {threads} threads: the other callers (patience of onset_hedged: {PATIENCE:?})"
        );
        rows.extend(heat(cli, &mut report, &setting, racers(), &title));
    }
    if !rows.is_empty() {
        draw(&mut report, &rows)?;
    }
    for (threads, cost) in THREADS
        .iter()
        .flat_map(|(threads, _)| CONTROLS.map(|cost| (*threads, cost)))
    {
        let setting = control(cli, cost, threads);
        let pair =
            racers().filter(|contestant| ["onset_once", "onset_hedged"].contains(&contestant.id));
        let title = format!(
            "{NAME}: the control without a stall, {}, {threads} threads",
            cost.0
        );
        rows.extend(heat(cli, &mut report, &setting, pair, &title));
    }
    if rows.is_empty() {
        Ok(())
    } else {
        Ok(report.finish(&rows)?)
    }
}

/// Races whoever was asked for and prints the table.
fn heat(
    cli: &Cli,
    report: &mut Report,
    setting: &Setting,
    all: impl Iterator<Item = Contestant>,
    title: &str,
) -> Vec<Row> {
    let contestants: Vec<_> = all
        .filter(|contestant| cli.wants(&setting.place.id(contestant.id)))
        .collect();
    if contestants.is_empty() {
        return Vec::new();
    }
    eprintln!(
        "{NAME}: {}, {} threads",
        setting.place.cost, setting.place.threads
    );
    let heat = race::race(&Team::new(setting.place.threads), &contestants, setting);
    report.table(
        &format!("{title}\n{}", heat.describe()),
        &figures::table(&heat.rows),
    );
    heat.rows
}

fn draw(report: &mut Report, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let panel = |threads| {
        let here = rows.iter().filter(|row| row.threads == threads);
        let bars = here.map(|row| (row.cell, row.p50_ns as f64, row.p99_ns as f64));
        (format!("{threads} threads"), bars.collect::<Vec<_>>())
    };
    let chart = Bars {
        title: "The first initialiser is held up for 20 ms: how long the other callers wait",
        subtitle: &format!(
            "bar: median, line: 99th percentile · {}",
            report.machine.short_line()
        ),
        panels: THREADS
            .map(|(threads, _)| panel(threads))
            .into_iter()
            .filter(|(_, bars)| !bars.is_empty())
            .collect(),
    };
    chart.draw(&report.file(".svg")?)
}
