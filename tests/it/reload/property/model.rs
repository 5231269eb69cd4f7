//! What a reload does, said plainly.

use std::collections::BTreeSet;

use super::super::{
    Why,
    world::{INCOMPARABLE, Says},
};

/// How long it is before what failed is tried again, and, unless there are pauses of that length
/// only after failures, before the source is asked again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pauses {
    None,
    /// Nothing is asked again, until it is invalidated.
    Endless,
    /// The version is asked for at each `get`, unless it could not be had; what failed is not
    /// loaded again.
    Long,
}

pub(super) struct Model {
    pub(super) pauses: Pauses,
    /// What the source says at the moment.
    pub(super) world: (Says, Says),
    due: bool,
    /// The value and its generation.
    served: Option<(u64, u64)>,
    /// The version of what is served, and the one that failed.
    known: Option<u64>,
    wrong: Option<u64>,
    pub(super) error: Option<Why>,
    pub(super) failures: u32,
    pub(super) asked: usize,
    pub(super) loads: usize,
    /// The generation of which the test's thread has a copy.
    copy: Option<u64>,
}

/// Whether two versions are equal, if that can be said.
fn equal(known: Option<u64>, version: u64) -> Result<bool, Why> {
    match known {
        Some(known) if known.max(version) == INCOMPARABLE => Err(panicked()),
        known => Ok(known == Some(version)),
    }
}

fn panicked() -> Why {
    Why::Panicked("a payload that is no text".into())
}

fn answer(says: Says) -> Result<u64, Why> {
    match says {
        Says::Is(id) => Ok(id),
        Says::Fails(id) => Err(Why::Failed(id)),
        Says::Panics => Err(panicked()),
    }
}

impl Model {
    pub(super) const fn new(pauses: Pauses, world: (Says, Says)) -> Self {
        Self {
            pauses,
            world,
            due: true,
            served: None,
            known: None,
            wrong: None,
            error: None,
            failures: 0,
            asked: 0,
            loads: 0,
            copy: None,
        }
    }

    pub(super) fn generation(&self) -> u64 {
        self.served.map_or(0, |(_, generation)| generation)
    }

    pub(super) const fn invalidate(&mut self) {
        (self.known, self.wrong, self.due) = (None, None, true);
    }

    /// What a `get` gives, on the test's thread or on one that is gone afterwards.
    pub(super) fn get(&mut self, here: bool) -> Result<(u64, u64), Why> {
        if self.due {
            self.check();
        }
        let Some(served) = self.served else {
            let error = self.error.as_ref().expect("there is a value, or a failure");
            return Err(error.clone());
        };
        if here {
            self.copy = Some(served.1);
        }
        Ok(served)
    }

    fn check(&mut self) {
        self.due = self.pauses != Pauses::Endless;
        self.asked += 1;
        match self.look() {
            Ok(None) => {}
            Ok(Some(version)) => self.load(version),
            Err(why) => {
                self.fail(why);
                self.wrong = None;
                self.due = self.pauses == Pauses::None;
            }
        }
    }

    /// The version, if it is to be loaded.
    fn look(&mut self) -> Result<Option<u64>, Why> {
        let version = answer(self.world.0)?;
        if equal(self.known, version)? {
            self.well(version);
            return Ok(None);
        }
        let too_soon = self.pauses == Pauses::Long && equal(self.wrong, version)?;
        Ok((!too_soon).then_some(version))
    }

    fn load(&mut self, version: u64) {
        self.loads += 1;
        match answer(self.world.1) {
            Ok(id) => {
                self.well(version);
                self.served = Some((id, self.generation() + 1));
            }
            Err(why) => {
                self.fail(why);
                self.wrong = Some(version);
            }
        }
    }

    fn well(&mut self, version: u64) {
        (self.known, self.wrong) = (Some(version), None);
        (self.error, self.failures) = (None, 0);
    }

    fn fail(&mut self, why: Why) {
        self.error = Some(why);
        self.failures += 1;
    }

    /// How many values somebody has, beside those of these generations.
    pub(super) fn alive(&self, kept: impl Iterator<Item = u64>) -> usize {
        let mut generations: BTreeSet<u64> = kept.collect();
        generations.extend(self.copy);
        generations.extend(self.served.map(|(_, generation)| generation));
        generations.len()
    }
}
