//! A circle that is sure to close: two or three threads compute a node each, meet, and then ask for
//! the next one's. Exactly one of them panics.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::node::{KINDS, Node};
use crate::{
    dice::Dice,
    faults::{Allowed, Caught, Closure},
    hand,
    options::Plant,
    room::{Context, Setting},
    values::Kept,
};

/// So long somebody waits in the lobby for the others.
const PATIENCE: Duration = Duration::from_millis(5);

#[derive(Default)]
struct State {
    /// Who has a node.
    seated: usize,
    /// Who computes it.
    arrived: usize,
    /// Not everybody came in time.
    void: bool,
    panicked: usize,
    finished: usize,
}

pub(super) struct Duel {
    nodes: Vec<Node>,
    state: Mutex<State>,
    all_there: Condvar,
}

impl Duel {
    fn new(dice: &mut Dice) -> Self {
        let size = 2 + dice.index(2);
        Self {
            nodes: (0..size)
                .map(|_| Node::of_kind(dice.index(KINDS)))
                .collect(),
            state: Mutex::default(),
            all_there: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the others; `false` if they don't come.
    fn meet(&self) -> bool {
        let mut state = self.state();
        state.arrived += 1;
        if state.arrived == self.nodes.len() {
            self.all_there.notify_all();
        }
        let missing = |state: &mut State| state.arrived < self.nodes.len() && !state.void;
        let (mut state, _) = self
            .all_there
            .wait_timeout_while(state, PATIENCE, missing)
            .unwrap_or_else(PoisonError::into_inner);
        if state.arrived < self.nodes.len() {
            state.void = true;
            self.all_there.notify_all();
        }
        !state.void
    }

    /// The last one judges.
    fn finish(&self, panicked: bool, context: &Context<'_>) {
        let planted = panicked && context.planting.now(Plant::TwoPanics);
        let mut state = self.state();
        state.panicked += usize::from(panicked) + usize::from(planted);
        state.finished += 1;
        if state.finished < self.nodes.len() {
            return;
        }
        let expected = usize::from(!state.void);
        context.require(
            state.panicked == expected,
            "of a circle exactly one panics",
            format_args!("{} of {} do", state.panicked, self.nodes.len()),
        );
    }
}

/// A place at a duel that somebody opened, or a duel of one's own.
fn take_seat(
    lobby: &Mutex<Option<Arc<Kept<Duel>>>>,
    setting: Setting,
    dice: &mut Dice,
) -> (Arc<Kept<Duel>>, usize) {
    let mut waiting = lobby.lock().unwrap_or_else(PoisonError::into_inner);
    let duel = waiting.take().unwrap_or_else(|| {
        let duel = Kept::new(setting.tally, |_| Duel::new(dice));
        Arc::new(duel.lingering(setting.lingering))
    });
    let seat = {
        let mut state = duel.state();
        state.seated += 1;
        state.seated - 1
    };
    if seat + 1 < duel.nodes.len() {
        *waiting = Some(Arc::clone(&duel));
    }
    (duel, seat)
}

pub(super) fn fight(
    lobby: &Mutex<Option<Arc<Kept<Duel>>>>,
    setting: Setting,
    dice: &mut Dice,
    context: &Context<'_>,
) {
    context.doing("a circle that is sure to close");
    let (duel, seat) = take_seat(lobby, setting, dice);
    let closure = Closure::draw_reliable(dice);
    let others = Arc::clone(&duel);
    let action = move || {
        if others.meet() {
            let next = &others.nodes[(seat + 1) % others.nodes.len()];
            // Who waits for a `Reload` that fails gets its error.
            let _ = hand::with(&others.record, closure, || next.ask());
        }
    };
    let own = || hand::action(action, || duel.nodes[seat].ask());
    let asked = context.caught(Allowed::Cycle, || hand::with(&duel.record, closure, own));
    duel.finish(asked.and_then(|found| found) == Err(Caught::Cycle), context);
}
