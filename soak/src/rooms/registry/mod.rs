//! `Registry`: what is registered stays, snapshots never change, batches are whole.

mod looking;
mod writing;

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use onset::{Batch, ProcessSeeded, Registry};

use super::{
    keys::{self, Key, Number, Trick},
    sight::Sight,
};
use crate::{
    dice::Dice,
    faults::{Allowed, Closure},
    hand,
    room::{Context, Room, Setting, Slots},
    values::{Kept, Record, Value},
};

/// Keys that change one by one.
const SINGLES: Range<usize> = 0..24;
/// Keys that change together, so many at a time.
const GROUPED: Range<usize> = 32..64;
const GROUP: usize = 8;
/// Keys that are there from the beginning.
const BUILTINS: Range<usize> = 100..104;

/// What is registered.
struct Entry {
    value: Value,
    /// The batch that it came with. Odd ones are doomed: nobody may ever see their entries.
    batch: u64,
    /// A version of the registry before it was registered.
    before: u64,
}

struct Place {
    registry: Registry<Key, Entry>,
    builtins: [Sight; BUILTINS.end - BUILTINS.start],
    batches: AtomicU64,
    /// The newest version that anybody has seen.
    version: AtomicU64,
}

struct Registries(Slots<Place>);

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    Box::new(Registries(Slots::of(setting, 3, 600, |_| Place {
        registry: Registry::with_builtins(load),
        builtins: Default::default(),
        batches: AtomicU64::new(0),
        version: AtomicU64::new(0),
    })))
}

/// Registers the built-ins, or panics halfway.
fn load(batch: &mut Batch<'_, Key, Entry, ProcessSeeded>) {
    let (closure, record) = hand::take();
    for number in BUILTINS {
        if number == BUILTINS.end - 1 {
            drop(closure.run_or_panic(&record));
        }
        let entry = Entry {
            value: record.value(),
            batch: 0,
            before: 0,
        };
        batch.register(Key::new(number, record.value()), entry);
    }
}

impl Room for Registries {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        if dice.one_in(1500) {
            return self.compact(dice, context);
        }
        let object = self.0.pick(dice);
        let (trick, closure) = (Trick::draw(dice), Closure::draw(dice));
        let visit = Visit {
            object: &object,
            context,
        };
        let operate = || match dice.below(16) {
            0..3 => visit.write_single(dice),
            3..6 => visit.batch(dice),
            6..8 => visit.look_over(dice),
            8 if dice.one_in(200) => visit.seal(),
            8..11 => visit.look_at_group(dice),
            _ => visit.get(dice),
        };
        let with_trick = || keys::with(trick, operate);
        let with_closure = || hand::with(&object.record, closure, with_trick);
        // What was caught was asked for, or reported.
        let _ = context.caught(Allowed::Nothing, with_closure);
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| {
            let visit = Visit { object, context };
            let mut dice = Dice::of(0, 0, 0);
            let closure = Closure::draw_reliable(&mut dice);
            hand::with(&object.record, closure, || visit.look_over(&mut dice));
        });
    }

    fn close(&self) {
        self.0.close();
    }
}

impl Registries {
    /// Takes a registry away from the others, if they let go of it, and compacts it.
    fn compact(&self, dice: &mut Dice, context: &Context<'_>) {
        context.doing("compact");
        let Some(mut object) = self.0.remove(dice).and_then(Arc::into_inner) else {
            return;
        };
        let record = Arc::clone(&object.record);
        let closure = Closure::draw_reliable(dice);
        let compact = |place: &mut Place| {
            let (before, version) = (digest(&place.registry), place.registry.version());
            place.registry.compact();
            let after = (digest(&place.registry), place.registry.version());
            context.require(
                after == (before, version),
                "compacting changes nothing",
                format_args!("{before:?} and {version}, then {after:?}"),
            );
        };
        let compact = || hand::with(&record, closure, || object.with_mut(compact));
        // A destructor may panic.
        let _ = context.caught(Allowed::Nothing, compact);
    }
}

/// What a registry holds, in short: how many entries, and which.
fn digest(registry: &Registry<Key, Entry>) -> (usize, u64) {
    looking::digest(registry.snapshot())
}

struct Visit<'v> {
    object: &'v Kept<Place>,
    context: &'v Context<'v>,
}

impl<'v> Visit<'v> {
    fn registry(&self) -> &'v Registry<Key, Entry> {
        &self.object.registry
    }

    fn record(&self) -> &'v Arc<Record> {
        &self.object.record
    }

    fn key(&self, number: usize) -> Key {
        Key::new(number, self.record().value())
    }

    fn query(&self, number: usize) -> Number {
        Number::new(number, self.context.tally)
    }

    fn entry(&self, batch: u64) -> Entry {
        Entry {
            value: self.record().value(),
            batch,
            before: self.registry().version(),
        }
    }

    /// A snapshot, which is not older than what anybody saw before.
    fn snapshot(&self) -> onset::Snapshot<'v, Key, Entry, ProcessSeeded> {
        let least = self.object.version.load(Ordering::Acquire);
        let snapshot = self.registry().snapshot();
        let version = snapshot.version();
        self.context.require(
            version >= least,
            "snapshots never go back",
            format_args!("version {version} after {least}"),
        );
        self.object.version.fetch_max(version, Ordering::Release);
        snapshot
    }
}
