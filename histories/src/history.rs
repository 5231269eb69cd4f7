//! What happened in one round, and what came before what.

use std::time::Duration;

/// One operation that a thread called and that returned.
#[derive(Clone, Debug)]
pub struct Event<Op, Outcome> {
    /// Which thread called it.
    pub thread: usize,
    /// What was called.
    pub op: Op,
    /// What it returned.
    pub outcome: Outcome,
    /// When it was called, or a little earlier.
    pub called: Duration,
    /// When it had returned, or a little later.
    pub returned: Duration,
}

/// The events of a round; those of one thread stand in the order in which the thread called them.
pub type History<Op, Outcome> = Vec<Event<Op, Outcome>>;

/// How many events a history may have: a set of them is a word.
pub const MOST_EVENTS: usize = 64;

/// Events by their place in the history, one bit each.
pub type Set = u64;

/// For each event, those that were over before it began.
///
/// Equal stamps overlap: the clock may be too coarse to tell. What one thread did is in order
/// whatever its stamps say.
///
/// # Panics
///
/// If there are more than [`MOST_EVENTS`].
#[must_use]
pub fn predecessors<Op, Outcome>(history: &[Event<Op, Outcome>]) -> Vec<Set> {
    assert!(
        history.len() <= MOST_EVENTS,
        "a history of {} events: at most {MOST_EVENTS} can be checked, so record shorter rounds",
        history.len()
    );
    let precedes = |(i, a): (usize, &Event<Op, Outcome>), j: usize| {
        let b = &history[j];
        a.returned < b.called || (a.thread == b.thread && i < j)
    };
    (0..history.len())
        .map(|j| {
            let before = history.iter().enumerate().filter(|&a| precedes(a, j));
            before.fold(0, |set, (i, _)| set | 1 << i)
        })
        .collect()
}

/// Whether two operations ran at the same time, so that their order was open.
#[must_use]
pub fn overlaps<Op, Outcome>(history: &[Event<Op, Outcome>]) -> bool {
    let before = predecessors(history);
    (0..before.len()).any(|j| (0..j).any(|i| before[j] >> i & 1 == 0 && before[i] >> j & 1 == 0))
}
