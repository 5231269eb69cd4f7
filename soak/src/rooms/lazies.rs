//! Values with their initialiser beside them: `Lazy` and `TryLazy`.

use onset::{InitCell, Lazy, TryLazy};

use super::{cells::Policy, sight::Sight};
use crate::{
    dice::Dice,
    faults::{Allowed, Closure, Failed},
    hand,
    room::{Context, Room, Setting, Slots},
    values::Value,
};

struct Place<C: InitCell> {
    lazy: Lazy<Value, C>,
    try_lazy: TryLazy<Value, Failed, C>,
    sights: [Sight; 2],
}

struct Lazies<C: InitCell>(Slots<Place<C>>);

pub(crate) fn room<C: Policy>(setting: Setting) -> Box<dyn Room> {
    Box::new(Lazies(Slots::of(setting, 2, 12, |_| Place::<C> {
        lazy: Lazy::new(hand::run_or_panic),
        try_lazy: TryLazy::new(hand::run),
        sights: Default::default(),
    })))
}

impl<C: Policy> Room for Lazies<C> {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        let [of_lazy, of_try_lazy] = &object.sights;
        let (which, closure) = (dice.below(4), Closure::draw(dice));
        let saw = |sight: &Sight, value: Option<&Value>| {
            value.into_iter().for_each(|v| sight.saw(context.tally, v));
        };
        let with = |f: &mut dyn FnMut()| {
            let run = || hand::with(&object.record, closure, &mut *f);
            // What was caught was asked for, or reported.
            let _ = context.caught(Allowed::Nothing, run);
        };
        match which {
            0 => peek(&object, context),
            1 => {
                context.doing("TryLazy::get");
                with(&mut || saw(of_try_lazy, object.try_lazy.get().ok()));
            }
            _ => {
                context.doing("Lazy::force");
                with(&mut || saw(of_lazy, Some(&object.lazy)));
            }
        }
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| peek(object, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

fn peek<C: Policy>(object: &Place<C>, context: &Context<'_>) {
    context.doing("Lazy::get, TryLazy::peek");
    let found = [Lazy::get(&object.lazy), object.try_lazy.peek()];
    for (sight, value) in object.sights.iter().zip(found) {
        value.into_iter().for_each(|v| sight.saw(context.tally, v));
    }
}
