//! The hit path: what does it cost to read a value that is there already?
//!
//! Every read goes through the call that would compute the value if it weren't there, as a
//! program's reads do. The baseline is an acquire load, a test and a dereference, by hand.

mod support;

use std::{
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion};
use serde::Serialize;
use support::{
    cli::{self, Cli},
    figures,
    peers::{self, Cell, Contestant},
    report::{self, Report},
    team::{Seat, Team},
};

const NAME: &str = "get";
const THREADS: [usize; 2] = [1, 2];
/// How often a cell is read in one round of the table.
const READS: u64 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    run_criterion(&mut criterion);
    criterion.final_summary();
    run_tables(&cli)?;
    report::name_criterion_report(&cli);
    Ok(())
}

/// A cell that has been initialised.
fn full(contestant: &Contestant) -> Box<dyn Cell> {
    let cell = contestant.fresh();
    cell.read(1);
    cell
}

/// The time that the first thread takes for so many reads, while the others read the same cell.
fn reads(seat: &Seat<'_>, cell: &dyn Cell, times: u64, stop: &AtomicBool) -> Option<Duration> {
    seat.line_up();
    if seat.index > 0 {
        cell.read_until(stop);
        return None;
    }
    let start = Instant::now();
    cell.read(times);
    let time = start.elapsed();
    stop.store(true, Ordering::Relaxed);
    Some(time)
}

fn run_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(NAME);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    for threads in THREADS {
        let team = Team::new(threads);
        for contestant in peers::readers() {
            group.bench_function(BenchmarkId::new(contestant.id, threads), |bencher| {
                let cell = full(&contestant);
                bencher.iter_custom(|times| {
                    let stop = AtomicBool::new(false);
                    let seats = team.run(|seat| reads(seat, &*cell, times, &stop));
                    seats.into_iter().flatten().sum()
                });
            });
        }
    }
    group.finish();
}

/// One cell's figures.
#[derive(Serialize)]
struct Row {
    threads: usize,
    cell: &'static str,
    ns_per_read: f64,
    ratio: f64,
    ratio_p10: f64,
    ratio_p90: f64,
}

/// All cells in turn, round by round: each round's times as ratios to the baseline's.
fn run_tables(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut all = Vec::new();
    for threads in THREADS {
        let contestants = wanted(cli, threads);
        if contestants.len() < 2 {
            continue;
        }
        eprintln!("{NAME}: {}", figures::threads(threads));
        let rounds = measure(
            &Team::new(threads),
            &contestants,
            cli.time(Duration::from_secs(8)),
        );
        let rows = rows(threads, &contestants, &rounds);
        let title = format!(
            "{NAME}: reading an initialised cell, {}\n{} rounds of {READS} reads; ratios within each round",
            figures::threads(threads),
            rounds.len()
        );
        report.table(&title, &table(&rows));
        all.extend(rows);
    }
    if all.is_empty() {
        Ok(())
    } else {
        Ok(report.finish(&all)?)
    }
}

/// The baseline, and whatever else was asked for.
fn wanted(cli: &Cli, threads: usize) -> Vec<Contestant> {
    let (baseline, others) = (peers::readers()[0], peers::readers().into_iter().skip(1));
    let others =
        others.filter(|contestant| cli.wants(&format!("{NAME}/{}/{threads}", contestant.id)));
    [baseline].into_iter().chain(others).collect()
}

/// Every round's times, by contestant.
fn measure(team: &Team, contestants: &[Contestant], time: Duration) -> Vec<Vec<Duration>> {
    let cells: Vec<_> = contestants.iter().map(full).collect();
    let mut order: Vec<_> = (0..cells.len()).collect();
    let mut rounds = Vec::new();
    let begin = Instant::now();
    while rounds.len() < 3 || (rounds.len() < 2_000 && begin.elapsed() < time) {
        fastrand::shuffle(&mut order);
        let stops: Vec<_> = cells.iter().map(|_| AtomicBool::new(false)).collect();
        let seats = team.run(|seat| {
            let own = order
                .iter()
                .map(|&at| reads(seat, &*cells[at], READS, &stops[at]));
            own.collect::<Vec<_>>()
        });
        let mut round = vec![Duration::ZERO; cells.len()];
        for (&at, time) in order.iter().zip(&seats[0]) {
            round[at] = time.unwrap_or_default();
        }
        rounds.push(round);
    }
    rounds
}

fn rows(threads: usize, contestants: &[Contestant], rounds: &[Vec<Duration>]) -> Vec<Row> {
    let row = |(at, contestant): (usize, &Contestant)| {
        let ratios = sorted(
            rounds
                .iter()
                .map(|round| round[at].as_secs_f64() / round[0].as_secs_f64()),
        );
        let times = sorted(
            rounds
                .iter()
                .map(|round| round[at].as_secs_f64() * 1e9 / READS as f64),
        );
        Row {
            threads,
            cell: contestant.id,
            ns_per_read: share(&times, 0.5),
            ratio: share(&ratios, 0.5),
            ratio_p10: share(&ratios, 0.1),
            ratio_p90: share(&ratios, 0.9),
        }
    };
    contestants.iter().enumerate().map(row).collect()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value that this share of the sorted ones doesn't exceed.
fn share(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

fn table(rows: &[Row]) -> comfy_table::Table {
    let mut table = figures::aligned(vec![
        "cell",
        "per read",
        "ratio",
        "ratio, p10",
        "ratio, p90",
    ]);
    for row in rows {
        let ratios = [row.ratio, row.ratio_p10, row.ratio_p90].map(|ratio| format!("{ratio:.2}"));
        let mut cells = vec![row.cell.to_owned(), format!("{:.2} ns", row.ns_per_read)];
        cells.extend(ratios);
        table.add_row(cells);
    }
    table
}
