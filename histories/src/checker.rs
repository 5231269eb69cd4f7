//! Whether a history is linearizable: whether its operations can be put into one order, in which
//! each one takes effect at some moment between its call and its return, and which a sequential
//! model would have answered in the same way (Herlihy and Wing 1990).
//!
//! The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993): take any
//! operation that nothing outstanding precedes, let the model do it, go on with the rest, and step
//! back where the model refuses. With Lowe's memory ("Testing for linearizability", 2017): two
//! paths that did the same operations and left the model in the same state have the same future, so
//! the second one is not followed.

use std::{collections::HashSet, hash::Hash};

use crate::history::{Event, Set, predecessors};

/// What an object ought to do if one operation ran at a time.
pub trait Model: Clone + Eq + Hash {
    /// What can be called.
    type Op;
    /// What it may return.
    type Outcome;

    /// The state after `op` returned `outcome`; `None` if it could not have returned that.
    #[must_use]
    fn step(&self, op: &Self::Op, outcome: &Self::Outcome) -> Option<Self>;
}

/// The events of a history for a model.
pub type EventOf<M> = Event<<M as Model>::Op, <M as Model>::Outcome>;

/// An order of the events, by their places in the history, that explains it; `None` if there is
/// none.
///
/// # Panics
///
/// If there are more than [`MOST_EVENTS`](crate::history::MOST_EVENTS).
#[must_use]
pub fn linearize<M: Model>(initial: &M, history: &[EventOf<M>]) -> Option<Vec<usize>> {
    let mut search = Search {
        before: predecessors(history),
        history,
        seen: HashSet::new(),
        order: Vec::with_capacity(history.len()),
    };
    search.go_on(0, initial).then_some(search.order)
}

struct Search<'a, M: Model> {
    history: &'a [EventOf<M>],
    before: Vec<Set>,
    /// Which operations were done, and what that made of the model.
    seen: HashSet<(Set, M)>,
    order: Vec<usize>,
}

impl<M: Model> Search<'_, M> {
    /// Whether what is not `done` can follow `state`; if so, `order` is complete.
    fn go_on(&mut self, done: Set, state: &M) -> bool {
        if self.order.len() == self.history.len() {
            return true;
        }
        for next in 0..self.history.len() {
            let is_open = done >> next & 1 == 0 && self.before[next] & !done == 0;
            if is_open && self.try_next(next, done, state) {
                return true;
            }
        }
        false
    }

    fn try_next(&mut self, next: usize, done: Set, state: &M) -> bool {
        let event = &self.history[next];
        let Some(state) = state.step(&event.op, &event.outcome) else {
            return false;
        };
        let done = done | 1 << next;
        if !self.seen.insert((done, state.clone())) {
            return false;
        }
        self.order.push(next);
        if self.go_on(done, &state) {
            return true;
        }
        self.order.pop();
        false
    }
}

#[cfg(test)]
mod tests;
