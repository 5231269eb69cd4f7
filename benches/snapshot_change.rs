//! Where the fast ways to load are paid for: the first load after a store, and what threads keep
//! that loaded once and then sleep.

use std::{
    sync::{Barrier, mpsc},
    thread,
    time::Duration,
};

use criterion::{BenchmarkId, Criterion};
use serde::Serialize;

use crate::support::{
    cli::Cli,
    figures,
    report::Report,
    rounds::{self, Named, Row},
    snapshots::{self, Contestant, Counts, Whole},
    team::Team,
};

const CHANGE: &str = "snapshot/store_load";
const KEPT: &str = "snapshot/kept";
/// How often a cell is stored to and loaded from in one round of the table.
const CHANGES: u64 = 2_000;
/// So many threads load one value each, and sleep.
const SLEEPERS: usize = 16;

pub(crate) fn by_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(CHANGE);
    crate::set_up(&mut group);
    let team = Team::new(1);
    for contestant in snapshots::changers() {
        group.bench_function(BenchmarkId::new(contestant.id(), 1), |bencher| {
            let cell = contestant.cell();
            bencher.iter_custom(|times| {
                rounds::one_turn(&team, times, |seat, turn| cell.changes(seat, turn))
            });
        });
    }
    group.finish();
}

pub(crate) fn table(cli: &Cli, report: &mut Report) -> Vec<Row> {
    let contestants = rounds::wanted(cli, CHANGE, 1, snapshots::changers());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{CHANGE}");
    let cells: Vec<_> = contestants.iter().map(Contestant::cell).collect();
    let rounds = rounds::measure(
        &Team::new(1),
        &vec![CHANGES; cells.len()],
        cli.time(Duration::from_secs(3)),
        || (),
        |(), seat, turn| cells[turn.at].changes(seat, turn),
    );
    let rows = rounds.rows(CHANGE, 1, &contestants);
    let title = format!(
        "{CHANGE}: a store and the first load after it, by one thread\n{} rounds of {CHANGES} pairs; ratios within each round",
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per pair"));
    rows
}

/// The values that there are while the sleepers sleep.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Kept {
    sleepers: usize,
    cell: &'static str,
    values: u64,
}

pub(crate) fn kept_table(cli: &Cli, report: &mut Report) -> Vec<Kept> {
    let contestants = rounds::wanted(cli, KEPT, SLEEPERS, snapshots::changers());
    if contestants.len() < 2 {
        return Vec::new();
    }
    let kept = contestants.iter().map(|of| Kept {
        sleepers: SLEEPERS,
        cell: of.id(),
        values: kept(of),
    });
    let kept: Vec<_> = kept.collect();
    let mut table = figures::aligned(vec!["cell", "values"]);
    for row in &kept {
        table.add_row([row.cell.to_owned(), row.values.to_string()]);
    }
    let title = format!(
        "{KEPT}: {} have loaded one after the other, each another value, and sleep; so many values are there, the current one included",
        figures::threads(SLEEPERS)
    );
    report.table(&title, &table);
    kept
}

/// The sleepers hold nothing but what a reading thread keeps.
fn kept(contestant: &Contestant) -> u64 {
    let counts = Counts::leaked();
    let cell = contestant.counted(Whole::counted(0, counts));
    let over = Barrier::new(SLEEPERS + 1);
    let (loaded, ready) = mpsc::channel();
    thread::scope(|scope| {
        for number in 1..=SLEEPERS as u64 {
            let (loaded, cell, over) = (loaded.clone(), &*cell, &over);
            scope.spawn(move || {
                let _kept = cell.visit();
                let _ = loaded.send(());
                over.wait();
            });
            let _ = ready.recv();
            cell.store(Whole::counted(number, counts));
        }
        let values = counts.live();
        over.wait();
        values
    })
}
