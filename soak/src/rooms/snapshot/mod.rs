//! `SnapshotCell`: replaced as a whole, and nobody goes back.

mod history;
mod writing;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use onset::{Guard, SnapshotCell};

use self::history::History;
use crate::{
    dice::Dice,
    exits,
    faults::{self, Allowed, Closure},
    hand,
    options::Plant,
    room::{Context, Room, Setting, Slots},
    values::{Kept, Record, Value},
};

/// What is published.
struct Version {
    value: Value,
    /// How many updates led to it, where there are nothing but updates.
    updates: u64,
}

struct Place {
    cell: SnapshotCell<Version>,
    history: History,
    /// Where there are nothing but updates: how many there were.
    updates: Option<AtomicU64>,
    record: Arc<Record>,
}

impl Drop for Place {
    /// No update is lost.
    fn drop(&mut self) {
        let Some(updates) = &mut self.updates else {
            return;
        };
        // Without a load of this thread's own: that would compute a lazy cell's first value.
        let (updates, generation) = (*updates.get_mut(), self.cell.generation());
        self.record.tally.require(
            generation == updates + 1 || (generation, updates) == (0, 0),
            "no update is lost",
            format_args!("{updates} updates led to generation {generation}"),
        );
    }
}

struct Snapshots(Slots<Place>);

fn first() -> Version {
    Version {
        value: hand::run_or_panic(),
        updates: 0,
    }
}

/// The room's objects differ by their number.
fn place(record: &Arc<Record>, number: u64) -> Place {
    let full = || Version {
        value: record.value(),
        updates: 0,
    };
    Place {
        cell: match number % 3 {
            0 => SnapshotCell::new(full()),
            _ => SnapshotCell::lazy(first),
        },
        history: History::default(),
        updates: (number % 2 == 0).then(|| AtomicU64::new(0)),
        record: Arc::clone(record),
    }
}

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    let numbers = AtomicU64::new(0);
    let make = move || {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        Kept::new(setting.tally, |record| place(record, number)).lingering(setting.lingering)
    };
    Box::new(Snapshots(Slots::new(4, 300, make)))
}

impl Room for Snapshots {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        let mut closure = Closure::draw(dice);
        if object.updates.is_some() {
            // A destructor that panics after the publication would hide that it took place.
            closure = closure.without_bomb();
        }
        let visit = Visit {
            object: &object,
            context,
        };
        let operate = || match dice.below(24) {
            0 if object.updates.is_none() => visit.write(dice),
            0..3 => visit.update(closure),
            3 => visit.wait(dice),
            4 => visit.read(dice),
            5 => visit.keep(dice),
            6 => visit.recurse(),
            7 if dice.one_in(8) => leave_for_exit(Arc::clone(&object)),
            _ => visit.load(),
        };
        let with_closure = || hand::with(&object.record, closure, operate);
        // What was caught was asked for, or reported.
        let _ = context.caught(Allowed::Nothing, with_closure);
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| {
            let newest = object.history.newest();
            let generation = object.cell.generation();
            context.require(
                generation >= newest,
                "generations never go back",
                format_args!("generation {generation} after {newest}"),
            );
        });
    }

    fn close(&self) {
        self.0.close();
    }
}

struct Visit<'v> {
    object: &'v Arc<Kept<Place>>,
    context: &'v Context<'v>,
}

impl Visit<'_> {
    fn cell(&self) -> &SnapshotCell<Version> {
        &self.object.cell
    }

    fn load(&self) {
        self.context.doing("load");
        let mut newest = self.object.history.newest();
        let guard = self.cell().load();
        let generation = Guard::generation(&guard);
        if self.context.planting.now(Plant::GoneBack) {
            newest = generation + 1;
        }
        let history = &self.object.history;
        history.saw(self.context.tally, newest, generation, &guard);
    }

    /// A guard that is held for a while keeps what it has.
    fn keep(&self, dice: &mut Dice) {
        self.context.doing("load, load_full, held");
        let (guard, arc) = (self.cell().load(), self.cell().load_full());
        let ids = [guard.value.id(), arc.value.id()];
        let _ = Closure::draw_reliable(dice).pass(self.context.tally);
        self.context.require(
            ids == [guard.value.id(), arc.value.id()],
            "a guard keeps its snapshot",
            format_args!("{ids:?} before"),
        );
        // One after the other: the destructor of either may panic.
        drop(guard);
        drop(arc);
    }

    fn read(&self, dice: &mut Dice) {
        self.context.doing("Reader::load");
        let mut reader = self.cell().reader();
        for _ in 0..3 {
            let newest = self.object.history.newest();
            let version = std::ptr::from_ref(reader.load());
            let generation = reader.generation();
            let arc = reader.to_arc();
            self.context.require(
                std::ptr::eq(version, &raw const *arc),
                "a reader has one snapshot",
                format_args!("two at generation {generation}"),
            );
            let history = &self.object.history;
            history.saw(self.context.tally, newest, generation, &arc);
            let _ = Closure::draw_reliable(dice).pass(self.context.tally);
            drop(arc);
        }
    }

    fn wait(&self, dice: &mut Dice) {
        self.context.doing("wait_for_change, with a timeout");
        let newest = self.object.history.newest();
        let seen = self.cell().generation();
        let timeout = Duration::from_micros(dice.below(1500));
        let found = self.cell().wait_for_change(seen, timeout);
        self.context.require(
            seen >= newest && found.is_none_or(|found| found > seen),
            "generations never go back",
            format_args!("{found:?} after {seen} after {newest}"),
        );
    }

    /// A lazy cell's initialiser loads the cell.
    fn recurse(&self) {
        self.context.doing("load, from within the initialiser");
        let (inner, tally) = (Arc::clone(self.object), self.context.tally);
        let action = move || {
            let before = inner.cell.generation();
            drop(inner.cell.load());
            // Unless somebody has stored a value meanwhile.
            tally.require(
                before > 0 || inner.updates.is_none(),
                "recursion panics",
                format_args!("it returned"),
            );
        };
        let load = || drop(self.cell().load());
        let _ = self
            .context
            .caught(Allowed::Recursion, || hand::action(action, load));
    }
}

/// The cell is loaded while the thread is torn down.
fn leave_for_exit(object: Arc<Kept<Place>>) {
    exits::at_exit(move || {
        let tally = object.record.tally;
        faults::contained(tally, || {
            // Otherwise it would be computed, by an initialiser that nobody handed anything over.
            if object.cell.generation() > 0 {
                object.cell.load().value.id();
            }
        });
    });
}
