//! What a store costs, and whether that depends on how many threads have loaded before.
//!
//! The audience are threads that exist, have loaded from every cell once and keep what a reading
//! thread keeps, but hold no value, and sleep.

use std::{sync::Barrier, thread, time::Duration};

use criterion::{BenchmarkId, Criterion};

use crate::support::{
    cli::Cli,
    figures,
    report::Report,
    rounds::{self, Named, Row},
    snapshots::{self, Cell, Contestant},
    team::Team,
};

pub(crate) const STORE: &str = "snapshot/store";
/// Nobody, and many.
pub(crate) const AUDIENCES: [usize; 2] = [0, 16];
/// How often a cell is stored to in one round of the table.
const STORES: u64 = 2_000;

pub(crate) fn by_criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(STORE);
    crate::set_up(&mut group);
    let team = Team::new(1);
    for audience in AUDIENCES {
        let contestants = snapshots::writers();
        let cells: Vec<_> = contestants.iter().map(Contestant::cell).collect();
        before(audience, &cells, || {
            for (contestant, cell) in contestants.iter().zip(&cells) {
                group.bench_function(BenchmarkId::new(contestant.id(), audience), |bencher| {
                    bencher.iter_custom(|times| {
                        rounds::one_turn(&team, times, |seat, turn| cell.stores(seat, turn))
                    });
                });
            }
        });
    }
    group.finish();
}

pub(crate) fn table(cli: &Cli, report: &mut Report, audience: usize) -> Vec<Row> {
    let contestants = rounds::wanted(cli, STORE, audience, snapshots::writers());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{STORE}: {} have loaded", figures::threads(audience));
    let cells: Vec<_> = contestants.iter().map(Contestant::cell).collect();
    let rounds = before(audience, &cells, || {
        rounds::measure(
            &Team::new(1),
            &vec![STORES; cells.len()],
            cli.time(Duration::from_secs(4)),
            || (),
            |(), seat, turn| cells[turn.at].stores(seat, turn),
        )
    });
    let rows = rounds.rows(STORE, audience, &contestants);
    let title = format!(
        "{STORE}: storing another value, which is made and the old one dropped; {} have loaded and sleep\n{} rounds of {STORES} stores; ratios within each round",
        figures::threads(audience),
        rounds.count()
    );
    report.table(&title, &rounds::table(&rows, "per store"));
    rows
}

/// Does something before an audience of so many threads.
fn before<R>(audience: usize, cells: &[Box<dyn Cell>], act: impl FnOnce() -> R) -> R {
    let seated = Barrier::new(audience + 1);
    let over = Barrier::new(audience + 1);
    thread::scope(|scope| {
        for _ in 0..audience {
            scope.spawn(|| {
                let kept: Vec<_> = cells.iter().map(|cell| cell.visit()).collect();
                seated.wait();
                over.wait();
                drop(kept);
            });
        }
        seated.wait();
        let result = act();
        over.wait();
        result
    })
}
