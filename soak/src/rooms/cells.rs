//! Cells behind `InitCell`: who computes differs, what is seen does not.

use std::time::Duration;

use onset::InitCell;

use super::sight::{Sight, Turns};
use crate::{
    dice::Dice,
    faults::{Allowed, Caught, Closure, Failed},
    options::Plant,
    room::{Context, Room, Setting, Slots},
    values::{Kept, Value},
};

/// What a cell promises besides.
pub(crate) trait Policy: InitCell<Value = Value> + Send + Sync + 'static {
    /// One computation at a time, and one that succeeds.
    const ONCE: bool;
    /// What an initialiser finds that asks for its own value.
    const RECURSION: Recursion;

    fn wait(&self, _: Duration) -> Option<&Value> {
        self.get()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recursion {
    /// It gets a value: its own inner one, or another thread's.
    InnerWins,
    /// It panics.
    Panics,
    /// It panics, unless somebody else has published in the meantime.
    PanicsOrFinds,
}

struct Place<C> {
    cell: C,
    sight: Sight,
    turns: Turns,
}

struct Cells<C>(Slots<Place<C>>);

pub(crate) fn room<C: Policy>(setting: Setting) -> Box<dyn Room> {
    Box::new(Cells(Slots::of(setting, 2, 12, |_| Place {
        cell: C::EMPTY,
        sight: Sight::default(),
        turns: Turns::default(),
    })))
}

impl<C: Policy> Room for Cells<C> {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        let visit = Visit {
            object: &object,
            context,
        };
        match dice.below(16) {
            0 => visit.get(),
            1 => visit.set(dice),
            2 => visit.wait(dice),
            3 => visit.recurse(),
            _ => visit.compute(Closure::draw(dice)),
        }
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| Visit { object, context }.get());
    }

    fn close(&self) {
        self.0.close();
    }
}

struct Visit<'v, C> {
    object: &'v Kept<Place<C>>,
    context: &'v Context<'v>,
}

impl<C: Policy> Visit<'_, C> {
    fn saw(&self, value: &Value) {
        if self.context.planting.now(Plant::TwoValues) {
            self.object.sight.saw_id(self.context.tally, value.id() + 1);
        }
        self.object.sight.saw(self.context.tally, value);
    }

    fn get(&self) {
        self.context.doing("get");
        self.object.cell.get().into_iter().for_each(|v| self.saw(v));
    }

    fn set(&self, dice: &mut Dice) {
        self.context.doing("set");
        // Rarely, so that most cells are left to the closures.
        if !dice.one_in(4) {
            return;
        }
        let value = self.object.record.value();
        let own = value.id();
        let refused = self.object.cell.set(value).err();
        if let Some(back) = refused {
            self.context.require(
                back.id() == own,
                "a refused value comes back",
                format_args!("value {} instead of {own}", back.id()),
            );
        }
        match self.object.cell.get() {
            Some(value) => self.saw(value),
            None => self.context.tally.violation(
                "a cell that was set has a value",
                format_args!("there is none"),
            ),
        }
    }

    fn wait(&self, dice: &mut Dice) {
        self.context.doing("wait");
        let timeout = dice.micros(0, 300);
        let found = self.object.cell.wait(timeout);
        found.into_iter().for_each(|value| self.saw(value));
    }

    fn compute(&self, closure: Closure) {
        self.context.doing("get_or_try_init");
        let outcome = self.context.caught(Allowed::Nothing, || {
            self.object
                .cell
                .get_or_try_init(|| self.initialise(closure))
        });
        if let Ok(Ok(value)) = outcome {
            self.saw(value);
        }
    }

    fn initialise(&self, closure: Closure) -> Result<Value, Failed> {
        let turn = self.object.turns.begin(self.context.tally, C::ONCE);
        let mut value = closure.run(&self.object.record)?;
        turn.made();
        self.plant(&mut value);
        Ok(value)
    }

    fn plant(&self, value: &mut Value) {
        let planting = self.context.planting;
        if planting.now(Plant::TornValue) {
            value.tear();
        }
        if planting.now(Plant::Leak) {
            std::mem::forget(self.object.record.value());
        }
    }

    /// The initialiser asks for its own value.
    fn recurse(&self) {
        self.context.doing("get_or_init, from within itself");
        let outcome = self.context.caught(Allowed::Recursion, || {
            self.object.cell.get_or_init(|| {
                let turn = self.object.turns.begin(self.context.tally, C::ONCE);
                let inner = self.object.cell.get_or_init(|| self.inner());
                self.saw(inner);
                self.context.require(
                    C::RECURSION != Recursion::Panics,
                    "recursion panics",
                    format_args!("it returned value {}", inner.id()),
                );
                turn.made();
                self.object.record.value()
            })
        });
        match outcome {
            Ok(value) => self.saw(value),
            Err(Caught::Recursion) => self.context.require(
                C::RECURSION != Recursion::InnerWins,
                "recursion is harmless",
                format_args!("it panicked"),
            ),
            Err(_) => {}
        }
    }

    fn inner(&self) -> Value {
        self.context.require(
            C::RECURSION == Recursion::InnerWins,
            "recursion panics",
            format_args!("the inner initialiser runs"),
        );
        self.object.record.value()
    }
}
