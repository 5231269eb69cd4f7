//! Contended first use: many threads want a value that nobody has computed yet. How long does
//! each wait, how often is the work done, and from which cost on is waiting better than racing?

mod first_use_charts;
mod support;

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion};
use first_use_charts as charts;
use support::{
    cli::{self, Cli},
    figures::{self, Place},
    peers::{self, Contestant},
    race::{self, Setting},
    report::{self, Report},
    team::Team,
    work::{Calibration, Work},
};

const NAME: &str = "first_use";
const THREADS: [usize; 4] = [2, 4, 8, 16];
const COSTS: [&str; 6] = ["0ns", "200ns", "2us", "20us", "200us", "sleep_1ms"];
fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    let calibration = Calibration::measure();
    eprintln!("{calibration}");
    let settings = settings(calibration, &cli);
    run_criterion(&mut criterion, &settings);
    criterion.final_summary();
    run_tables(&cli, &settings)?;
    report::name_criterion_report(&cli);
    Ok(())
}

/// Every cost with every number of threads.
fn settings(calibration: Calibration, cli: &Cli) -> Vec<Setting> {
    let pairs = COSTS
        .iter()
        .flat_map(|cost| THREADS.map(|threads| (*cost, threads)));
    pairs
        .map(|(cost, threads)| {
            let (work, seconds) = work(cost, calibration);
            Setting {
                place: Place {
                    benchmark: NAME,
                    cost,
                    threads,
                },
                work,
                with_cpu: seconds > 4,
                time: cli.time(Duration::from_secs(seconds)),
                rounds: 2..=20_000,
            }
        })
        .collect()
}

/// What an initialiser of that cost does, and how many seconds its races are given. Where the
/// callers wait long, the processor time of their waiting is taken too.
fn work(cost: &str, calibration: Calibration) -> (Work, u64) {
    let arithmetic = |ns| calibration.work_of(Duration::from_nanos(ns));
    match cost {
        "0ns" => (Work::Steps(0), 3),
        "200ns" => (arithmetic(200), 4),
        "2us" => (arithmetic(2_000), 4),
        "20us" => (arithmetic(20_000), 4),
        "200us" => (arithmetic(200_000), 8),
        _ => (Work::Sleep(Duration::from_millis(1)), 12),
    }
}

/// The mean latency of a race, by criterion.
fn run_criterion(criterion: &mut Criterion, settings: &[Setting]) {
    for cost in COSTS {
        let mut group = criterion.benchmark_group(format!("{NAME}/{cost}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(30))
            .measurement_time(Duration::from_millis(100));
        for setting in settings.iter().filter(|setting| setting.place.cost == cost) {
            let team = Team::new(setting.place.threads);
            let setting = Setting {
                with_cpu: false,
                ..setting.clone()
            };
            for contestant in peers::racers() {
                let id = BenchmarkId::new(contestant.id, setting.place.threads);
                group.bench_function(id, |bencher| {
                    bencher
                        .iter_custom(|races| race::race_one(&team, &contestant, &setting, races));
                });
            }
        }
        group.finish();
    }
}

/// All cells in turn, round by round: tables, figures and charts.
fn run_tables(cli: &Cli, settings: &[Setting]) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut rows = Vec::new();
    for (number, setting) in settings.iter().enumerate() {
        let Place { cost, threads, .. } = setting.place;
        let contestants = wanted(cli, setting.place);
        if contestants.is_empty() {
            continue;
        }
        eprintln!(
            "{NAME}: {} of {}: {cost}, {threads} threads",
            number + 1,
            settings.len()
        );
        let heat = race::race(&Team::new(threads), &contestants, setting);
        let title = format!(
            "{NAME}: the initialiser takes {cost}, {threads} threads\n{}",
            heat.describe()
        );
        report.table(&title, &figures::table(&heat.rows));
        rows.extend(heat.rows);
    }
    if rows.is_empty() {
        return Ok(());
    }
    charts::draw(&mut report, &rows)?;
    Ok(report.finish(&rows)?)
}

fn wanted(cli: &Cli, place: Place) -> Vec<Contestant> {
    peers::racers()
        .into_iter()
        .filter(|contestant| cli.wants(&place.id(contestant.id)))
        .collect()
}
