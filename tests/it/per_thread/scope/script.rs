//! A resource whose every step succeeds, fails or panics, as a script says.

use std::{panic::resume_unwind, sync::Arc};

use onset::{PerThread, Resource, ScopeError};

use crate::{
    per_thread::{Log, Make, OnDrop, shared},
    support::{Ledger, Tracked, catch},
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Turn {
    Succeeds,
    Fails,
    Panics,
}
use Turn::{Fails, Panics, Succeeds};

pub(super) const TURNS: [Turn; 3] = [Succeeds, Fails, Panics];

/// What each step does. The last one is a `commit` or a `rollback`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    pub(super) begin: Turn,
    pub(super) work: Turn,
    pub(super) end: Turn,
}

pub(super) const SMOOTH: Script = Script {
    begin: Succeeds,
    work: Succeeds,
    end: Succeeds,
};

pub(super) fn all_scripts() -> impl Iterator<Item = Script> {
    let of = |begin| TURNS.map(move |work| TURNS.map(move |end| Script { begin, work, end }));
    TURNS.into_iter().flat_map(of).flatten()
}

/// A panic of the step with that initial. It passes the panic hook by, and takes up no memory.
pub(super) struct By<const STEP: char>;

impl Turn {
    pub(super) fn take<const STEP: char>(self) -> Result<(), char> {
        match self {
            Succeeds => Ok(()),
            Fails => Err(STEP),
            Panics => resume_unwind(Box::new(By::<STEP>)),
        }
    }
}

/// A resource that does as the script says, and writes down what it does.
pub(super) struct Scripted {
    pub(super) script: Script,
    calls: Arc<Log<&'static str>>,
    pub(super) counted: Tracked,
    pub(super) at_last: Option<OnDrop>,
}

impl Resource for Scripted {
    type Error = char;
    fn begin(&mut self) -> Result<(), char> {
        self.calls.push("begin");
        self.script.begin.take::<'b'>()
    }
    fn commit(&mut self) -> Result<(), char> {
        self.calls.push("commit");
        self.script.end.take::<'e'>()
    }
    fn rollback(&mut self) -> Result<(), char> {
        self.calls.push("rollback");
        self.script.end.take::<'e'>()
    }
}

impl Scripted {
    fn work(&mut self) -> Result<&'static str, char> {
        self.calls.push("work");
        self.script.work.take::<'w'>().map(|()| "done")
    }
}

/// What came out: a result, or a panic of the step with that initial.
pub(super) type Outcome = Result<Result<&'static str, ScopeError<char, char>>, char>;

pub(super) struct Stage {
    pub(super) object: Arc<PerThread<Scripted, Make<Scripted>>>,
    pub(super) calls: Arc<Log<&'static str>>,
    pub(super) ledger: &'static Ledger,
}

impl Stage {
    /// `at_last` is for the destructor.
    pub(super) fn new(script: Script, at_last: Option<fn()>) -> Self {
        let (calls, ledger) = (Arc::new(Log::new()), Ledger::new());
        let told = Arc::clone(&calls);
        let object = shared(move || Scripted {
            script,
            calls: Arc::clone(&told),
            counted: ledger.value(ledger.made() as u64),
            at_last: at_last.map(OnDrop::new),
        });
        Self {
            object,
            calls,
            ledger,
        }
    }

    pub(super) fn play(&self) -> Outcome {
        catch(|| self.object.scope(Scripted::work)).map_err(|payload| {
            let panicked = [
                (payload.is::<By<'b'>>(), 'b'),
                (payload.is::<By<'w'>>(), 'w'),
                (payload.is::<By<'e'>>(), 'e'),
                (payload.is::<By<'d'>>(), 'd'),
            ];
            panicked
                .iter()
                .find(|(is, _)| *is)
                .expect("a planned one")
                .1
        })
    }

    /// The resource is there, as it was, or it is gone, and the next use makes a new one.
    #[track_caller]
    pub(super) fn assert_kept(&self, kept: bool) {
        assert_eq!(
            (self.object.len(), self.ledger.alive()),
            (usize::from(kept), usize::from(kept))
        );
        let id = self.object.with(|resource| resource.counted.id());
        assert_eq!(id, u64::from(!kept));
        assert_eq!((self.object.len(), self.ledger.alive()), (1, 1));
    }
}
