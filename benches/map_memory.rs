//! How much memory does a map ask for? Names of ten bytes and numbers, added one by one.
//!
//! A benchmark of its own: the allocator that counts would slow the others down.

mod support;

use std::{alloc::System, error::Error, hash::RandomState};

use serde::Serialize;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{
    cli, figures,
    maps::{self, Contestant},
    report::Report,
    rounds::{self, Named},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const NAME: &str = "map_memory";
const ENTRIES: usize = 100_000;

/// One map's figures.
#[derive(Clone, Debug, Serialize)]
struct Row {
    cell: &'static str,
    bytes: usize,
    /// Of blocks that the map has.
    blocks: usize,
    bytes_per_entry: f64,
    ratio: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, _) = cli::start();
    let contestants = rounds::wanted(&cli, NAME, ENTRIES, maps::growing::<RandomState>());
    if contestants.len() < 2 {
        return Ok(());
    }
    let rows = measure(&contestants);
    let mut report = Report::new(NAME, &cli);
    let mut table = figures::aligned(vec!["cell", "bytes per entry", "blocks", "ratio"]);
    for row in &rows {
        let figures = [
            format!("{:.1}", row.bytes_per_entry),
            row.blocks.to_string(),
            format!("{:.2}", row.ratio),
        ];
        table.add_row([row.cell.to_owned()].into_iter().chain(figures));
    }
    let title = format!(
        "{NAME}: what a map of {ENTRIES} entries has asked the allocator for and not given back, names included"
    );
    report.table(&title, &table);
    Ok(report.finish(&rows)?)
}

fn measure(contestants: &[Contestant]) -> Vec<Row> {
    let asked: Vec<_> = contestants.iter().map(asked_for).collect();
    let rows = contestants.iter().zip(&asked);
    rows.map(|(of, &(bytes, blocks))| Row {
        cell: of.id(),
        bytes,
        blocks,
        bytes_per_entry: bytes as f64 / ENTRIES as f64,
        ratio: bytes as f64 / asked[0].0 as f64,
    })
    .collect()
}

/// Bytes and blocks.
fn asked_for(contestant: &Contestant) -> (usize, usize) {
    // Once before: what is made for the whole process is no map's.
    drop(contestant.filled(maps::entries(1)));
    let region = Region::new(ALLOCATOR);
    let map = contestant.filled(maps::entries(ENTRIES));
    let change = region.change();
    drop(map);
    (
        change.bytes_allocated - change.bytes_deallocated,
        change.allocations - change.deallocations,
    )
}
