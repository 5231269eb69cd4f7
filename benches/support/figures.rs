//! What the samples say: percentiles of the latency, initialisations per cell, processor time.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use hdrhistogram::Histogram;
use serde::Serialize;

use super::peers::{Call, Contestant, Policy};

/// The longest time that is told from a longer one.
const LONGEST: Duration = Duration::from_secs(60);

/// Times, kept to three significant digits.
pub(crate) struct Times(Histogram<u64>);

impl Times {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST.as_nanos() as u64, 3);
        Self(histogram.expect("the bounds are in order"))
    }

    pub(crate) fn add(&mut self, time: Duration) {
        self.0.saturating_record(time.as_nanos() as u64);
    }

    /// Takes in the times of another thread.
    pub(crate) fn add_all(&mut self, others: &Self) {
        self.0.add(&others.0).expect("the bounds are the same");
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that this share of the samples doesn't exceed, in nanoseconds.
    pub(crate) fn at(&self, share: f64) -> u64 {
        self.0.value_at_quantile(share)
    }

    pub(crate) fn max(&self) -> u64 {
        self.0.max()
    }

    pub(crate) fn mean(&self) -> f64 {
        self.0.mean()
    }
}

/// One cell's results while they come in.
pub(crate) struct Tally {
    latency: Times,
    waiters_cpu: Times,
    cells: u64,
    initialisations: u64,
    most: u32,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let (latency, waiters_cpu) = (Times::new(), Times::new());
        Self {
            latency,
            waiters_cpu,
            cells: 0,
            initialisations: 0,
            most: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// Takes in one race: what each of its callers saw. The latency of whoever was made to stall
    /// is known beforehand, and left out.
    pub(crate) fn add(&mut self, calls: &[Call]) {
        let initialisations = calls.iter().map(|call| call.runs.count).sum::<u32>();
        self.cells += 1;
        self.initialisations += u64::from(initialisations);
        self.most = self.most.max(initialisations);
        for call in calls.iter().filter(|call| !call.runs.stalled) {
            self.latency.add(call.latency);
            if let (Some(cpu), 0) = (call.cpu, call.runs.count) {
                self.waiters_cpu.add(cpu);
            }
        }
    }

    /// The row that these results make.
    pub(crate) fn row(&self, of: Contestant, place: Place) -> Row {
        let waited = self.waiters_cpu.count() > 0;
        Row {
            benchmark: place.benchmark,
            cost: place.cost,
            threads: place.threads,
            cell: of.id,
            policy: of.policy,
            cells: self.cells,
            calls: self.latency.count(),
            p50_ns: self.latency.at(0.50),
            p99_ns: self.latency.at(0.99),
            max_ns: self.latency.max(),
            mean_ns: self.latency.mean(),
            initialisations_per_cell: self.initialisations as f64 / self.cells.max(1) as f64,
            most_initialisations: self.most,
            waiter_cpu_mean_ns: waited.then(|| self.waiters_cpu.mean()),
            waiter_cpu_p99_ns: waited.then(|| self.waiters_cpu.at(0.99)),
        }
    }
}

/// Which combination a row belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) benchmark: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) threads: usize,
}

impl Place {
    /// The id of a cell's row, the same as in criterion's report.
    pub(crate) fn id(self, cell: &str) -> String {
        let Self {
            benchmark,
            cost,
            threads,
        } = self;
        format!("{benchmark}/{cost}/{cell}/{threads}")
    }
}

/// One cell's figures in one combination.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) benchmark: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) threads: usize,
    pub(crate) cell: &'static str,
    pub(crate) policy: Policy,
    pub(crate) cells: u64,
    pub(crate) calls: u64,
    pub(crate) p50_ns: u64,
    pub(crate) p99_ns: u64,
    pub(crate) max_ns: u64,
    pub(crate) mean_ns: f64,
    pub(crate) initialisations_per_cell: f64,
    pub(crate) most_initialisations: u32,
    pub(crate) waiter_cpu_mean_ns: Option<f64>,
    pub(crate) waiter_cpu_p99_ns: Option<u64>,
}

/// The rows of one combination, to be read.
pub(crate) fn table(rows: &[Row]) -> Table {
    let with_cpu = rows.iter().any(|row| row.waiter_cpu_mean_ns.is_some());
    let mut heads = vec![
        "cell",
        "policy",
        "p50",
        "p99",
        "max",
        "initialisations/cell",
    ];
    if with_cpu {
        heads.extend(["cpu/waiter, mean", "cpu/waiter, p99"]);
    }
    let mut table = aligned(heads);
    for row in rows {
        let times = [row.p50_ns, row.p99_ns, row.max_ns].map(|ns| human(ns as f64));
        let mut cells = vec![
            row.cell.to_owned(),
            format!("{:?}", row.policy).to_lowercase(),
        ];
        cells.extend(times);
        cells.push(initialisations(row));
        if with_cpu {
            let p99 = row.waiter_cpu_p99_ns.map(|ns| ns as f64);
            cells
                .extend([row.waiter_cpu_mean_ns, p99].map(|ns| ns.map_or_else(String::new, human)));
        }
        table.add_row(cells);
    }
    table
}

/// An empty table: names to the left, figures to the right.
pub(crate) fn aligned(heads: Vec<&str>) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(heads);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn initialisations(row: &Row) -> String {
    if row.most_initialisations == 1 {
        return "1".to_owned();
    }
    format!(
        "{:.2} (at most {})",
        row.initialisations_per_cell, row.most_initialisations
    )
}

/// So many threads, in words.
pub(crate) fn threads(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} thread{plural}")
}

/// Nanoseconds in the unit that suits them.
pub(crate) fn human(ns: f64) -> String {
    let (value, unit) = match ns {
        ..1e3 => (ns, "ns"),
        ..1e6 => (ns / 1e3, "µs"),
        ..1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    let digits = if value < 10.0 && unit != "ns" {
        2
    } else {
        usize::from(value < 100.0 && unit != "ns")
    };
    format!("{value:.digits$} {unit}")
}

/// The same, with two digits after the point where that is much.
pub(crate) fn fine(ns: f64) -> String {
    if ns < 10.0 {
        format!("{ns:.2} ns")
    } else {
        human(ns)
    }
}
