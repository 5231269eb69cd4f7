//! `TakeCell`: one of all who ask gets the value.

use std::sync::atomic::{AtomicU64, Ordering};

use onset::TakeCell;

use crate::{
    dice::Dice,
    faults::{self, Closure},
    options::Plant,
    room::{Context, Room, Setting, Slots},
    values::Value,
};

struct Place {
    cell: TakeCell<Value>,
    taken: AtomicU64,
}

struct Taking(Slots<Place>);

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    Box::new(Taking(Slots::of(setting, 2, 12, |record| Place {
        cell: TakeCell::new(record.bomb()),
        taken: AtomicU64::new(0),
    })))
}

impl Room for Taking {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        // Long enough for others to arrive, if not for most of the objects' lives.
        if !dice.one_in(8) {
            return look(&object, context);
        }
        context.doing("take_value");
        faults::contained(context.tally, || {
            let _ = Closure::draw_reliable(dice).pass(context.tally);
        });
        let taken = object.cell.take_value();
        let again = taken.is_some() && context.planting.now(Plant::TakenTwice);
        for _ in 0..u32::from(taken.is_some()) + u32::from(again) {
            let times = object.taken.fetch_add(1, Ordering::AcqRel);
            context.require(
                times == 0,
                "taken once",
                format_args!("it was taken before"),
            );
        }
        faults::contained(context.tally, || drop(taken));
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| look(object, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

fn look(object: &Place, context: &Context<'_>) {
    context.doing("is_taken");
    let taken = object.taken.load(Ordering::Acquire);
    context.require(
        taken == 0 || object.cell.is_taken(),
        "what was taken is gone",
        format_args!("`is_taken` says that it is there"),
    );
}
