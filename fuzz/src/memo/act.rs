//! What one operation does, on whichever thread.

use std::sync::Arc;

use super::{
    Failed, Subject,
    model::{Ask, Ending, Fault, Op, Out, Place, Recursion},
};
use crate::{
    crew::Worker,
    item::Ledger,
    panics::{catch, caught, planned},
    plan::{self, Act},
};

/// What an operation needs.
pub(super) struct Context<S> {
    pub(super) subject: Arc<S>,
    pub(super) ledger: Ledger,
    /// The other thread, if that is not the calling one.
    pub(super) worker: Option<Arc<Worker>>,
    /// The first number of its values.
    pub(super) first: u64,
}

impl<S> Clone for Context<S> {
    fn clone(&self) -> Self {
        Self {
            subject: Arc::clone(&self.subject),
            ledger: self.ledger.clone(),
            worker: self.worker.clone(),
            first: self.first,
        }
    }
}

/// What became of an operation.
pub(super) struct Done {
    pub(super) out: Out,
    /// Whether the fault came.
    pub(super) is_faulty: bool,
}

/// The places that are being computed, and whether by the other thread.
type Open = Vec<(u64, bool)>;

/// User code asks with values of numbers that are not the operation's own.
const USED: u64 = 50;

impl<S: Subject> Context<S> {
    /// Carries out what needs no `&mut`.
    pub(super) fn perform(&self, op: &Op, fault: Fault, elsewhere: bool) -> Done {
        self.arm(fault);
        let out = caught(|| match op {
            Op::Get(place, _) => self.get(*place),
            Op::Wait(place, _) => self.subject.wait(&self.ledger.item(place.id())).into(),
            Op::Insert(place, _) => self.insert(*place, self.first),
            Op::Ask(chain, ending, _) => {
                let chain = &chain[..chain.len().min(super::CHAIN)];
                self.ask(chain, *ending, self.first, (&mut Vec::new(), elsewhere))
            }
            _ => unreachable!("it needs `&mut`"),
        });
        let is_faulty = !plan::disarm() && !matches!(fault, Fault::None);
        Done { out, is_faulty }
    }

    pub(super) fn arm(&self, fault: Fault) {
        match fault {
            Fault::None => {}
            Fault::Panic(moment, others) => plan::arm(moment, others % 8, Act::Panic),
            Fault::Lie(moment, others) => plan::arm(moment, others % 8, Act::Lie),
            Fault::Use(moment, others, place) => {
                let context = self.clone();
                let act = move || {
                    let mut value = || Ok(context.ledger.item(context.first + USED));
                    let place = context.ledger.item(place.id());
                    // Whatever it learns: what is there afterwards is looked at.
                    let _ = context.subject.ask(place, &mut value);
                };
                plan::arm(moment, others % 8, Act::Do(Box::new(act)));
            }
        }
    }

    fn get(&self, place: Place) -> Out {
        self.subject.get(&self.ledger.item(place.id())).into()
    }

    fn insert(&self, place: Place, value: u64) -> Out {
        let (place, value) = (self.ledger.item(place.id()), self.ledger.item(value));
        self.subject.insert(place, value)
    }

    fn ask(
        &self,
        chain: &[Ask],
        ending: Ending,
        first: u64,
        (open, elsewhere): (&mut Open, bool),
    ) -> Out {
        let [ask, inner @ ..] = chain else {
            return match ending {
                Ending::Value => Out::Nothing,
                Ending::Fails => Out::Failed,
                Ending::Panics => planned(),
            };
        };
        let place = ask.place.id();
        let is_open_there = open.contains(&(place, !elsewhere));
        if is_open_there && S::RULES != Recursion::Harmless {
            // It would wait for the other thread, which waits for it: so it only looks.
            return self.subject.wait(&self.ledger.item(place)).into();
        }
        let mut closure = || {
            open.push((place, elsewhere));
            if ask.fills {
                self.insert(ask.place, first + 1);
            }
            let mut on = || self.ask_on(ask, inner, ending, first + 2, (&mut *open, elsewhere));
            let done = match ask.undaunted {
                true => catch(on).unwrap_or(Out::Nothing),
                false => on(),
            };
            match done {
                Out::Failed if !ask.undaunted => Err(Failed),
                _ => Ok(self.ledger.item(first)),
            }
        };
        match self.subject.ask(self.ledger.item(place), &mut closure) {
            Ok(value) => Out::Value(value),
            Err(Failed) => Out::Failed,
        }
    }

    /// The inner question, on the other thread if that is wished for.
    fn ask_on(
        &self,
        ask: &Ask,
        inner: &[Ask],
        ending: Ending,
        first: u64,
        (open, elsewhere): (&mut Open, bool),
    ) -> Out {
        let is_to_hop = ask.elsewhere && !elsewhere && !inner.is_empty();
        let worker = self.worker.as_ref().filter(|_| is_to_hop);
        let Some(worker) = worker else {
            return self.ask(inner, ending, first, (open, elsewhere));
        };
        let (there, inner, mut open) = (self.clone(), inner.to_vec(), open.clone());
        worker.run(move || there.ask(&inner, ending, first, (&mut open, true)))
    }
}
