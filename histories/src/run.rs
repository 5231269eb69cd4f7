//! Rounds of one subject, judged.

use std::{fmt, ops::AddAssign};

use crate::{
    checker::linearize,
    history::overlaps,
    pool::Pool,
    record::{HistoryOf, record},
    subject::Subject,
    timeline::timeline,
};

/// How many rounds are planned, recorded and judged in one go.
const GO: usize = 256;

/// What was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many histories.
    pub histories: usize,
    /// How many operations they have together.
    pub operations: usize,
    /// How many histories have operations that overlap.
    pub overlapping: usize,
}

impl Tally {
    /// Which part of the histories has operations that overlap: the others prove nothing.
    #[must_use]
    pub fn overlap(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a share, shown with one digit")]
        let share = self.overlapping as f64 / self.histories.max(1) as f64;
        share
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.histories += other.histories;
        self.operations += other.operations;
        self.overlapping += other.overlapping;
    }
}

/// A history that no order of its operations explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Whose it is.
    pub subject: &'static str,
    /// Which round it was, counted from one.
    pub round: usize,
    /// What happened when.
    pub timeline: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            round,
            timeline,
        } = self;
        write!(
            f,
            "{subject}: no order of the operations of round {round} explains it\n{timeline}"
        )
    }
}

/// Judges so many rounds of a subject, up to the first that is not linearizable. `progress` hears
/// after every go how many there were.
pub fn run<S: Subject>(
    pool: &Pool,
    rounds: usize,
    seed: u64,
    progress: &mut dyn FnMut(usize),
) -> (Tally, Option<Violation>) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut tally = Tally::default();
    while tally.histories < rounds {
        let go = GO.min(rounds - tally.histories);
        for history in record::<S>(pool, go, &mut dice) {
            tally += count::<S>(&history);
            if linearize(&S::Model::default(), &history).is_none() {
                let violation = Violation {
                    subject: S::NAME,
                    round: tally.histories,
                    timeline: timeline(&history),
                };
                return (tally, Some(violation));
            }
        }
        progress(tally.histories);
    }
    (tally, None)
}

fn count<S: Subject>(history: &HistoryOf<S>) -> Tally {
    Tally {
        histories: 1,
        operations: history.len(),
        overlapping: usize::from(overlaps(history)),
    }
}
