//! A value that is replaced as a whole while others read it: what does a load cost, alone and
//! beside a writer, what does a store cost, and what happens in a storm of stores?
//!
//! The writer beside the readers sleeps between its stores, so that it takes next to nothing from
//! a reader whose core it must share. A sleeper that has no core of its own wakes late: the table
//! says how often it did store.
//!
//! Some peers keep a record of every thread that ever loaded, and go through it when they store:
//! whatever few threads take part in comes first, and the audience of 16 last.

mod snapshot_change;
mod snapshot_store;
mod snapshot_storm;
mod support;

use std::{
    error::Error,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use criterion::{BenchmarkId, Criterion, measurement::WallTime};
use serde::Serialize;
use snapshot_change::Kept;
use snapshot_storm::Storm;
use support::{
    chart::Bar,
    cli::{self, Cli},
    report::{self, Report},
    rounds::{self, Named, Row, Turn},
    snapshots::{self, Cell, Contestant, EVERY},
    team::{Seat, Team},
};

const NAME: &str = "snapshot";
const LOAD: &str = "snapshot/load";
const LOAD_WRITER: &str = "snapshot/load_writer";
const READERS: [usize; 2] = [1, 2];
/// How often the value is loaded in one round of the table.
const LOADS: u64 = 20_000;
/// Beside a writer every contestant loads for about that long in each round: many stores, where the
/// writer has a core of its own.
const BESIDE_WRITER: Duration = Duration::from_millis(2);

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    run(&cli, &mut criterion)?;
    report::name_criterion_report(&cli);
    Ok(())
}

fn run(cli: &Cli, criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let [alone, watched] = snapshot_store::AUDIENCES;
    let mut rows = snapshot_store::table(cli, &mut report, alone);
    rows.extend(snapshot_change::table(cli, &mut report));
    let storm = snapshot_storm::table(cli, &mut report);
    for readers in READERS {
        rows.extend(load_table(cli, &mut report, readers));
    }
    for readers in READERS {
        rows.extend(load_writer_table(cli, &mut report, readers));
    }
    run_criterion(criterion);
    rows.extend(snapshot_store::table(cli, &mut report, watched));
    let kept = snapshot_change::kept_table(cli, &mut report);
    let figures = Figures { rows, storm, kept };
    if figures.is_empty() {
        return Ok(());
    }
    draw(&mut report, &figures)?;
    Ok(report.finish(&figures)?)
}

fn run_criterion(criterion: &mut Criterion) {
    for (name, with_writer) in [(LOAD, false), (LOAD_WRITER, true)] {
        let mut group = criterion.benchmark_group(name);
        set_up(&mut group);
        for readers in READERS {
            let team = Team::new(readers + usize::from(with_writer));
            let contestants = if with_writer {
                snapshots::readers_beside_a_writer()
            } else {
                snapshots::readers()
            };
            for contestant in contestants {
                group.bench_function(BenchmarkId::new(contestant.id(), readers), |bencher| {
                    let cell = contestant.cell();
                    bencher.iter_custom(|times| {
                        rounds::one_turn(&team, times, |seat, turn| {
                            loads(&*cell, readers, seat, turn, &AtomicU64::new(0))
                        })
                    });
                });
            }
        }
        group.finish();
    }
    snapshot_change::by_criterion(criterion);
    snapshot_store::by_criterion(criterion);
    criterion.final_summary();
}

fn set_up(group: &mut criterion::BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(150));
}

/// One thread's part: whoever sits behind the readers is the writer.
fn loads(
    cell: &dyn Cell,
    readers: usize,
    seat: &Seat<'_>,
    turn: &Turn<'_>,
    stores: &AtomicU64,
) -> Option<Duration> {
    if seat.index < readers {
        return cell.loads(seat, turn);
    }
    stores.fetch_add(cell.store_now_and_then(seat, turn.stop), Ordering::Relaxed);
    None
}

fn load_table(cli: &Cli, report: &mut Report, readers: usize) -> Vec<Row> {
    let contestants = rounds::wanted(cli, LOAD, readers, snapshots::readers());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{LOAD}: {}", described(readers));
    let cells: Vec<_> = contestants.iter().map(Contestant::cell).collect();
    let rounds = rounds::measure(
        &Team::new(readers),
        &vec![LOADS; cells.len()],
        cli.time(Duration::from_secs(5)),
        || (),
        |(), seat, turn| cells[turn.at].loads(seat, turn),
    );
    let rows = rounds.rows(LOAD, readers, &contestants);
    let title = format!(
        "{LOAD}: loading the value and reading a word of it, {}, nobody stores\n{} rounds of {LOADS} loads; ratios within each round",
        described(readers),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per load"));
    rows
}

fn load_writer_table(cli: &Cli, report: &mut Report, readers: usize) -> Vec<Row> {
    let contestants = snapshots::readers_beside_a_writer();
    let contestants = rounds::wanted(cli, LOAD_WRITER, readers, contestants);
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{LOAD_WRITER}: {}", described(readers));
    let cells: Vec<_> = contestants.iter().map(Contestant::cell).collect();
    let team = Team::new(readers + 1);
    let stores = AtomicU64::new(0);
    let measure = |times: &[u64], time| {
        stores.store(0, Ordering::Relaxed);
        rounds::measure(
            &team,
            times,
            time,
            || (),
            |(), seat, turn| loads(&*cells[turn.at], readers, seat, turn, &stores),
        )
    };
    let short = measure(&vec![LOADS; cells.len()], Duration::ZERO);
    let times: Vec<_> = short
        .medians()
        .into_iter()
        .map(times_beside_writer)
        .collect();
    let rounds = measure(&times, cli.time(Duration::from_secs(8)));
    let rows = rounds.rows(LOAD_WRITER, readers, &contestants);
    let interval = rounds.timed() / stores.load(Ordering::Relaxed).max(1) as u32;
    let title = format!(
        "{LOAD_WRITER}: the same, {} beside a writer that sleeps until the next {EVERY:?} are over (one store in {interval:.0?})\n{} rounds of about {BESIDE_WRITER:?} each; ratios within each round",
        described(readers),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per load"));
    rows
}

/// How many loads fill a turn, where one takes so many nanoseconds.
fn times_beside_writer(ns: f64) -> u64 {
    (BESIDE_WRITER.as_nanos() as f64 / ns.max(0.1)) as u64
}

fn described(readers: usize) -> String {
    let plural = if readers == 1 { "" } else { "s" };
    format!("{readers} reader{plural}")
}

/// Whatever was measured.
#[derive(Serialize)]
struct Figures {
    rows: Vec<Row>,
    storm: Vec<Storm>,
    kept: Vec<Kept>,
}

impl Figures {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.storm.is_empty() && self.kept.is_empty()
    }

    fn bars(&self, benchmark: &str, threads: usize) -> Vec<Bar> {
        let here = self
            .rows
            .iter()
            .filter(|row| row.benchmark == benchmark && row.threads == threads);
        here.map(Row::bar).collect()
    }
}

fn draw(report: &mut Report, figures: &Figures) -> Result<(), Box<dyn Error>> {
    let panels = [
        ("2 readers, nobody stores", LOAD),
        ("2 readers beside a writer", LOAD_WRITER),
    ];
    let panels = panels.map(|(title, benchmark)| (title.to_owned(), figures.bars(benchmark, 2)));
    let title = "How long it takes to load a value that may be replaced";
    rounds::draw(report, "", title, panels.into())?;
    let panels = snapshot_store::AUDIENCES.map(|audience| {
        let bars = figures.bars(snapshot_store::STORE, audience);
        (format!("{audience} threads have loaded"), bars)
    });
    let title = "How long it takes to store another value";
    rounds::draw(report, "_store", title, panels.into())?;
    snapshot_storm::draw(report, &figures.storm)
}
