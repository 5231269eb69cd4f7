//! What does an entry cost, if each is added by itself and seen from then on?

use std::{error::Error, hash::RandomState, mem, ops::RangeInclusive, sync::Mutex, time::Duration};

use criterion::{BenchmarkId, Criterion};

use crate::{
    rows_of,
    support::{
        cli::{Cli, Mode},
        maps::{self, CLONED, Contestant},
        report::Report,
        rounds::{self, Named, Rounds, Row},
        team::Team,
    },
};

/// So many are added to an empty map, in seconds that grow with them.
const ENTRIES: [(usize, u64); 3] = [(1_000, 2), (10_000, 2), (100_000, 3)];
/// With so many entries, cloning all of them for each one takes seconds: it is done once. With
/// more it isn't done.
const CLONED_ONCE: usize = 10_000;

fn benchmark(entries: usize) -> String {
    format!("registry/register_{entries}")
}

pub(crate) fn by_criterion(criterion: &mut Criterion) {
    let (entries, _) = ENTRIES[0];
    let mut group = criterion.benchmark_group(benchmark(entries));
    crate::set_up(&mut group);
    let team = Team::new(1);
    for contestant in maps::growing::<RandomState>() {
        group.bench_function(BenchmarkId::new(contestant.id(), 1), |bencher| {
            bencher.iter_custom(|times| {
                let once = |_| register(1..=1, &team, &[contestant], entries, Duration::ZERO);
                (0..times).map(|time| once(time).timed()).sum()
            });
        });
    }
    group.finish();
}

pub(crate) fn tables(cli: &Cli, report: &mut Report) -> Vec<Row> {
    let tables = ENTRIES.map(|(entries, seconds)| {
        table(cli, report, entries, cli.time(Duration::from_secs(seconds)))
    });
    tables.concat()
}

fn table(cli: &Cli, report: &mut Report, entries: usize, time: Duration) -> Vec<Row> {
    let name = benchmark(entries);
    let contestants = rounds::wanted(cli, &name, 1, maps::growing::<RandomState>());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{name}");
    let team = Team::new(1);
    let is_cloned = |of: &Contestant| of.id() == CLONED;
    let (cloned, others): (Vec<_>, Vec<_>) = contestants
        .into_iter()
        .partition(|of| is_cloned(of) && entries >= CLONED_ONCE);
    let rounds = register(3..=2_000, &team, &others, entries, time);
    let mut rows = rounds.rows(&name, 1, &others);
    let mut count = format!("{} rounds", rounds.count());
    if entries == CLONED_ONCE && cli.mode == Mode::Measure {
        let pair = [&others[..1], &cloned].concat();
        let once = register(1..=1, &team, &pair, entries, Duration::ZERO);
        rows.extend(once.rows(&name, 1, &pair).into_iter().skip(1));
        count += &format!(", of {CLONED} one");
    }
    let title = format!(
        "{name}: adding {entries} entries to an empty map, one by one\n{count}; ratios within each round"
    );
    report.table(&title, &rounds::table(&rows, "per entry"));
    rows
}

/// Each adds the same entries, copied before the clock; the map is dropped after it.
fn register(
    rounds: RangeInclusive<usize>,
    team: &Team,
    contestants: &[Contestant],
    count: usize,
    time: Duration,
) -> Rounds {
    let entries = maps::entries(count);
    let copies = || {
        let copies = contestants.iter().map(|_| Mutex::new(entries.clone()));
        copies.collect::<Vec<_>>()
    };
    rounds::measure_in(
        rounds,
        team,
        &vec![count as u64; contestants.len()],
        time,
        copies,
        |copies, seat, turn| {
            let entries = mem::take(&mut *copies[turn.at].lock().expect("each is taken once"));
            contestants[turn.at].register(entries, seat, turn)
        },
    )
}

pub(crate) fn draw(report: &mut Report, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let panel = |(entries, _)| {
        let bars = rows_of(rows, &benchmark(entries), 1).map(Row::bar);
        (format!("{entries} entries"), bars.collect())
    };
    let title = "How long each entry takes that is added to an empty map, one by one";
    rounds::draw(report, "_register", title, ENTRIES.map(panel).into())
}
