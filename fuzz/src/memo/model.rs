//! Values that are computed once each: the questions, and what a plain map answers.

use arbitrary::Arbitrary;

use crate::{panics::Panic, plan::Moment};

/// So few places that they meet.
pub const PLACES: u64 = 4;

/// A cell of several, or a key of a map.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Place(u8);

impl Place {
    pub const fn id(self) -> u64 {
        self.0 as u64 % PLACES
    }
}

/// Asks for the value of a place; what the closure does stands in the next question of the chain.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Ask {
    pub place: Place,
    /// Where the closure asks on: the inner question is put by another thread, which this one waits for.
    pub elsewhere: bool,
    /// If the inner question fails or panics, the closure makes a value all the same.
    pub undaunted: bool,
    /// The closure puts a value there itself, first.
    pub fills: bool,
}

/// How the last closure of a chain ends.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Ending {
    Value,
    Fails,
    Panics,
}

/// What user code does besides, once.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Fault {
    None,
    Panic(Moment, u8),
    Lie(Moment, u8),
    /// It asks for a place.
    Use(Moment, u8, Place),
}

impl Fault {
    /// None instead of a lie, if that is not allowed.
    pub(super) fn allowed(self, lies: bool) -> Self {
        match self {
            Self::Lie(..) if !lies => Self::None,
            fault => fault,
        }
    }
}

/// An operation.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    Get(Place, Fault),
    Ask(Vec<Ask>, Ending, Fault),
    Insert(Place, Fault),
    Wait(Place, Fault),
    Remove(Place, Fault),
    Clear(Fault),
    Rebuild,
    /// From now on the other thread does it.
    Switch,
    /// The other thread exits.
    Exit,
}

/// What the caller learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Nothing,
    Value(u64),
    /// What was brought came back.
    Back(u64),
    Failed,
    Panicked,
    /// Onset refused.
    Refused,
}

impl From<Panic> for Out {
    fn from(panic: Panic) -> Self {
        match panic {
            Panic::Planned => Self::Panicked,
            Panic::Refused => Self::Refused,
        }
    }
}

impl From<Option<u64>> for Out {
    fn from(value: Option<u64>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

/// What a closure meets that asks for its own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recursion {
    /// The inner value wins.
    Harmless,
    Refused,
    /// Asking is refused, putting a value there is not.
    RefusedUnlessPut,
}

/// What is there, in the order of publication.
#[derive(Clone, Debug, Default)]
pub struct Model(pub Vec<(u64, u64)>);

impl Model {
    pub fn get(&self, place: u64) -> Option<u64> {
        let found = self.0.iter().find(|(other, _)| *other == place)?;
        Some(found.1)
    }

    pub fn put(&mut self, place: u64, value: u64) {
        self.0.push((place, value));
    }

    pub fn insert(&mut self, place: u64, value: u64) -> Out {
        if self.get(place).is_some() {
            return Out::Back(value);
        }
        self.put(place, value);
        Out::Value(value)
    }

    /// The values of the chain are numbered from `first` on: two for each question.
    pub fn ask(
        &mut self,
        chain: &[Ask],
        ending: Ending,
        first: u64,
        rules: Recursion,
        (open, elsewhere): (&mut Vec<(u64, bool)>, bool),
    ) -> Out {
        let [ask, inner @ ..] = chain else {
            return match ending {
                Ending::Value => Out::Nothing,
                Ending::Fails => Out::Failed,
                Ending::Panics => Out::Panicked,
            };
        };
        let place = ask.place.id();
        if let Some(value) = self.get(place) {
            return Out::Value(value);
        }
        match open.iter().find(|(other, _)| *other == place) {
            Some((_, there)) if rules != Recursion::Harmless => {
                // It would wait for the other thread, which waits for it: so it only looks.
                return if *there == elsewhere {
                    Out::Refused
                } else {
                    Out::Nothing
                };
            }
            _ => {}
        }
        open.push((place, elsewhere));
        let done = self.closure(ask, inner, ending, first, rules, (&mut *open, elsewhere));
        open.pop();
        if let Out::Failed | Out::Panicked | Out::Refused = done {
            return done;
        }
        if self.get(place).is_none() {
            self.put(place, first);
        }
        self.get(place).into()
    }

    fn closure(
        &mut self,
        ask: &Ask,
        inner: &[Ask],
        ending: Ending,
        first: u64,
        rules: Recursion,
        (open, elsewhere): (&mut Vec<(u64, bool)>, bool),
    ) -> Out {
        if ask.fills {
            if rules == Recursion::Refused {
                return Out::Refused;
            }
            self.insert(ask.place.id(), first + 1);
        }
        let elsewhere = elsewhere || ask.elsewhere;
        let done = self.ask(inner, ending, first + 2, rules, (open, elsewhere));
        match done {
            Out::Failed | Out::Panicked | Out::Refused if ask.undaunted => Out::Nothing,
            done => done,
        }
    }
}
