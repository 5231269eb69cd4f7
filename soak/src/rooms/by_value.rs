//! Race cells that return by value: `RaceWord` and `RaceRef`.

use std::num::NonZeroU64;

use onset::{RaceRef, RaceWord};

use super::sight::Sight;
use crate::{
    dice::{Dice, mix},
    faults::{Allowed, Closure, Failed},
    room::{Context, Room, Setting, Slots},
    tally::Tally,
};

/// What references refer to: each number stands in its place.
static NUMBERS: [u64; 64] = {
    let mut numbers = [0; 64];
    let mut n = 0;
    while n < numbers.len() {
        numbers[n] = n as u64;
        n += 1;
    }
    numbers
};

struct Place {
    word: RaceWord<NonZeroU64>,
    reference: RaceRef<'static, u64>,
    sights: [Sight; 2],
}

struct ByValue(Slots<Place>);

pub(crate) fn room(setting: Setting) -> Box<dyn Room> {
    Box::new(ByValue(Slots::of(setting, 2, 12, |_| Place {
        word: RaceWord::new(),
        reference: RaceRef::new(),
        sights: Default::default(),
    })))
}

/// A word that is whole if its halves belong together.
fn word(half: u32) -> NonZeroU64 {
    let check = mix(half.into()) << 32;
    NonZeroU64::new(check | u64::from(half)).unwrap_or(NonZeroU64::MIN)
}

fn saw_word(tally: &Tally, sight: &Sight, seen: NonZeroU64) {
    tally.require(
        word(seen.get() as u32) == seen,
        "never half a value",
        format_args!("the word {seen:x}"),
    );
    sight.saw_id(tally, seen.get());
}

fn saw_reference(tally: &Tally, sight: &Sight, seen: &'static u64) {
    let nth = *seen as usize;
    tally.require(
        NUMBERS
            .get(nth)
            .is_some_and(|there| std::ptr::eq(there, seen)),
        "never half a value",
        format_args!("a reference to {nth}"),
    );
    sight.saw_id(tally, seen + 1);
}

impl Room for ByValue {
    fn operate(&self, dice: &mut Dice, context: &Context<'_>) {
        let object = self.0.pick(dice);
        let [of_word, of_reference] = &object.sights;
        let (tally, closure) = (context.tally, Closure::draw(dice));
        let own_word = word(1 + dice.below(1 << 31) as u32);
        let own_reference = &NUMBERS[dice.index(NUMBERS.len())];
        match dice.below(6) {
            0 => get(&object, context),
            1 => {
                context.doing("try_insert");
                let seen = object.word.try_insert(own_word);
                saw_word(tally, of_word, seen.unwrap_or_else(|(there, _)| there));
                let seen = object.reference.try_insert(own_reference);
                saw_reference(tally, of_reference, seen.unwrap_or_else(|(there, _)| there));
            }
            2 => {
                context.doing("get_or_init, from within itself");
                let inner = || object.word.get_or_init(|| own_word);
                let seen = object.word.get_or_init(|| word(inner().get() as u32));
                saw_word(tally, of_word, seen);
            }
            3 | 4 => {
                context.doing("RaceWord::get_or_try_init");
                let compute = || closure.pass(tally).map(|()| own_word);
                let outcome = || object.word.get_or_try_init(compute);
                if let Ok(Ok(seen)) = context.caught(Allowed::Nothing, outcome) {
                    saw_word(tally, of_word, seen);
                }
            }
            _ => {
                context.doing("RaceRef::get_or_try_init");
                let compute = || closure.pass(tally).map(|()| own_reference);
                let outcome = || object.reference.get_or_try_init(compute);
                if let Ok(Ok::<_, Failed>(seen)) = context.caught(Allowed::Nothing, outcome) {
                    saw_reference(tally, of_reference, seen);
                }
            }
        }
    }

    fn check(&self, context: &Context<'_>) {
        self.0.each(|object| get(object, context));
    }

    fn close(&self) {
        self.0.close();
    }
}

fn get(object: &Place, context: &Context<'_>) {
    context.doing("get");
    let [of_word, of_reference] = &object.sights;
    if let Some(seen) = object.word.get() {
        saw_word(context.tally, of_word, seen);
    }
    if let Some(seen) = object.reference.get() {
        saw_reference(context.tally, of_reference, seen);
    }
}
