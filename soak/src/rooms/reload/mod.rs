//! `Reload`: kept up to date with a world that changes, breaks and is mended.

mod file;
mod memory;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use onset::{Guard, LoadError, Reload, Source, Stale};

pub(crate) use self::{
    file::{File, directory},
    memory::Memory,
};
use crate::{
    dice::Dice,
    faults::{Allowed, Closure},
    hand,
    options::Plant,
    room::{Context, Room, Setting, Slots},
    values::{Kept, Record, Value},
};

/// What is loaded.
pub(crate) struct Version {
    value: Value,
    /// Which version of the world it is: these only go up.
    number: u64,
}

/// What happens to the world outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// There is a newer version.
    Changed,
    /// There is something that cannot be loaded.
    Broken,
    /// There is nothing.
    Gone,
}

/// A source with its world.
pub(crate) trait World:
    Source<Value = Version, Stamp: Send + Sync, Error: Send + Sync> + Send + Sync + 'static
{
    fn new(record: &Arc<Record>) -> Self;

    /// Makes it happen.
    fn happen(&self, event: Event);

    /// The version that the world has.
    fn number(&self) -> u64;
}

struct Place<W: World> {
    reload: Reload<W>,
    /// Generation and version number of the newest value that anybody saw, packed in this order.
    newest: AtomicU64,
}

struct Reloads<W: World>(Slots<Place<W>>);

/// The room's objects differ by their number.
fn place<W: World>(record: &Arc<Record>, number: u64) -> Place<W> {
    let stale = [Stale::Serve, Stale::Wait][number as usize % 2];
    let every = [0, 100, 2000][number as usize % 3];
    Place {
        reload: Reload::new(W::new(record))
            .check_every(Duration::from_micros(every))
            .back_off(Duration::from_millis(1))
            .stale(stale),
        newest: AtomicU64::new(0),
    }
}

pub(crate) fn room<W: World>(setting: Setting) -> Box<dyn Room> {
    let numbers = AtomicU64::new(0);
    let make = move || {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let place = |record: &_| place::<W>(record, number);
        Kept::new(setting.tally, place).lingering(setting.lingering)
    };
    Box::new(Reloads(Slots::new(3, 400, make)))
}

impl<W: World> Room for Reloads<W> {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        if dice.one_in(200) {
            return self.mended(dice, context);
        }
        let object = self.0.pick(dice);
        let closure = Closure::draw(dice);
        let visit = Visit {
            object: &object,
            context,
        };
        let operate = || match dice.below(40) {
            0 | 1 => visit.change(Event::Changed),
            2 => visit.change(Event::Broken),
            3 => visit.change(Event::Gone),
            4 => visit.invalidate(),
            5 => status(&object, context),
            6 => visit.recurse(),
            _ => visit.get(),
        };
        let with_closure = || hand::with(&object.record, closure, operate);
        // What was caught was asked for, or reported.
        let _ = context.caught(Allowed::Nothing, with_closure);
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| status(object, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

impl<W: World> Reloads<W> {
    /// Takes an object away from the others, if they let go of it: once its world is mended and
    /// what is known of it forgotten, the next look has to find it.
    fn mended(&self, dice: &mut Dice, context: &Context<'_>) {
        context.doing("get of what is mended");
        let Some(object) = self.0.remove(dice).and_then(Arc::into_inner) else {
            return;
        };
        let closure = Closure::draw_reliable(dice);
        let number = || {
            object.reload.source().happen(Event::Changed);
            object.reload.invalidate();
            let number = object.reload.get().ok().map(|guard| guard.number);
            number == Some(object.reload.source().number())
        };
        let found = || hand::with(&object.record, closure, number);
        // A destructor may panic: then nobody knows what it would have found.
        let found = context.caught(Allowed::Nothing, found).unwrap_or(true);
        context.require(
            found,
            "what is mended is loaded",
            format_args!("it is not the newest version"),
        );
    }
}

struct Visit<'v, W: World> {
    object: &'v Arc<Kept<Place<W>>>,
    context: &'v Context<'v>,
}

impl<W: World> Visit<'_, W> {
    fn reload(&self) -> &Reload<W> {
        &self.object.reload
    }

    fn change(&self, event: Event) {
        self.context.doing("a change of the world");
        self.reload().source().happen(event);
    }

    fn invalidate(&self) {
        self.context.doing("invalidate");
        self.reload().invalidate();
    }

    fn get(&self) {
        self.context.doing("get");
        let newest = self.object.newest.load(Ordering::Acquire);
        match self.reload().get() {
            Ok(guard) => self.saw(newest, &guard),
            Err(error) => self.failed(newest, &error),
        }
    }

    fn saw(&self, newest: u64, guard: &Guard<'_, Version>) {
        guard.value.id();
        let generation = Guard::generation(guard);
        let mut number = guard.number;
        if number > 1 && newest > 0 && self.context.planting.now(Plant::OldWorld) {
            number = 0;
        }
        self.context.require(
            generation >= newest >> 32 && number >= newest & u64::from(u32::MAX),
            "nobody goes back to an older world",
            format_args!(
                "generation {generation} with version {number}, after generation {} with version {}",
                newest >> 32,
                newest as u32
            ),
        );
        let own = generation << 32 | number;
        self.object.newest.fetch_max(own, Ordering::Release);
    }

    fn failed(&self, newest: u64, error: &LoadError<W::Error>) {
        let why = match error {
            LoadError::Failed(_) => "a failure",
            LoadError::Panicked(_) => "a panic",
        };
        self.context.require(
            newest == 0,
            "once there is a value there is no error",
            format_args!("{why} after generation {}", newest >> 32),
        );
    }

    /// The source asks for the value while it loads.
    fn recurse(&self) {
        self.context.doing("get, from within the source");
        let inner = Arc::clone(self.object);
        let action = move || drop(inner.reload.get());
        hand::action(action, || self.get());
    }
}

fn status<W: World>(object: &Place<W>, context: &Context<'_>) {
    context.doing("status");
    let status = object.reload.status();
    context.require(
        status.error.is_some() == (status.failures > 0),
        "a failure has a reason",
        format_args!("{} failures", status.failures),
    );
    // The first value is published a moment before that is remembered.
    context.require(
        status.loaded.is_some() == (status.generation > 0) || status.generation == 1,
        "what was loaded was loaded at some time",
        format_args!("generation {}", status.generation),
    );
}
