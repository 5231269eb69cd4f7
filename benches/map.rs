//! Maps that somebody fills while many threads look things up: what does a look-up cost, and what
//! an entry?
//!
//! Most of a look-up goes into the hash, where that is std's, and the maps look alike; so there is
//! a second set of tables with a fast one. The baseline is a plain `HashMap`, which nobody could
//! fill meanwhile; whoever looks up through a handle that a thread keeps comes last.

mod map_hit;
mod map_register;
mod support;

use std::{error::Error, hash::RandomState, time::Duration};

use criterion::{BenchmarkGroup, measurement::WallTime};
use foldhash::fast::FixedState;
use support::{
    cli::{self, Cli},
    report::{self, Report},
    rounds::Row,
};

const NAME: &str = "map";

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, mut criterion) = cli::start();
    run_tables(&cli)?;
    map_hit::by_criterion::<RandomState>(&mut criterion, &[64, 1_000]);
    map_hit::by_criterion::<FixedState>(&mut criterion, &[1_000]);
    map_register::by_criterion(&mut criterion);
    criterion.final_summary();
    report::name_criterion_report(&cli);
    Ok(())
}

fn run_tables(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(NAME, cli);
    let mut rows = map_hit::tables::<RandomState>(cli, &mut report);
    rows.extend(map_hit::tables::<FixedState>(cli, &mut report));
    rows.extend(map_register::tables(cli, &mut report));
    if rows.is_empty() {
        return Ok(());
    }
    map_hit::draw::<RandomState>(&mut report, "_hit", &rows)?;
    map_hit::draw::<FixedState>(&mut report, "_hit_foldhash", &rows)?;
    map_register::draw(&mut report, &rows)?;
    Ok(report.finish(&rows)?)
}

fn set_up(group: &mut BenchmarkGroup<'_, WallTime>) {
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(20))
        .measurement_time(Duration::from_millis(60));
}

/// The rows of one benchmark with so many threads.
fn rows_of<'r>(
    rows: &'r [Row],
    benchmark: &str,
    threads: usize,
) -> impl Iterator<Item = &'r Row> + use<'r> {
    let here = rows
        .iter()
        .filter(|row| row.benchmark == benchmark && row.threads == threads);
    here.collect::<Vec<_>>().into_iter()
}
