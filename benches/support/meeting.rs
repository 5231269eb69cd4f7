//! Did the callers of a race meet at all?
//!
//! The gate lets them go at once, but only threads that are running go at once. If the scheduler
//! has taken a caller's core away just then, or has put two callers on one core while another idles,
//! they don't meet, and what follows is no contended first use: the race is left out, whichever
//! cell it was and however it ended. What counts is that as many callers as can run at the same
//! time began at the same time; with more threads than cores the rest begin when they get a core.

use std::time::Duration;

use super::{
    figures::{Times, human},
    peers::Call,
    team,
};

/// How far apart they may begin, for each of them. Those who spin on cores of their own see the
/// gate open within a tenth of that.
const APART: Duration = Duration::from_nanos(500);
/// Where processor time is taken, the kernel is asked for it between the gate and the call; the
/// initialisers are long there.
const WITH_CPU: u32 = 10;

/// How well the callers of many races met.
pub(crate) struct Meeting {
    /// So many have to begin within the limit.
    callers: usize,
    limit: Duration,
    /// How far apart they began in the races that count.
    spread: Times,
    /// The races in which they all had begun before the first had the value.
    overlapped: u64,
    counted: u64,
    left_out: u64,
}

impl Meeting {
    pub(crate) fn of(threads: usize, with_cpu: bool) -> Self {
        let callers = threads.min(team::cores());
        let asked = if with_cpu { WITH_CPU } else { 1 };
        Self {
            callers,
            limit: APART * callers as u32 * asked,
            spread: Times::new(),
            overlapped: 0,
            counted: 0,
            left_out: 0,
        }
    }

    /// Takes in one race; whether it counts.
    pub(crate) fn counts(&mut self, calls: &[Call]) -> bool {
        let mut starts: Vec<_> = calls.iter().map(|call| call.start).collect();
        starts.sort_unstable();
        let done = calls.iter().map(|call| call.start + call.latency).min();
        let (Some(first), Some(done)) = (starts.first(), done) else {
            return false;
        };
        let last = starts[self.callers - 1];
        if last - *first > self.limit {
            self.left_out += 1;
            return false;
        }
        self.spread.add(last - *first);
        self.overlapped += u64::from(last < done);
        self.counted += 1;
        true
    }

    /// For above a table.
    pub(crate) fn describe(&self) -> String {
        let Self { callers, limit, .. } = self;
        let (spread, most) = (self.spread.at(0.5) as f64, self.spread.at(0.99) as f64);
        let overlapped = share(self.overlapped, self.counted);
        let left_out = share(self.left_out, self.left_out + self.counted);
        let busy = if left_out > 40.0 {
            " (is the machine busy?)"
        } else {
            ""
        };
        format!(
            "{callers} callers begin within {} of one another (p50; p99 {}), in {overlapped:.0} % of the races before the first has the value\n\
            left out: {left_out:.1} % of the races, where they began more than {limit:?} apart{busy}",
            human(spread),
            human(most),
        )
    }
}

fn share(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
