//! What does a look-up cost, of a name that is there or is not, alone and beside another thread?

use std::{error::Error, sync::OnceLock, time::Duration};

use criterion::{BenchmarkId, Criterion};

use crate::{
    rows_of,
    support::{
        cli::Cli,
        figures,
        maps::{self, Contestant, Filled, Hashing, Queries},
        report::Report,
        rounds::{self, Named, Row},
        team::Team,
    },
};

const THREADS: [usize; 2] = [1, 2];
const ENTRIES: [usize; 4] = [8, 64, 1_000, 100_000];
const PRESENT: [bool; 2] = [true, false];
/// How many names are looked up in one round of a table.
const LOOK_UPS: u64 = 8_192;
const TIME: Duration = Duration::from_millis(1_000);

/// Whom the summary asks about: who is faster?
const OURS: &str = "onset_once_map";

fn kind(present: bool) -> &'static str {
    if present { "hit" } else { "miss" }
}

fn benchmark<S: Hashing>(present: bool, entries: usize) -> String {
    format!("{}/{}_{entries}", S::LOOK_UPS, kind(present))
}

pub(crate) fn by_criterion<S: Hashing>(criterion: &mut Criterion, entries: &[usize]) {
    let team = Team::new(2);
    for &entries in entries {
        let queries = Queries::new(entries, true);
        let mut group = criterion.benchmark_group(benchmark::<S>(true, entries));
        crate::set_up(&mut group);
        for contestant in maps::looked_up::<S>() {
            group.bench_function(
                BenchmarkId::new(contestant.id(), team.threads()),
                |bencher| {
                    let map = contestant.filled(maps::entries(entries));
                    bencher.iter_custom(|times| {
                        rounds::one_turn(&team, times, |seat, turn| {
                            map.look_ups(&queries, seat, turn)
                        })
                    });
                },
            );
        }
        group.finish();
    }
}

/// A contestant's map, filled when it is needed.
struct Shelf {
    of: Contestant,
    entries: usize,
    map: OnceLock<Box<dyn Filled>>,
}

impl Shelf {
    fn map(&self) -> &dyn Filled {
        let fill = || self.of.filled(maps::entries(self.entries));
        &**self.map.get_or_init(fill)
    }
}

impl Named for Shelf {
    fn id(&self) -> &'static str {
        self.of.id()
    }
}

pub(crate) fn tables<S: Hashing>(cli: &Cli, report: &mut Report) -> Vec<Row> {
    let mut rows = Vec::new();
    for entries in ENTRIES {
        let shelf = |of| Shelf {
            of,
            entries,
            map: OnceLock::new(),
        };
        let shelves: Vec<_> = maps::looked_up::<S>().into_iter().map(shelf).collect();
        for present in PRESENT {
            let queries = Queries::new(entries, present);
            for threads in THREADS {
                let name = benchmark::<S>(present, entries);
                let wanted = rounds::wanted(cli, &name, threads, shelves.iter().collect());
                rows.extend(table(cli, report, (&name, threads), &wanted, &queries));
            }
        }
    }
    for threads in THREADS {
        summary::<S>(report, &rows, threads);
    }
    rows
}

fn table(
    cli: &Cli,
    report: &mut Report,
    (name, threads): (&str, usize),
    shelves: &[&Shelf],
    queries: &Queries,
) -> Vec<Row> {
    if shelves.len() < 2 {
        return Vec::new();
    }
    eprintln!("{name}: {}", figures::threads(threads));
    let maps: Vec<_> = shelves.iter().map(|shelf| shelf.map()).collect();
    let rounds = rounds::measure(
        &Team::new(threads),
        &vec![LOOK_UPS; maps.len()],
        cli.time(TIME),
        || (),
        |(), seat, turn| maps[turn.at].look_ups(queries, seat, turn),
    );
    let rows = rounds.rows(name, threads, shelves);
    let title = format!(
        "{name}: looking up names, {}\n{} rounds of {LOOK_UPS} look-ups; ratios within each round",
        figures::threads(threads),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per look-up"));
    rows
}

/// All ratios with so many threads and their geometric means, of those who have them all.
fn summary<S: Hashing>(report: &mut Report, rows: &[Row], threads: usize) {
    let mut columns = Vec::new();
    for present in PRESENT {
        let names = ENTRIES.map(|entries| benchmark::<S>(present, entries));
        let single = |(entries, name): (usize, &String)| {
            (format!("{} {entries}", kind(present)), vec![name.clone()])
        };
        columns.extend(ENTRIES.into_iter().zip(&names).map(single));
        columns.push((format!("{}, mean", kind(present)), names.into()));
    }
    let all = PRESENT.map(|present| ENTRIES.map(|entries| benchmark::<S>(present, entries)));
    columns.push(("all, mean".to_owned(), all.concat()));

    let heads = columns.iter().map(|(head, _)| &**head);
    let mut table = figures::aligned(["cell"].into_iter().chain(heads).collect());
    for id in maps::looked_up::<S>().iter().map(Named::id) {
        let means = columns
            .iter()
            .map(|(_, names)| mean(rows, names, threads, id));
        if let Some(means) = means.collect::<Option<Vec<_>>>() {
            let means = means.iter().map(|mean| format!("{mean:.2}"));
            table.add_row([id.to_owned()].into_iter().chain(means));
        }
    }
    if table.is_empty() {
        return;
    }
    let title = format!(
        "{}: all ratios to the plain HashMap, {}, hashing by {}; means are geometric{}",
        S::LOOK_UPS,
        figures::threads(threads),
        S::NAME,
        ahead(rows, &all.concat(), threads)
    );
    report.table(&title, &table);
}

/// The geometric mean of one contestant's ratios.
fn mean(rows: &[Row], names: &[String], threads: usize, id: &str) -> Option<f64> {
    let ratio = |name: &String| {
        let row = rows_of(rows, name, threads).find(|row| row.cell == id)?;
        Some(row.ratio.ln())
    };
    let ratios = names.iter().map(ratio).collect::<Option<Vec<_>>>()?;
    Some((ratios.iter().sum::<f64>() / ratios.len() as f64).exp())
}

/// In which tables a peer that threads share is faster: one line for each.
fn ahead(rows: &[Row], names: &[String], threads: usize) -> String {
    let line = |name: &String| {
        let own = rows_of(rows, name, threads).find(|row| row.cell == OURS)?;
        let peers = rows_of(rows, name, threads).skip(1);
        let faster = peers.filter(|row| !row.cell.starts_with("onset_") && row.ratio < own.ratio);
        let told = faster.map(|row| format!("{} {:.2}", row.cell, row.ratio));
        let told: Vec<_> = told.collect();
        let (ratio, told) = (own.ratio, (!told.is_empty()).then(|| told.join(", "))?);
        Some(format!("\n{name}: faster than {OURS} ({ratio:.2}): {told}"))
    };
    let lines: String = names.iter().filter_map(line).collect();
    if lines.is_empty() {
        return format!("\nno peer is faster than {OURS} anywhere");
    }
    lines
}

pub(crate) fn draw<S: Hashing>(
    report: &mut Report,
    suffix: &str,
    rows: &[Row],
) -> Result<(), Box<dyn Error>> {
    let panel = |present| {
        let bars = rows_of(rows, &benchmark::<S>(present, 1_000), 2).map(Row::bar);
        (
            format!("1,000 entries, 2 threads: {}", kind(present)),
            bars.collect(),
        )
    };
    let title = format!("How long a look-up by name takes, hashing by {}", S::NAME);
    rounds::draw(report, suffix, &title, PRESENT.map(panel).into())
}
