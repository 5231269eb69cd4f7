//! `PerThread`: a value is its thread's alone, and goes with it.

mod own;
mod units;

use std::sync::Arc;

use onset::{AccessError, PerThread};

use self::own::Own;
use crate::{
    dice::Dice,
    exits,
    faults::{self, Allowed, Closure},
    hand,
    options::Plant,
    room::{Context, Room, Setting, Slots},
    tally::Tally,
    values::{Kept, Record},
};

type Init = Box<dyn Fn() -> Own + Send + Sync>;

struct Place {
    values: PerThread<Own, Init>,
}

struct PerThreads(Slots<Place>);

fn place(record: &Arc<Record>) -> Place {
    let record = Arc::clone(record);
    Place {
        values: PerThread::new(Box::new(move || Own::new(&record))),
    }
}

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    let make = move || Kept::new(setting.tally, place).lingering(setting.lingering);
    Box::new(PerThreads(Slots::new(3, 600, make)))
}

impl Room for PerThreads {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        if dice.one_in(1000) {
            return self.iterate(dice, context);
        }
        let object = self.0.pick(dice);
        let closure = Closure::draw(dice);
        match dice.below(24) {
            0..3 => units::unit(&object, dice, context),
            3 => for_each(&object, closure, context),
            4 => remove(&object, context),
            5 => recurse(&object, closure, context),
            6 => {
                context.doing("len");
                // How many threads there are is not known here.
                let _ = object.values.len();
            }
            7 if dice.one_in(8) => leave_for_exit(object, context.tally),
            _ => with(&object, closure, context),
        }
    }

    fn check(&self, context: &Context<'_>) {
        let closure = Closure::draw_reliable(&mut Dice::of(0, 0, 0));
        self.0.each(|object| for_each(object, closure, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

impl PerThreads {
    /// Takes an object away from the others, if they let go of it, and visits all values.
    fn iterate(&self, dice: &mut Dice, context: &Context<'_>) {
        context.doing("iter_mut");
        let Some(mut object) = self.0.remove(dice).and_then(Arc::into_inner) else {
            return;
        };
        let stall = Closure::draw_reliable(dice);
        object.with_mut(|place| {
            let mut values = place.values.iter_mut();
            let number = values.len();
            let seen = values.by_ref().map(|own| own.check()).count();
            context.require(
                seen == number,
                "as many values as it says",
                format_args!("{seen} of {number}"),
            );
            let _ = stall.pass(context.tally);
        });
        match dice.below(3) {
            0 => faults::contained(context.tally, || {
                object.with_mut(|place| place.values.clear());
            }),
            1 => {
                let values = object.take().map(|place| place.values);
                faults::contained(context.tally, || {
                    values.into_iter().flatten().for_each(drop);
                });
            }
            _ => {}
        }
    }
}

fn with(object: &Kept<Place>, closure: Closure, context: &Context<'_>) {
    context.doing("with");
    let with = || {
        object.values.with(|own| {
            own.check_owner();
            // The same one further down.
            object.values.with(|again| {
                context.require(
                    std::ptr::eq(own, again),
                    "a thread has one value",
                    format_args!("another one further down the stack"),
                );
            });
        });
    };
    let outcome = context.caught(Allowed::Nothing, || hand::closure(closure, with));
    if outcome.is_ok() && context.planting.now(Plant::ForeignThread) {
        object.values.with(Own::check_as_another_thread);
    }
}

fn for_each(object: &Kept<Place>, closure: Closure, context: &Context<'_>) {
    context.doing("for_each");
    let mut visited = 0;
    // It may panic, and has stalled before: who wants to remove his value waits for it.
    let visit = || {
        object.values.for_each(|own| {
            own.check();
            visited += 1;
            if visited == 3 {
                let _ = closure.pass(context.tally);
            }
        });
    };
    let _ = context.caught(Allowed::Nothing, visit);
}

fn remove(object: &Kept<Place>, context: &Context<'_>) {
    context.doing("remove");
    let remove = || {
        if let Some(own) = object.values.remove() {
            own.check_owner();
        }
    };
    let _ = context.caught(Allowed::Nothing, remove);
}

/// The initialiser asks for the value.
fn recurse(object: &Arc<Kept<Place>>, closure: Closure, context: &Context<'_>) {
    context.doing("with, from within the initialiser");
    let inner = Arc::clone(object);
    let tally = context.tally;
    let action = move || {
        inner.values.with(Own::check_owner);
        tally.violation("recursion panics", format_args!("it returned"));
    };
    let with = || hand::closure(closure, || object.values.with(Own::check_owner));
    let _ = context.caught(Allowed::Recursion, || hand::action(action, with));
}

/// The value is used while the thread is torn down.
fn leave_for_exit(object: Arc<Kept<Place>>, tally: &'static Tally) {
    exits::at_exit(move || {
        let found = faults::caught(tally, Allowed::Nothing, || {
            object.values.try_with(Own::check_owner)
        });
        tally.require(
            !matches!(found, Ok(Err(AccessError::InUse))),
            "nothing is in use at a thread's exit",
            format_args!("a value is"),
        );
    });
}
