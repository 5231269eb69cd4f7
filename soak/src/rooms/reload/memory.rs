//! A world in memory.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use onset::Source;

use super::{Event, Version, World};
use crate::{faults::Failed, hand, values::Record};

#[derive(Clone, Copy)]
struct State {
    number: u64,
    event: Event,
}

pub(crate) struct Memory {
    state: Mutex<State>,
    record: Arc<Record>,
    asked: AtomicBool,
}

/// Held while the source is asked.
struct Asked<'m>(&'m Memory);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.asked.store(false, Ordering::Release);
    }
}

impl Memory {
    fn ask(&self) -> Asked<'_> {
        self.record.tally.require(
            !self.asked.swap(true, Ordering::Acquire),
            "one thread asks the source at a time",
            format_args!("two do"),
        );
        Asked(self)
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for Memory {
    fn new(record: &Arc<Record>) -> Self {
        Self {
            state: Mutex::new(State {
                number: 1,
                event: Event::Changed,
            }),
            record: Arc::clone(record),
            asked: AtomicBool::new(false),
        }
    }

    fn happen(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.number += 1;
        state.event = event;
    }

    fn number(&self) -> u64 {
        self.state().number
    }
}

impl Source for Memory {
    type Value = Version;
    type Stamp = u64;
    type Error = Failed;

    fn stamp(&self) -> Result<u64, Failed> {
        let _asked = self.ask();
        let state = self.state();
        match state.event {
            Event::Gone => Err(Failed),
            _ => Ok(state.number),
        }
    }

    fn load(&self) -> Result<Version, Failed> {
        let _asked = self.ask();
        let before = self.state();
        let value = hand::run()?;
        match before.event {
            Event::Changed => Ok(Version {
                value,
                number: before.number,
            }),
            _ => Err(Failed),
        }
    }
}
