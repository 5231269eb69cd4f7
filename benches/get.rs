//! The hit path: what does it cost to read a value that is there already?
//!
//! Every read goes through the call that would compute the value if it weren't there, as a
//! program's reads do. The baseline is an acquire load, a test and a dereference, by hand.

mod support;

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion};
use support::{
    cli::{self, Cli},
    figures,
    peers::{self, Cell, Contestant},
    report::{self, Report},
    rounds::{self, Turn},
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

/// The time that the first thread takes for its reads, while the others read the same cell.
fn reads(seat: &Seat<'_>, cell: &dyn Cell, turn: &Turn<'_>) -> Option<Duration> {
    turn.time(seat, |times| cell.read(times), |stop| cell.read_until(stop))
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
                    rounds::one_turn(&team, times, |seat, turn| reads(seat, &*cell, turn))
                });
            });
        }
    }
    group.finish();
}

/// All cells in turn, round by round: each round's times as ratios to the baseline's.
fn run_tables(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut all = Vec::new();
    for threads in THREADS {
        let contestants = rounds::wanted(cli, NAME, threads, peers::readers());
        if contestants.len() < 2 {
            continue;
        }
        eprintln!("{NAME}: {}", figures::threads(threads));
        let cells: Vec<_> = contestants.iter().map(full).collect();
        let rounds = rounds::measure(
            &Team::new(threads),
            &vec![READS; cells.len()],
            cli.time(Duration::from_secs(8)),
            || (),
            |(), seat, turn| reads(seat, &*cells[turn.at], turn),
        );
        let rows = rounds.rows(NAME, threads, &contestants);
        let title = format!(
            "{NAME}: reading an initialised cell, {}\n{} rounds of {READS} reads; ratios within each round",
            figures::threads(threads),
            rounds.count()
        );
        report.table(&title, &rounds::table(&rows, "per read"));
        all.extend(rows);
    }
    if all.is_empty() {
        Ok(())
    } else {
        Ok(report.finish(&all)?)
    }
}
