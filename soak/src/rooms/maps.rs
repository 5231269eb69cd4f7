//! `OnceMap` and `RaceMap`: one value per key, computed as often as promised.

use std::{array, time::Duration};

use onset::{OnceMap, RaceMap};

use super::{
    keys::{self, Key, Number, Trick},
    sight::{Sight, Turns},
};
use crate::{
    dice::Dice,
    faults::{Allowed, Caught, Closure, Failed},
    room::{Context, Room, Setting, Slots},
    values::{Kept, Value},
};

const KEYS: usize = 32;

/// What both maps have, and what each promises.
pub(crate) trait Map: Default + Send + Sync + 'static {
    const ONCE: bool;

    fn get(&self, key: &Number) -> Option<&Value>;
    fn get_or_try_init<E>(
        &self,
        key: Key,
        f: impl FnOnce(&Key) -> Result<Value, E>,
    ) -> Result<&Value, E>;
    fn insert(&self, key: Key, value: Value) -> Result<&Value, (Key, Value)>;
    fn wait(&self, key: &Number, timeout: Duration) -> Option<&Value>;
    fn len(&self) -> usize;
    fn iter(&self) -> impl Iterator<Item = (&Key, &Value)>;
}

impl Map for OnceMap<Key, Value> {
    const ONCE: bool = true;

    fn get(&self, key: &Number) -> Option<&Value> {
        self.get(key)
    }

    fn get_or_try_init<E>(
        &self,
        key: Key,
        f: impl FnOnce(&Key) -> Result<Value, E>,
    ) -> Result<&Value, E> {
        self.get_or_try_init(key, f)
    }

    fn insert(&self, key: Key, value: Value) -> Result<&Value, (Key, Value)> {
        self.insert(key, value)
    }

    fn wait(&self, key: &Number, timeout: Duration) -> Option<&Value> {
        self.wait(key, timeout)
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.iter()
    }
}

impl Map for RaceMap<Key, Value> {
    const ONCE: bool = false;

    fn get(&self, key: &Number) -> Option<&Value> {
        self.get(key)
    }

    fn get_or_try_init<E>(
        &self,
        key: Key,
        f: impl FnOnce(&Key) -> Result<Value, E>,
    ) -> Result<&Value, E> {
        self.get_or_try_init(key, f)
    }

    fn insert(&self, key: Key, value: Value) -> Result<&Value, (Key, Value)> {
        self.insert(key, value)
    }

    fn wait(&self, key: &Number, _: Duration) -> Option<&Value> {
        self.get(key)
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.iter()
    }
}

struct Place<M> {
    map: M,
    sights: [Sight; KEYS],
    turns: [Turns; KEYS],
}

struct Maps<M>(Slots<Place<M>>);

pub(crate) fn room<M: Map>(setting: Setting) -> Box<dyn Room> {
    Box::new(Maps(Slots::of(setting, 2, 300, |_| Place {
        map: M::default(),
        sights: array::from_fn(|_| Sight::default()),
        turns: array::from_fn(|_| Turns::default()),
    })))
}

impl<M: Map> Room for Maps<M> {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        let visit = Visit {
            object: &object,
            context,
            number: dice.index(KEYS),
        };
        let trick = Trick::draw(dice);
        match dice.below(16) {
            0 => visit.iterate(),
            1 => visit.insert(dice, trick),
            2 => visit.wait(dice, trick),
            3 => visit.recurse(),
            4..8 => visit.get(trick),
            _ => visit.compute(Closure::draw(dice), trick),
        }
    }

    fn check(&self, context: &Context<'_>) {
        let number = 0;
        self.0.each(|object| {
            Visit {
                object,
                context,
                number,
            }
            .iterate();
        });
    }

    fn close(&self) {
        self.0.close();
    }
}

struct Visit<'v, M> {
    object: &'v Kept<Place<M>>,
    context: &'v Context<'v>,
    number: usize,
}

impl<M: Map> Visit<'_, M> {
    fn saw(&self, value: &Value) {
        self.object.sights[self.number].saw(self.context.tally, value);
    }

    fn key(&self) -> Key {
        Key::new(self.number, self.object.record.value())
    }

    fn query(&self) -> Number {
        Number::new(self.number, self.context.tally)
    }

    /// Runs `f`; what it finds has to be what everybody finds.
    fn caught<'r>(&self, trick: Trick, f: impl FnOnce() -> Option<&'r Value>) {
        let found = self
            .context
            .caught(Allowed::Nothing, || keys::with(trick, f));
        if let Ok(Some(value)) = found {
            self.saw(value);
        }
    }

    fn get(&self, trick: Trick) {
        self.context.doing("get");
        self.caught(trick, || self.object.map.get(&self.query()));
    }

    fn wait(&self, dice: &mut Dice, trick: Trick) {
        self.context.doing("wait, with a timeout");
        let timeout = dice.micros(0, 300);
        self.caught(trick, || self.object.map.wait(&self.query(), timeout));
    }

    fn compute(&self, closure: Closure, trick: Trick) {
        self.context.doing("get_or_try_init");
        let compute = |key: &Key| {
            key.check();
            let turn = self.object.turns[self.number].begin(self.context.tally, M::ONCE);
            let value = closure.run(&self.object.record)?;
            turn.made();
            Ok::<_, Failed>(value)
        };
        self.caught(trick, || {
            self.object.map.get_or_try_init(self.key(), compute).ok()
        });
    }

    fn insert(&self, dice: &mut Dice, trick: Trick) {
        self.context.doing("insert");
        // Rarely, so that most keys are left to the closures.
        if !dice.one_in(3) {
            return;
        }
        let value = self.object.record.value();
        let own = value.id();
        self.caught(trick, || match self.object.map.insert(self.key(), value) {
            Ok(value) => Some(value),
            Err((key, value)) => {
                self.context.require(
                    key.number() == self.number && value.id() == own,
                    "what is refused comes back",
                    format_args!("key {} and value {}", key.number(), value.id()),
                );
                self.object.map.get(&self.query())
            }
        });
    }

    fn iterate(&self) {
        self.context.doing("iter");
        let least = self.object.map.len();
        let mut seen = [false; KEYS];
        for (key, value) in self.object.map.iter() {
            key.check();
            self.context.require(
                !std::mem::replace(&mut seen[key.number()], true),
                "a key is there once",
                format_args!("key {} comes twice", key.number()),
            );
            self.object.sights[key.number()].saw(self.context.tally, value);
        }
        let number = seen.iter().filter(|seen| **seen).count();
        self.context.require(
            number >= least,
            "what is published stays",
            format_args!("{number} of {least} keys"),
        );
    }

    /// The computation asks for its own key.
    fn recurse(&self) {
        self.context.doing("get_or_try_init, from within itself");
        let again = |_: &Key| {
            self.context
                .require(!M::ONCE, "recursion panics", format_args!("it computes"));
            Ok::<_, Failed>(self.object.record.value())
        };
        let compute = |_: &Key| {
            let turn = self.object.turns[self.number].begin(self.context.tally, M::ONCE);
            self.saw(self.object.map.get_or_try_init(self.key(), again)?);
            self.context
                .require(!M::ONCE, "recursion panics", format_args!("it returned"));
            turn.made();
            Ok::<_, Failed>(self.object.record.value())
        };
        let outcome = self.context.caught(Allowed::Recursion, || {
            self.object.map.get_or_try_init(self.key(), compute)
        });
        match outcome {
            Ok(Ok(value)) => self.saw(value),
            Err(Caught::Recursion) => self.context.require(
                M::ONCE,
                "recursion is harmless",
                format_args!("it panicked"),
            ),
            _ => {}
        }
    }
}
