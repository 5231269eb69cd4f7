//! The storm: one thread stores without a pause while two load. Is every load a whole value, how
//! long does the slowest take, and do old values pile up?
//!
//! With fewer cores than the three threads, the slowest load of any peer is the one during which
//! its thread was off its core; `no_cell` shows what that comes to, and what the clock adds.

use std::{error::Error, sync::atomic::AtomicBool, time::Duration};

use comfy_table::Table;
use serde::Serialize;

use crate::support::{
    chart::{Bar, Bars},
    cli::{Cli, Mode},
    figures::{self, Times, human},
    report::Report,
    rounds::{self, Named},
    snapshots::{self, Contestant, Counts, Stored, Storming, Whole},
    team::Team,
};

const STORM: &str = "snapshot/storm";
const READERS: usize = 2;
const TIME: Duration = Duration::from_millis(100);
const ROUNDS: u32 = 5;

/// One contestant's figures, of all rounds together.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Storm {
    readers: usize,
    cell: &'static str,
    loads: u64,
    stores: u64,
    p50_ns: u64,
    p999_ns: u64,
    max_ns: u64,
    /// The most values that there were at once.
    most_live: u64,
    /// The most that there were when a storm was over.
    live_after: u64,
    /// The most that there were when the cell was gone as well.
    live_without_cell: u64,
}

struct Tally {
    times: Times,
    stores: u64,
    most_live: u64,
    live_after: u64,
    live_without_cell: u64,
}

pub(crate) fn table(cli: &Cli, report: &mut Report) -> Vec<Storm> {
    let contestants = rounds::wanted(cli, STORM, READERS, snapshots::storm());
    if contestants.len() < 2 {
        return Vec::new();
    }
    eprintln!("{STORM}");
    let team = Team::new(READERS + 1);
    let mut tallies: Vec<_> = contestants.iter().map(|_| Tally::new()).collect();
    let mut order: Vec<_> = (0..contestants.len()).collect();
    let (rounds, time) = extent(cli);
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &at in &order {
            tallies[at].add_storm(&team, &contestants[at], time);
        }
    }
    let storms = contestants.iter().zip(&tallies);
    let storms: Vec<_> = storms.map(|(of, tally)| tally.row(of)).collect();
    let title = format!(
        "{STORM}: {READERS} readers, and a writer that never pauses; every load was a whole value\n{rounds} storms of {time:?} each; live values: made and not dropped yet"
    );
    report.table(&title, &to_table(&storms));
    storms
}

fn extent(cli: &Cli) -> (u32, Duration) {
    match cli.mode {
        Mode::Measure => (ROUNDS, TIME),
        Mode::Quick => (1, TIME),
        Mode::Smoke | Mode::CriterionAlone => (1, TIME / 50),
    }
}

impl Tally {
    fn new() -> Self {
        Self {
            times: Times::new(),
            stores: 0,
            most_live: 0,
            live_after: 0,
            live_without_cell: 0,
        }
    }

    fn add_storm(&mut self, team: &Team, contestant: &Contestant, time: Duration) {
        let counts = Counts::leaked();
        let cell = contestant.counted(Whole::counted(0, counts));
        let stop = AtomicBool::new(false);
        let storming = Storming {
            time,
            counts,
            stop: &stop,
        };
        let seats = team.run(|seat| {
            if seat.index < READERS {
                (cell.storm_loads(seat, &stop), Stored::default())
            } else {
                (Times::new(), cell.storm_stores(seat, &storming))
            }
        });
        for (times, stored) in &seats {
            self.times.add_all(times);
            self.stores += stored.stores;
            self.most_live = self.most_live.max(stored.most_live);
        }
        self.live_after = self.live_after.max(counts.live());
        drop(cell);
        self.live_without_cell = self.live_without_cell.max(counts.live());
    }

    fn row(&self, of: &Contestant) -> Storm {
        Storm {
            readers: READERS,
            cell: of.id(),
            loads: self.times.count(),
            stores: self.stores,
            p50_ns: self.times.at(0.5),
            p999_ns: self.times.at(0.999),
            max_ns: self.times.max(),
            most_live: self.most_live,
            live_after: self.live_after,
            live_without_cell: self.live_without_cell,
        }
    }
}

fn to_table(storms: &[Storm]) -> Table {
    let mut table = figures::aligned(vec![
        "cell",
        "loads",
        "stores",
        "p50",
        "p99.9",
        "slowest",
        "live, most",
        "live, after",
    ]);
    for storm in storms {
        let times = [storm.p50_ns, storm.p999_ns, storm.max_ns].map(|ns| human(ns as f64));
        let mut cells = vec![storm.cell.to_owned()];
        cells.extend([storm.loads, storm.stores].map(|count| count.to_string()));
        cells.extend(times);
        cells.extend([storm.most_live, storm.live_after].map(|count| count.to_string()));
        table.add_row(cells);
    }
    table
}

pub(crate) fn draw(report: &mut Report, storms: &[Storm]) -> Result<(), Box<dyn Error>> {
    if storms.is_empty() {
        return Ok(());
    }
    let bars = |high: fn(&Storm) -> u64| {
        let bar = |storm: &Storm| -> Bar { (storm.cell, storm.p50_ns as f64, high(storm) as f64) };
        storms.iter().map(bar).collect::<Vec<_>>()
    };
    let chart = Bars {
        title: "A storm of stores: how long a load takes, the clock included",
        subtitle: &format!("bar: median · {}", report.machine.short_line()),
        panels: vec![
            (
                "line: 99.9th percentile".to_owned(),
                bars(|storm| storm.p999_ns),
            ),
            ("line: the slowest".to_owned(), bars(|storm| storm.max_ns)),
        ],
    };
    chart.draw(&report.file("_storm.svg")?)
}
