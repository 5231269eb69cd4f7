//! The operations, and what a source's answers come to.

use arbitrary::Arbitrary;

/// What the source does when it is asked.
#[derive(Arbitrary, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    #[default]
    Well,
    Fails,
    Panics,
    /// It asks for the value that is being loaded.
    Gets,
    Invalidates,
}

/// An operation.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Op {
    /// What the source says of its stamp, and when it loads; and whether a destructor panics, after others.
    Get(Says, Says, Option<u8>),
    /// The world changes, or back to what it was before.
    Change,
    Back,
    Invalidate,
    /// Lets go of a value that is held.
    LetGo(u8),
}

/// How the value is looked after. No clock: either it is always time to look, or only once.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Manner {
    pub looks_once: bool,
    pub waits: bool,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Failed(u64),
    Panicked,
}

/// What is known of the source, as `Reload` documents it.
#[derive(Clone, Debug)]
pub(super) struct Model {
    manner: Manner,
    /// The stamp of the world.
    pub(super) world: u64,
    pub(super) current: Option<u64>,
    pub(super) generation: u64,
    stamp: Option<u64>,
    wrong: Option<u64>,
    pub(super) failure: Option<Why>,
    pub(super) failures: u32,
    is_due: bool,
    /// While it is asked.
    was_invalidated: bool,
}

/// What a look at the source found.
enum Found {
    Same,
    New(u64),
    StillWrong,
    Failed(Option<u64>, Why),
}

impl Model {
    pub(super) const fn new(manner: Manner) -> Self {
        Self {
            manner,
            world: 0,
            current: None,
            generation: 0,
            stamp: None,
            wrong: None,
            failure: None,
            failures: 0,
            is_due: true,
            was_invalidated: false,
        }
    }

    pub(super) fn invalidate(&mut self) {
        (self.stamp, self.wrong, self.is_due) = (None, None, true);
        self.was_invalidated = true;
    }

    /// The source brings a value or an error of number `new`.
    pub(super) fn get(&mut self, stamp: Says, load: Says, new: u64) -> Result<u64, Why> {
        if self.is_due {
            self.was_invalidated = false;
            let found = self.look(stamp, load, new);
            self.remember(found);
        }
        let why = || self.failure.expect("there is a value, or a reason");
        self.current.ok_or_else(why)
    }

    /// What one question comes to; an invalidation does not make it fail.
    fn ask(&mut self, says: Says, new: u64) -> Result<(), Why> {
        match says {
            Says::Well => Ok(()),
            Says::Fails => Err(Why::Failed(new)),
            Says::Panics => Err(Why::Panicked),
            // The old value, if it may be served.
            Says::Gets if !self.manner.waits && self.current.is_some() => Ok(()),
            Says::Gets => Err(Why::Panicked),
            Says::Invalidates => {
                self.was_invalidated = true;
                Ok(())
            }
        }
    }

    fn look(&mut self, stamp: Says, load: Says, new: u64) -> Found {
        if let Err(why) = self.ask(stamp, new) {
            return Found::Failed(None, why);
        }
        if self.stamp == Some(self.world) {
            return Found::Same;
        }
        // After an hour it would be loaded again.
        let is_too_soon = self.failure.is_some() && self.manner.looks_once;
        if is_too_soon && self.wrong == Some(self.world) {
            return Found::StillWrong;
        }
        match self.ask(load, new) {
            Ok(()) => Found::New(new),
            Err(why) => Found::Failed(Some(self.world), why),
        }
    }

    fn remember(&mut self, found: Found) {
        match found {
            Found::Failed(stamp, why) => {
                self.wrong = stamp;
                self.failure = Some(why);
                self.failures += 1;
            }
            Found::StillWrong => {}
            Found::Same | Found::New(_) => {
                (self.stamp, self.wrong) = (Some(self.world), None);
                (self.failure, self.failures) = (None, 0);
            }
        }
        if let Found::New(value) = found {
            self.current = Some(value);
            self.generation += 1;
        }
        self.is_due = !self.manner.looks_once;
        if self.was_invalidated {
            self.invalidate();
        }
    }
}
