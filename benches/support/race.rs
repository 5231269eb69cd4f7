//! Contended first use: how long does each caller wait until it has the value?
//!
//! The cells take turns, round by round and in a new order each time: whatever the machine does
//! meanwhile befalls all of them, so that ratios within a run hold. A call's time includes reading
//! the clock twice: `no_cell` with nothing to compute shows how long that takes.

use std::{
    ops::RangeInclusive,
    time::{Duration, Instant},
};

use super::{
    figures::{Place, Row, Tally},
    meeting::Meeting,
    peers::{Call, Cell, Contestant},
    team::{Seat, Team},
    work::{self, Work},
};

/// How long one lot of races should take: results are collected in between.
const LOT: Duration = Duration::from_millis(20);
const LARGEST_LOT: usize = 4_096;

/// What is raced, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) place: Place,
    pub(crate) work: Work,
    /// Whether to take the processor time, which costs two system calls beside each call.
    pub(crate) with_cpu: bool,
    pub(crate) time: Duration,
    pub(crate) rounds: RangeInclusive<u64>,
}

/// All figures of one combination.
pub(crate) struct Heat {
    pub(crate) rows: Vec<Row>,
    rounds: u64,
    meeting: Meeting,
}

impl Heat {
    /// How it was raced, for above the table.
    pub(crate) fn describe(&self) -> String {
        format!("{} rounds; {}", self.rounds, self.meeting.describe())
    }
}

/// Races all contestants against one another until the time is up.
pub(crate) fn race(team: &Team, contestants: &[Contestant], setting: &Setting) -> Heat {
    let mut tallies: Vec<_> = contestants.iter().map(|_| Tally::new()).collect();
    let mut meeting = Meeting::of(team.threads(), setting.with_cpu);
    let mut done = 0;
    let begin = Instant::now();
    let mut lot = 1;
    while done < *setting.rounds.start()
        || (done < *setting.rounds.end() && begin.elapsed() < setting.time)
    {
        let rounds = lot.min(*setting.rounds.end() - done);
        let order = shuffled(contestants.len(), rounds);
        let lot_begin = Instant::now();
        let seats = run_lot(
            team,
            order.iter().map(|&at| contestants[at].fresh()),
            setting,
        );
        for (number, &at) in order.iter().enumerate() {
            let calls: Vec<_> = seats.iter().map(|calls| calls[number]).collect();
            if meeting.counts(&calls) {
                tallies[at].add(&calls);
            }
        }
        done += rounds;
        if lot_begin.elapsed() < LOT && order.len() * 2 <= LARGEST_LOT {
            lot *= 2;
        }
    }
    let rows = contestants.iter().zip(&tallies);
    let rows = rows.filter(|(_, tally)| !tally.is_empty());
    let rows = rows.map(|(contestant, tally)| tally.row(*contestant, setting.place));
    Heat {
        rows: rows.collect(),
        rounds: done,
        meeting,
    }
}

/// Races one contestant's cells one after the other; so many times the mean latency of those
/// races that count, or of all if none does.
pub(crate) fn race_one(
    team: &Team,
    contestant: &Contestant,
    setting: &Setting,
    races: u64,
) -> Duration {
    let mut meeting = Meeting::of(team.threads(), setting.with_cpu);
    let (mut counted, mut all) = (Mean::default(), Mean::default());
    let mut left = races;
    while left > 0 {
        let lot = left.min(LARGEST_LOT as u64 / 16);
        let seats = run_lot(team, (0..lot).map(|_| contestant.fresh()), setting);
        for number in 0..lot as usize {
            let calls: Vec<_> = seats.iter().map(|calls| calls[number]).collect();
            all.add(&calls);
            if meeting.counts(&calls) {
                counted.add(&calls);
            }
        }
        left -= lot;
    }
    let mean = counted.mean().or(all.mean()).unwrap_or_default();
    Duration::from_secs_f64(mean * races as f64)
}

/// The mean latency of those who weren't held up themselves, in seconds.
#[derive(Default)]
struct Mean {
    sum: f64,
    calls: f64,
}

impl Mean {
    fn add(&mut self, calls: &[Call]) {
        for call in calls.iter().filter(|call| !call.runs.stalled) {
            self.sum += call.latency.as_secs_f64();
            self.calls += 1.0;
        }
    }

    fn mean(&self) -> Option<f64> {
        (self.calls > 0.0).then(|| self.sum / self.calls)
    }
}

/// Every contestant so many times, each round in a new order.
fn shuffled(contestants: usize, rounds: u64) -> Vec<usize> {
    let round = |_| {
        let mut order: Vec<_> = (0..contestants).collect();
        fastrand::shuffle(&mut order);
        order
    };
    (0..rounds).flat_map(round).collect()
}

/// All of these cells, one race each; what every thread saw, in the same order.
fn run_lot(
    team: &Team,
    cells: impl Iterator<Item = Box<dyn Cell>>,
    setting: &Setting,
) -> Vec<Vec<Call>> {
    let cells: Vec<_> = cells.collect();
    let first = work::take_numbers(cells.len() as u64);
    team.run(|seat| {
        let mut calls = Vec::with_capacity(cells.len());
        let races = cells.iter().zip(first..);
        calls.extend(races.map(|(cell, race)| one_call(seat, &**cell, setting, race)));
        calls
    })
}

fn one_call(seat: &Seat<'_>, cell: &dyn Cell, setting: &Setting, race: u64) -> Call {
    work::prepare(setting.work, race);
    seat.line_up();
    cell.call(setting.with_cpu)
}
