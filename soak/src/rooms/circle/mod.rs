//! Initialisers that need each other: circles are broken, and nobody hangs.

mod duel;
mod node;

use std::sync::{Arc, Mutex};

use self::{duel::Duel, node::Node};
use super::sight::Sight;
use crate::{
    dice::Dice,
    faults::{Allowed, Closure},
    hand,
    room::{Context, Room, Setting, Slots},
    values::Kept,
};

const NODES: usize = 4;

/// Nodes of all kinds, which workers ask for one from within the other in any order.
struct Tangle {
    nodes: [Node; NODES],
    sights: [Sight; NODES],
}

struct Circles {
    tangles: Slots<Tangle>,
    /// Who waits for somebody to meet.
    lobby: Mutex<Option<Arc<Kept<Duel>>>>,
    setting: Setting,
}

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    let kinds = std::sync::atomic::AtomicUsize::new(0);
    let make = move || {
        let first = kinds.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let tangle = |_: &_| Tangle {
            nodes: std::array::from_fn(|n| Node::of_kind(first + n * (1 + first % 2))),
            sights: Default::default(),
        };
        Kept::new(setting.tally, tangle).lingering(setting.lingering)
    };
    Box::new(Circles {
        tangles: Slots::new(3, 12, make),
        lobby: Mutex::new(None),
        setting,
    })
}

impl Room for Circles {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        if dice.one_in(4) {
            return duel::fight(&self.lobby, self.setting, dice, context);
        }
        context.doing("initialisers from within each other");
        let tangle = self.tangles.pick(dice);
        let first = dice.index(NODES);
        // One way round or the other.
        let step = [1, NODES - 1][dice.index(2)];
        let links = 1 + dice.index(NODES);
        let chain = Chain {
            tangle,
            step,
            closure: Closure::draw(dice),
        };
        // What was caught was asked for, or reported.
        let _ = context.caught(Allowed::Cycle, || chain.ask(first, links));
    }

    /// The watchdog does the looking.
    fn check(&self, _: &Context<'_>) {}

    fn close(&self) {
        self.tangles.close();
        let waiting = self.lobby.lock().map(|mut lobby| lobby.take());
        drop(waiting);
    }
}

#[derive(Clone)]
struct Chain {
    tangle: Arc<Kept<Tangle>>,
    step: usize,
    closure: Closure,
}

impl Chain {
    /// Asks for a node, whose initialiser asks for the next one, and so on.
    fn ask(&self, node: usize, links: usize) {
        let next = self.clone();
        let action = move || {
            if links > 1 {
                next.ask((node + next.step) % NODES, links - 1);
            }
        };
        let Self {
            tangle, closure, ..
        } = self;
        let found = hand::with(&tangle.record, *closure, || {
            hand::action(action, || tangle.nodes[node].ask())
        });
        if let Ok(id) = found {
            tangle.sights[node].saw_id(tangle.record.tally, id);
        }
    }
}
