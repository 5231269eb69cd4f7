//! Cells and maps, against a plain list: initialisers that fail, panic and ask for more, keys that
//! panic and lie, destructors that use the object, and a second thread that comes in between.

mod act;
mod model;
mod subject;

use std::{mem, sync::Arc};

use crate::{
    crew::Worker,
    item::{Hashing, Ledger},
    panics::catch,
    plan::{self, Act, Moment},
};
use act::{Context, Done};
use model::Model;
pub use model::{Ask, Ending, Fault, Op, Out, Place, Recursion};
pub use subject::{Cells, Failed, Subject};

/// So many operations are carried out.
const OPS: usize = 96;
/// So long may a chain of questions be.
const CHAIN: usize = 5;
/// An operation brings values of so many numbers at most.
const NUMBERS: u64 = 100;

struct World<S> {
    subject: Arc<S>,
    hashing: Hashing,
    ledger: Ledger,
    model: Model,
    worker: Option<Arc<Worker>>,
    /// Operations are done by the other thread.
    elsewhere: bool,
    next: u64,
    /// Keys may lie.
    lies: bool,
    /// No key has lied yet.
    trusted: bool,
}

/// Carries the operations out, and compares all that can be seen after each.
pub fn run<S: Subject>(hashing: Hashing, lies: bool, ops: &[Op]) {
    let mut world = World::<S> {
        subject: Arc::new(S::new(hashing)),
        hashing,
        ledger: Ledger::default(),
        model: Model::default(),
        worker: None,
        elsewhere: false,
        next: 0,
        lies,
        trusted: true,
    };
    for op in &ops[..ops.len().min(OPS)] {
        world.next += NUMBERS;
        world.obey(op);
        world.check();
    }
    world.exit();
    let ledger = world.ledger.clone();
    drop(world);
    assert_eq!(ledger.alive(), 0, "left over");
}

impl<S: Subject> World<S> {
    fn obey(&mut self, op: &Op) {
        match op {
            Op::Get(place, fault) | Op::Wait(place, fault) => {
                let expected = self.model.get(place.id()).into();
                let fault = fault.allowed(self.lies);
                let done = self.share(op, fault);
                self.judge(&done, fault, expected, self.model.clone(), true);
            }
            Op::Insert(place, fault) => {
                let mut model = self.model.clone();
                let expected = model.insert(place.id(), self.next);
                let fault = fault.allowed(self.lies);
                let done = self.share(op, fault);
                self.judge(&done, fault, expected, model, true);
            }
            Op::Ask(chain, ending, fault) => self.ask(op, chain, *ending, *fault),
            Op::Remove(place, fault) => self.remove(*place, *fault),
            Op::Clear(fault) => self.clear(*fault),
            Op::Rebuild => self.rebuild(),
            Op::Switch => self.elsewhere ^= true,
            Op::Exit => self.exit(),
        }
    }

    fn ask(&mut self, op: &Op, chain: &[Ask], ending: Ending, fault: Fault) {
        let fault = fault.allowed(self.lies);
        let chain = &chain[..chain.len().min(CHAIN)];
        let mut model = self.model.clone();
        let start = (&mut Vec::new(), self.elsewhere);
        let expected = model.ask(chain, ending, self.next, S::RULES, start);
        let done = match chain {
            [] => return,
            _ => self.share(op, fault),
        };
        let is_simple = matches!(chain, [ask] if !ask.fills);
        self.judge(&done, fault, expected, model, is_simple);
    }

    /// Does it on the thread whose turn it is.
    fn share(&mut self, op: &Op, fault: Fault) -> Done {
        let asks_on = matches!(op, Op::Ask(chain, ..) if chain.iter().any(|ask| ask.elsewhere));
        if self.elsewhere || asks_on {
            self.worker.get_or_insert_default();
        }
        let mut context = Context {
            subject: Arc::clone(&self.subject),
            ledger: self.ledger.clone(),
            worker: self.worker.clone(),
            first: self.next,
        };
        match self.worker.as_ref().filter(|_| self.elsewhere) {
            Some(worker) => {
                context.worker = None;
                let op = op.clone();
                worker.run(move || context.perform(&op, fault, true))
            }
            None => context.perform(op, fault, false),
        }
    }

    /// Compares with the model, or if user code misbehaved with what must hold all the same.
    fn judge(&mut self, done: &Done, fault: Fault, expected: Out, model: Model, is_simple: bool) {
        if !done.is_faulty && self.trusted {
            assert_eq!(done.out, expected);
            self.model = model;
            return;
        }
        match fault {
            Fault::Lie(Moment::Hash | Moment::Eq, _) if done.is_faulty => self.trusted = false,
            Fault::Panic(moment, _) if done.is_faulty && is_simple => {
                assert_eq!(done.out, Out::Panicked);
                // A key that panics leaves no trace.
                assert!(moment == Moment::Drop || self.subject.pairs().len() == self.model.0.len());
            }
            _ => {}
        }
        self.resume();
    }

    /// What is there, in the order of publication; cells have none.
    fn in_order(mut pairs: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
        if S::ITEMS == 1 {
            pairs.sort_unstable();
        }
        pairs
    }

    /// What was there is still there, and what was added is of this operation.
    fn resume(&mut self) {
        let pairs = self.subject.pairs();
        let old = pairs
            .iter()
            .copied()
            .filter(|pair| pair.1 < self.next)
            .collect();
        let before = mem::replace(&mut self.model, Model(pairs));
        assert_eq!(Self::in_order(old), Self::in_order(before.0));
    }

    /// Has the object to itself, so that user code cannot use it.
    fn alone<R>(
        &mut self,
        fault: Fault,
        f: impl FnOnce(&mut S, &Ledger) -> R,
    ) -> (Option<R>, bool) {
        match fault.allowed(self.lies) {
            Fault::Panic(moment, others) => plan::arm(moment, others % 8, Act::Panic),
            Fault::Lie(moment, others) => plan::arm(moment, others % 8, Act::Lie),
            Fault::None | Fault::Use(..) => {}
        }
        let subject = Arc::get_mut(&mut self.subject).expect("nobody uses it");
        let done = catch(|| f(subject, &self.ledger)).ok();
        let fault = fault.allowed(self.lies);
        let is_armed = matches!(fault, Fault::Panic(..) | Fault::Lie(..));
        let is_faulty = !plan::disarm() && is_armed;
        if is_faulty && matches!(fault, Fault::Lie(Moment::Hash | Moment::Eq, _)) {
            self.trusted = false;
        }
        (done, is_faulty)
    }

    fn remove(&mut self, place: Place, fault: Fault) {
        let place = place.id();
        let (removed, is_faulty) =
            self.alone(fault, |subject, ledger| subject.remove(&ledger.item(place)));
        let before = self.model.get(place);
        let mut model = self.model.clone();
        model.0.retain(|(other, _)| *other != place);
        match fault {
            _ if !is_faulty && self.trusted => assert_eq!(removed, Some(before)),
            // The panic came before anything was done, or when it had been.
            Fault::Panic(Moment::Hash | Moment::Eq, _) if is_faulty => model = self.model.clone(),
            Fault::Panic(Moment::Drop, _) => {}
            _ => model = Model(self.subject.pairs()),
        }
        if !self.trusted {
            model = Model(self.subject.pairs());
        }
        self.model = model;
    }

    fn clear(&mut self, fault: Fault) {
        self.alone(fault, |subject, _| subject.clear());
        self.model = Model::default();
    }

    fn rebuild(&mut self) {
        let new = Arc::new(S::new(self.hashing));
        let old = mem::replace(&mut self.subject, new);
        let old = Arc::into_inner(old).expect("nobody uses it");
        self.subject = Arc::new(old.rebuild(self.hashing));
        if !self.trusted {
            self.model = Model(self.subject.pairs());
        }
    }

    /// The other thread ends.
    fn exit(&mut self) {
        if let Some(worker) = self.worker.take() {
            Arc::into_inner(worker).expect("nobody else has it").exit();
        }
    }

    fn check(&self) {
        let actual = Self::in_order(self.subject.pairs());
        let expected = Self::in_order(self.model.0.clone());
        assert_eq!(actual, expected);
        assert_eq!(self.ledger.alive(), S::ITEMS * actual.len(), "items alive");
        if self.trusted {
            for place in 0..model::PLACES {
                let item = self.ledger.item(place);
                assert_eq!(
                    self.subject.get(&item),
                    self.model.get(place),
                    "place {place}"
                );
            }
        }
    }
}
