//! `Pending`: each item that was added arrives exactly once.

use std::{
    collections::HashSet,
    hash::{Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use onset::Pending;

use super::keys;
use crate::{
    dice::Dice,
    faults::Allowed,
    options::Plant,
    room::{Context, Room, Setting, Slots},
    tally::Tally,
    values::{Kept, Value},
};

/// Few, so that most are waiting already.
const KINDS: usize = 24;

/// Equal to another one of its kind.
struct Item {
    kind: usize,
    value: Value,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        keys::compare(self.value.tally());
        self.kind == other.kind
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        keys::hash(self.value.tally());
        // Items that hash alike have to be compared.
        (self.kind % 8).hash(state);
    }
}

struct Place {
    tally: &'static Tally,
    pending: Pending<Item>,
    added: [AtomicU64; KINDS],
    taken: [AtomicU64; KINDS],
}

struct Waiting(Slots<Place>);

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    Box::new(Waiting(Slots::of(setting, 3, 300, |record| Place {
        tally: record.tally,
        pending: Pending::new(),
        added: [const { AtomicU64::new(0) }; KINDS],
        taken: [const { AtomicU64::new(0) }; KINDS],
    })))
}

impl Room for Waiting {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        match dice.below(8) {
            0 => take_all(&object, context),
            1 => len(&object, context),
            _ => add(&object, dice, context),
        }
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| len(object, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

fn len(object: &Place, context: &Context<'_>) {
    context.doing("len");
    let len = object.pending.len();
    context.require(
        len <= KINDS,
        "no two equal items wait",
        format_args!("{len} of {KINDS} kinds wait"),
    );
}

fn add(object: &Kept<Place>, dice: &mut Dice, context: &Context<'_>) {
    context.doing("add");
    let kind = dice.index(KINDS);
    let item = Item {
        kind,
        value: object.record.value(),
    };
    // Counted before, because somebody may take it at once; and back if it was not added.
    object.added[kind].fetch_add(1, Ordering::Relaxed);
    let trick = keys::Trick::draw(dice);
    let added = context.caught(Allowed::Nothing, || {
        keys::with(trick, || object.pending.add(item))
    });
    if !matches!(added, Ok(true)) {
        object.added[kind].fetch_sub(1, Ordering::Relaxed);
    }
}

fn take_all(object: &Kept<Place>, context: &Context<'_>) {
    context.doing("take_all");
    let mut items = object.pending.take_all();
    let mut kinds = HashSet::new();
    if !items.is_empty() && context.planting.now(Plant::LostItem) {
        items.pop();
    }
    for item in &items {
        item.value.id();
        context.require(
            kinds.insert(item.kind),
            "no two equal items wait",
            format_args!("kind {} waited twice", item.kind),
        );
        object.taken[item.kind].fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    /// Nobody adds or takes any more.
    fn drop(&mut self) {
        let rest = self.pending.take_all();
        for item in &rest {
            *self.taken[item.kind].get_mut() += 1;
        }
        let counts = self.added.iter_mut().zip(&mut self.taken);
        for (kind, (added, taken)) in counts.enumerate() {
            let [added, taken] = [*added.get_mut(), *taken.get_mut()];
            self.tally.require(
                added == taken,
                "each item arrives once",
                format_args!("of kind {kind} {added} were added and {taken} taken"),
            );
        }
    }
}
