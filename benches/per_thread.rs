//! Values of which every thread has its own: what does reaching one's own cost, and what the first
//! time?
//!
//! Two questions, two tables: the access to a value that is there, and the first one, which makes
//! it. A thread that exists asks objects that are new to it: what starting a thread costs is no
//! part of it.

mod support;

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion};
use support::{
    cli::{self, Cli},
    figures,
    locals::{self, Contestant},
    report::{self, Report},
    rounds::{self, Named, Row},
    team::Team,
};

const NAME: &str = "per_thread";
const FIRST_USE: &str = "per_thread/first_use";
const THREADS: [usize; 2] = [1, 2];
/// How often a value is reached in one round of the table.
const ACCESSES: u64 = 20_000;
/// How many objects are asked for the first time in one round.
const OBJECTS: u64 = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    accesses_by_criterion(&mut criterion);
    first_uses_by_criterion(&mut criterion);
    criterion.final_summary();
    run_tables(&cli)?;
    report::name_criterion_report(&cli);
    Ok(())
}

fn accesses_by_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(NAME);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    for threads in THREADS {
        let team = Team::new(threads);
        for contestant in locals::all() {
            group.bench_function(BenchmarkId::new(contestant.id(), threads), |bencher| {
                let object = contestant.object();
                bencher.iter_custom(|times| {
                    rounds::one_turn(&team, times, |seat, turn| object.accesses(seat, turn))
                });
            });
        }
    }
    group.finish();
}

fn first_uses_by_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(FIRST_USE);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(150));
    for threads in THREADS {
        let team = Team::new(threads);
        for contestant in locals::objects() {
            group.bench_function(BenchmarkId::new(contestant.id(), threads), |bencher| {
                bencher.iter_custom(|times| first_uses(&team, &contestant, times));
            });
        }
    }
    group.finish();
}

/// The time for so many first uses, in lots that fit into memory.
fn first_uses(team: &Team, contestant: &Contestant, times: u64) -> Duration {
    let lots = (0..times).step_by(OBJECTS as usize);
    let lot = |done| {
        let objects = contestant.objects(OBJECTS.min(times - done) as usize);
        rounds::one_turn(team, times, |seat, turn| objects.first_uses(seat, turn))
    };
    lots.map(lot).sum()
}

fn run_tables(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut rows = Vec::new();
    for threads in THREADS {
        rows.extend(access_table(cli, &mut report, threads));
    }
    for threads in THREADS {
        rows.extend(first_use_table(cli, &mut report, threads));
    }
    if rows.is_empty() {
        return Ok(());
    }
    let reaching = "How long it takes to reach the calling thread's own value";
    draw(&mut report, "", reaching, &rows, NAME)?;
    let making = "The first time: how long until the calling thread has a value of its own";
    draw(&mut report, "_first_use", making, &rows, FIRST_USE)?;
    Ok(report.finish(&rows)?)
}

/// Every contestant's object, which each thread asks over and over.
fn access_table(cli: &Cli, report: &mut Report, threads: usize) -> Vec<Row> {
    let contestants = rounds::wanted(cli, NAME, threads, locals::all());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{NAME}: {}", figures::threads(threads));
    let objects: Vec<_> = contestants.iter().map(Contestant::object).collect();
    let rounds = rounds::measure(
        &Team::new(threads),
        &vec![ACCESSES; objects.len()],
        cli.time(Duration::from_secs(6)),
        || (),
        |(), seat, turn| objects[turn.at].accesses(seat, turn),
    );
    let rows = rounds.rows(NAME, threads, &contestants);
    let title = format!(
        "{NAME}: reaching the thread's own value, which is there, {}\n{} rounds of {ACCESSES} accesses; ratios within each round",
        figures::threads(threads),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per access"));
    rows
}

/// Every contestant's fresh objects, each of which every thread asks once.
fn first_use_table(cli: &Cli, report: &mut Report, threads: usize) -> Vec<Row> {
    let contestants = rounds::wanted(cli, FIRST_USE, threads, locals::objects());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{FIRST_USE}: {}", figures::threads(threads));
    let fresh = || {
        let objects = contestants.iter().map(|of| of.objects(OBJECTS as usize));
        objects.collect::<Vec<_>>()
    };
    let rounds = rounds::measure(
        &Team::new(threads),
        &vec![OBJECTS; contestants.len()],
        cli.time(Duration::from_secs(4)),
        fresh,
        |objects, seat, turn| objects[turn.at].first_uses(seat, turn),
    );
    let rows = rounds.rows(FIRST_USE, threads, &contestants);
    let title = format!(
        "{FIRST_USE}: a thread's first access to an object, {}\n{} rounds of {OBJECTS} fresh objects; ratios within each round",
        figures::threads(threads),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per first access"));
    rows
}

fn draw(
    report: &mut Report,
    suffix: &str,
    title: &str,
    rows: &[Row],
    benchmark: &str,
) -> Result<(), Box<dyn Error>> {
    let panel = |threads| {
        let here = rows
            .iter()
            .filter(|row| row.benchmark == benchmark && row.threads == threads);
        (figures::threads(threads), here.map(Row::bar).collect())
    };
    rounds::draw(report, suffix, title, THREADS.map(panel).into())
}
