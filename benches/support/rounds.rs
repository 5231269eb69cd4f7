//! What does one operation take? All contestants in turn, round by round.
//!
//! Every round has an order of its own, and the ratios are taken within each round: whatever the
//! machine does meanwhile befalls all of them. Only the first thread is timed, while the others do
//! the same beside it until it is done.

use std::{
    error::Error,
    ops::RangeInclusive,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use comfy_table::Table;
use serde::Serialize;

use super::{
    chart::{Bar, Bars},
    cli::Cli,
    figures,
    report::Report,
    team::{Seat, Team},
};

const ROUNDS: RangeInclusive<usize> = 3..=2_000;

/// Whatever has a row in the tables.
pub(crate) trait Named {
    fn id(&self) -> &'static str;
}

impl<N: Named> Named for &N {
    fn id(&self) -> &'static str {
        (*self).id()
    }
}

/// The first, with which the others are compared, and whoever else was asked for.
pub(crate) fn wanted<C: Named>(
    cli: &Cli,
    benchmark: &str,
    threads: usize,
    contestants: Vec<C>,
) -> Vec<C> {
    let asked = |of: &C| cli.wants(&format!("{benchmark}/{}/{threads}", of.id()));
    let contestants = contestants.into_iter().enumerate();
    contestants
        .filter_map(|(at, of)| (at == 0 || asked(&of)).then_some(of))
        .collect()
}

/// One contestant's turn in one round.
pub(crate) struct Turn<'r> {
    /// Whose turn it is.
    pub(crate) at: usize,
    /// How often the first thread does what is measured.
    pub(crate) times: u64,
    /// When the first thread is done.
    pub(crate) stop: &'r AtomicBool,
}

impl Turn<'_> {
    /// Lines up; then the first thread's work is timed, and the others' goes on until it is done.
    #[inline(always)]
    pub(crate) fn time(
        &self,
        seat: &Seat<'_>,
        work: impl FnOnce(u64),
        beside: impl FnOnce(&AtomicBool),
    ) -> Option<Duration> {
        seat.line_up();
        if seat.index > 0 {
            beside(self.stop);
            return None;
        }
        let start = Instant::now();
        work(self.times);
        let time = start.elapsed();
        self.stop.store(true, Ordering::Relaxed);
        Some(time)
    }
}

/// A single turn: the first thread's time.
pub(crate) fn one_turn(
    team: &Team,
    times: u64,
    turn: impl Fn(&Seat<'_>, &Turn<'_>) -> Option<Duration> + Sync,
) -> Duration {
    let stop = AtomicBool::new(false);
    let own = Turn {
        at: 0,
        times,
        stop: &stop,
    };
    let seats = team.run(|seat| turn(seat, &own));
    seats.into_iter().flatten().sum()
}

/// Nanoseconds per operation, by round and contestant.
pub(crate) struct Rounds {
    ns: Vec<Vec<f64>>,
    timed: Duration,
}

/// Gives every contestant its turn until the time is up. `times` says how often each does what is
/// measured in a turn; `prepare` makes, before the clock, what the turns of a round need.
pub(crate) fn measure<P: Sync>(
    team: &Team,
    times: &[u64],
    time: Duration,
    prepare: impl FnMut() -> P,
    turn: impl Fn(&P, &Seat<'_>, &Turn<'_>) -> Option<Duration> + Sync,
) -> Rounds {
    measure_in(ROUNDS, team, times, time, prepare, turn)
}

/// The same, where so many rounds are enough.
pub(crate) fn measure_in<P: Sync>(
    count: RangeInclusive<usize>,
    team: &Team,
    times: &[u64],
    time: Duration,
    mut prepare: impl FnMut() -> P,
    turn: impl Fn(&P, &Seat<'_>, &Turn<'_>) -> Option<Duration> + Sync,
) -> Rounds {
    let mut order: Vec<_> = (0..times.len()).collect();
    let mut rounds = Vec::new();
    let mut timed = Duration::ZERO;
    let begin = Instant::now();
    while rounds.len() < *count.start() || (rounds.len() < *count.end() && begin.elapsed() < time) {
        fastrand::shuffle(&mut order);
        let prepared = prepare();
        let stops: Vec<_> = times.iter().map(|_| AtomicBool::new(false)).collect();
        let seats = team.run(|seat| {
            let own = order.iter().map(|&at| Turn {
                at,
                times: times[at],
                stop: &stops[at],
            });
            let own = own.map(|own| turn(&prepared, seat, &own));
            own.collect::<Vec<_>>()
        });
        let mut round = vec![0.0; times.len()];
        for (&at, time) in order.iter().zip(&seats[0]) {
            let time = time.unwrap_or_default();
            timed += time;
            round[at] = time.as_secs_f64() * 1e9 / times[at] as f64;
        }
        rounds.push(round);
    }
    Rounds { ns: rounds, timed }
}

impl Rounds {
    pub(crate) fn count(&self) -> usize {
        self.ns.len()
    }

    /// All turns together.
    pub(crate) fn timed(&self) -> Duration {
        self.timed
    }

    /// The median of each contestant.
    pub(crate) fn medians(&self) -> Vec<f64> {
        let contestants = 0..self.ns[0].len();
        contestants.map(|at| share(&self.ns_of(at), 0.5)).collect()
    }

    pub(crate) fn rows<C: Named>(
        &self,
        benchmark: &str,
        threads: usize,
        contestants: &[C],
    ) -> Vec<Row> {
        let row = |(at, of): (usize, &C)| {
            let (ns, ratios) = (self.ns_of(at), self.ratios(at, 0));
            Row {
                benchmark: benchmark.to_owned(),
                threads,
                cell: of.id(),
                ns: share(&ns, 0.5),
                ns_p90: share(&ns, 0.9),
                ratio: share(&ratios, 0.5),
                ratio_p10: share(&ratios, 0.1),
                ratio_p90: share(&ratios, 0.9),
            }
        };
        contestants.iter().enumerate().map(row).collect()
    }

    fn ns_of(&self, at: usize) -> Vec<f64> {
        sorted(self.ns.iter().map(|round| round[at]))
    }

    /// What one takes as a ratio to another, within each round, sorted.
    pub(crate) fn ratios(&self, of: usize, to: usize) -> Vec<f64> {
        sorted(self.ns.iter().map(|round| round[of] / round[to]))
    }
}

/// One contestant's figures: medians, and the shares that its name says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) benchmark: String,
    pub(crate) threads: usize,
    pub(crate) cell: &'static str,
    pub(crate) ns: f64,
    pub(crate) ns_p90: f64,
    pub(crate) ratio: f64,
    pub(crate) ratio_p10: f64,
    pub(crate) ratio_p90: f64,
}

impl Row {
    /// The median, and up to the 90th percentile of the rounds.
    pub(crate) fn bar(&self) -> Bar {
        (self.cell, self.ns, self.ns_p90)
    }
}

/// The rows, to be read; `per` names the operation.
pub(crate) fn table(rows: &[Row], per: &str) -> Table {
    let mut table = figures::aligned(vec!["cell", per, "ratio", "ratio, p10", "ratio, p90"]);
    for row in rows {
        let ratios = [row.ratio, row.ratio_p10, row.ratio_p90].map(|ratio| format!("{ratio:.2}"));
        let mut cells = vec![row.cell.to_owned(), format!("{:.2} ns", row.ns)];
        cells.extend(ratios);
        table.add_row(cells);
    }
    table
}

/// A chart of those panels that have bars.
pub(crate) fn draw(
    report: &mut Report,
    suffix: &str,
    title: &str,
    mut panels: Vec<(String, Vec<Bar>)>,
) -> Result<(), Box<dyn Error>> {
    panels.retain(|(_, bars)| !bars.is_empty());
    if panels.is_empty() {
        return Ok(());
    }
    let chart = Bars {
        title,
        subtitle: &format!(
            "bar: median of the rounds, line: up to their 90th percentile · {}",
            report.machine.short_line()
        ),
        panels,
    };
    chart.draw(&report.file(&format!("{suffix}.svg"))?)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value that this share of the sorted ones doesn't exceed.
pub(crate) fn share(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}
