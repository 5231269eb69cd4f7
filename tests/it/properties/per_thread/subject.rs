//! The objects and the threads, and how an operation is carried out.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use onset::ScopeError;

use super::model::{Deed, OBJECTS, Outcome, Rule, THREADS};
use crate::{
    per_thread::{STUCK, Shared, dismiss, ids, shared, sole},
    support::{Ledger, Tracked, Worker, catch, planned_panic},
};

/// The initialiser of all objects: one sequence of numbers for all of them.
type Maker = Arc<dyn Fn() -> Tracked + Send + Sync>;

fn object_of(make: &Maker) -> Shared<Tracked> {
    let make = Arc::clone(make);
    shared(move || make())
}

/// The real thing.
pub(super) struct Subject {
    pub(super) objects: [Shared<Tracked>; OBJECTS],
    threads: [Worker; THREADS],
    ledger: &'static Ledger,
    make: Maker,
    panics: Arc<AtomicBool>,
}

impl Subject {
    pub(super) fn new() -> Self {
        let (ledger, next, panics) = (Ledger::new(), AtomicU64::new(0), Arc::default());
        let now = Arc::clone(&panics);
        let make: Maker = Arc::new(move || {
            if AtomicBool::load(&now, Ordering::Relaxed) {
                planned_panic();
            }
            ledger.value(next.fetch_add(1, Ordering::Relaxed))
        });
        Self {
            objects: [(); OBJECTS].map(|()| object_of(&make)),
            threads: [(); THREADS].map(|()| Worker::new()),
            ledger,
            make,
            panics,
        }
    }

    pub(super) fn act(&self, thread: usize, object: usize, deed: Deed) -> Outcome {
        let next = Arc::clone(&self.objects[(object + 1) % OBJECTS]);
        let object = Arc::clone(&self.objects[object]);
        self.panics
            .store(matches!(deed, Deed::WithPanics), Ordering::Relaxed);
        let act = move || match deed {
            Deed::With => vec![object.with(Tracked::id)],
            Deed::WithPanics => vec![
                object
                    .try_with(Tracked::id)
                    .expect("neither gone nor in use"),
            ],
            Deed::Remove => object.remove().iter().map(Tracked::id).collect(),
            Deed::Nest => object.with(|outer| vec![outer.id(), next.with(Tracked::id)]),
            Deed::Visit => visit(&object),
            Deed::Work(id, works) => work(&object, id, works),
        };
        let outcome = self.threads[thread].run(move || catch(act).map_err(drop));
        self.panics.store(false, Ordering::Relaxed);
        outcome
    }

    pub(super) fn own(&mut self, object: usize, rule: Rule) {
        let place = &mut self.objects[object];
        let object = Arc::get_mut(place).expect("nobody else has it");
        match rule {
            Rule::Clear => object.clear(),
            Rule::Write(more) => object
                .iter_mut()
                .for_each(|value| value.write(value.id() + more)),
            Rule::Replace => *place = object_of(&self.make),
            Rule::IntoIter => {
                let new = sole(object_of(&self.make));
                drop(mem::replace(object, new).into_iter().next());
            }
            Rule::Move => {
                let new = sole(object_of(&self.make));
                *place = Arc::new(mem::replace(object, new));
            }
        }
    }

    pub(super) fn exit(&mut self, thread: usize) {
        let old = mem::replace(&mut self.threads[thread], Worker::new());
        old.exit().expect("it ends as it should");
    }

    /// How many values are alive.
    pub(super) fn alive(&self) -> usize {
        self.ledger.alive()
    }

    /// One object goes before the threads, the others after them.
    pub(super) fn end(self) {
        let [first, others @ ..] = self.objects;
        drop(first);
        dismiss(self.threads);
        assert_eq!(self.ledger.alive(), 0);
        drop(others);
        assert_eq!(self.ledger.alive(), 0);
    }
}

/// All values there are, and one's own, which may be the first.
fn visit(object: &Shared<Tracked>) -> Vec<u64> {
    let seen = ids(object);
    object.for_each(|_| assert!(object.with(Tracked::id) < STUCK));
    seen
}

/// What the work found, whether it succeeded, and whether that cost the value.
fn work(object: &Shared<Tracked>, id: u64, works: bool) -> Vec<u64> {
    let mut before = 0;
    let outcome = object.scope(|value| {
        before = value.id();
        value.write(id);
        if works { Ok(()) } else { Err("no") }
    });
    let (worked, lost) = match outcome {
        Ok(()) => (true, false),
        Err(ScopeError::Work("no")) => (false, false),
        Err(ScopeError::Commit(())) => (true, true),
        Err(ScopeError::Rollback {
            work: "no",
            hook: (),
        }) => (false, true),
        Err(other) => panic!("{other:?}"),
    };
    vec![before, u64::from(worked), u64::from(lost)]
}
