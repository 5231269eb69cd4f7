//! A value for each key, computed on first use: do threads that ask for different keys hinder one
//! another, and how long does a thread wait that asks for the same?
//!
//! Those whose policy is racing may compute a key's value several times.

mod support;

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion};
use serde::Serialize;
use support::{
    cli::{self, Cli},
    figures::{self, Place, fine},
    maps::{self, Computing},
    peers,
    race::{self, Setting},
    report::{self, Report},
    rounds::{self, Rounds, Row},
    team::Team,
    work::{Calibration, Work},
};

const NAME: &str = "map_first_use";
const DISTINCT: &str = "map_first_use/distinct";
/// What the computation takes, and how many keys each thread has in one round of the tables.
const COSTS: [(&str, u64, usize); 3] = [
    ("0ns", 0, 1_000),
    ("2us", 2_000, 200),
    ("200us", 200_000, 8),
];
const THREADS: usize = 2;
const TIME: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    let calibration = Calibration::measure();
    eprintln!("{calibration}");
    let settings = COSTS.map(|(cost, ns, _)| Setting {
        place: Place {
            benchmark: NAME,
            cost,
            threads: THREADS,
        },
        work: calibration.work_of(Duration::from_nanos(ns)),
        with_cpu: false,
        time: cli.time(TIME),
        rounds: 2..=20_000,
    });
    run_criterion(&mut criterion, &settings);
    criterion.final_summary();
    run_tables(&cli, &settings)?;
    report::name_criterion_report(&cli);
    Ok(())
}

/// Everyone who is asked for one key, beside a cell that has no keys.
fn racers() -> Vec<peers::Contestant> {
    let mut racers = peers::racers();
    racers.retain(|racer| racer.id == "onset_once");
    racers.extend(maps::computing().iter().map(|map| map.racer));
    racers
}

/// The mean latency of a race for one key, by criterion.
fn run_criterion(criterion: &mut Criterion, settings: &[Setting]) {
    for setting in settings {
        let mut group = criterion.benchmark_group(format!("{NAME}/{}", setting.place.cost));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(20))
            .measurement_time(Duration::from_millis(60));
        let team = Team::new(THREADS);
        for racer in racers() {
            group.bench_function(BenchmarkId::new(racer.id, THREADS), |bencher| {
                bencher.iter_custom(|races| race::race_one(&team, &racer, setting, races));
            });
        }
        group.finish();
    }
}

/// Whatever was measured.
#[derive(Serialize)]
struct Figures {
    distinct: Vec<Throughput>,
    same: Vec<figures::Row>,
}

fn run_tables(cli: &Cli, settings: &[Setting]) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut figures = Figures {
        distinct: Vec::new(),
        same: Vec::new(),
    };
    for (setting, (cost, _, keys)) in settings.iter().zip(COSTS) {
        figures
            .distinct
            .extend(distinct_keys(cli, &mut report, cost, setting.work, keys));
    }
    for setting in settings {
        figures.same.extend(same_key(cli, &mut report, setting));
    }
    if figures.distinct.is_empty() && figures.same.is_empty() {
        return Ok(());
    }
    draw(&mut report, &figures.distinct)?;
    Ok(report.finish(&figures)?)
}

/// One map's figures, by key: threads that ask for different keys.
#[derive(Clone, Debug, Serialize)]
struct Throughput {
    cost: &'static str,
    alone: Row,
    together: Row,
    /// How many times as many keys in the same time: median, and tenth percentile of the rounds.
    speed_up: f64,
    speed_up_p10: f64,
}

/// Every map twice in each round: one thread computes its keys' values, and two theirs.
fn distinct_keys(
    cli: &Cli,
    report: &mut Report,
    cost: &'static str,
    work: Work,
    keys: usize,
) -> Vec<Throughput> {
    let name = format!("{DISTINCT}_{cost}");
    let maps = rounds::wanted(cli, &name, THREADS, maps::computing());
    if maps.len() < 2 {
        return Vec::new();
    }
    eprintln!("{name}");
    let entrants: Vec<_> = maps
        .iter()
        .flat_map(|map| [(map, 1), (map, THREADS)])
        .collect();
    let times: Vec<_> = entrants
        .iter()
        .map(|(_, threads)| (threads * keys) as u64)
        .collect();
    let fresh = || {
        let fresh = entrants
            .iter()
            .map(|(map, threads)| map.keys(*threads, keys));
        fresh.collect::<Vec<_>>()
    };
    let rounds = rounds::measure(
        &Team::new(THREADS),
        &times,
        cli.time(TIME),
        fresh,
        |fresh, seat, turn| fresh[turn.at].compute(work, seat),
    );
    let rows = throughputs(&rounds, &name, cost, &maps);
    let title = format!(
        "{name}: fresh keys whose values take {cost}, each thread its own; one thread, and two at once until both are done\n{} rounds of {keys} keys for each thread; speed-up: within each round",
        rounds.count()
    );
    report.table(&title, &throughput_table(&rows));
    rows
}

fn throughputs(
    rounds: &Rounds,
    name: &str,
    cost: &'static str,
    maps: &[Computing],
) -> Vec<Throughput> {
    let twice: Vec<_> = maps.iter().flat_map(|map| [map, map]).collect();
    let rows = rounds.rows(name, THREADS, &twice);
    let pairs = rows.chunks_exact(2).enumerate();
    let throughput = |(number, pair): (usize, &[Row])| {
        let speed_ups = rounds.ratios(2 * number, 2 * number + 1);
        Throughput {
            cost,
            alone: pair[0].clone(),
            together: pair[1].clone(),
            speed_up: rounds::share(&speed_ups, 0.5),
            speed_up_p10: rounds::share(&speed_ups, 0.1),
        }
    };
    pairs.map(throughput).collect()
}

fn throughput_table(rows: &[Throughput]) -> comfy_table::Table {
    let heads = [
        "cell",
        "1 thread, per key",
        "2 threads, per key",
        "speed-up",
        "speed-up, p10",
    ];
    let mut table = figures::aligned(heads.into());
    for row in rows {
        table.add_row([
            row.alone.cell.to_owned(),
            fine(row.alone.ns),
            fine(row.together.ns),
            format!("{:.2}", row.speed_up),
            format!("{:.2}", row.speed_up_p10),
        ]);
    }
    table
}

/// All maps in turn, round by round: two threads ask for the same key.
fn same_key(cli: &Cli, report: &mut Report, setting: &Setting) -> Vec<figures::Row> {
    let Place { cost, threads, .. } = setting.place;
    let mut racers = racers();
    racers.retain(|racer| cli.wants(&setting.place.id(racer.id)));
    if racers.is_empty() {
        return Vec::new();
    }
    eprintln!("{NAME}: {cost}");
    let heat = race::race(&Team::new(threads), &racers, setting);
    let title = format!(
        "{NAME}: {} ask for the same key, whose value takes {cost}\n{}",
        figures::threads(threads),
        heat.describe()
    );
    report.table(&title, &figures::table(&heat.rows));
    heat.rows
}

fn draw(report: &mut Report, rows: &[Throughput]) -> Result<(), Box<dyn Error>> {
    let panels = COSTS.map(|(cost, ..)| {
        let bars = rows
            .iter()
            .filter(|row| row.cost == cost)
            .map(|row| row.together.bar());
        (format!("2 threads, the value takes {cost}"), bars.collect())
    });
    let title = "Each thread asks for fresh keys of its own: how long a key takes";
    rounds::draw(report, "", title, panels.into())
}
