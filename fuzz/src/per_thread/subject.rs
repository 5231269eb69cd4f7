//! The objects, their values, and how a thread acts on them.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use onset::{PerThread, Resource, ScopeError};

use super::model::{Deed, End, Goes, Hooks, Init, Note, Object, THREADS};
use crate::{
    item::{Item, Ledger},
    panics::{catch, planned},
    plan::{self, Act, Moment},
};

thread_local! {
    /// Which thread it is.
    static HERE: Cell<usize> = const { Cell::new(0) };
    static INIT: Cell<Init> = const { Cell::new(Init::Well) };
    static HOOKS: Cell<Hooks> = const { Cell::new(Hooks { begin: End::Well, commit: End::Well, rollback: End::Well }) };
    /// What initialisers ask, while the thread acts.
    static OBJECTS: RefCell<Vec<Shared>> = const { RefCell::new(Vec::new()) };
    /// What initialisers learned.
    static LOG: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
}

/// A resource whose hooks end as planned when its unit of work began.
pub(super) struct Value {
    pub(super) item: Item,
    hooks: Hooks,
}

type Make = Box<dyn Fn() -> Value + Send + Sync>;
pub(super) type Shared = Arc<PerThread<Value, Make>>;

fn hook(end: End) -> Result<(), ()> {
    match end {
        End::Well => Ok(()),
        End::Fails => Err(()),
        End::Panics => planned(),
    }
}

impl Resource for Value {
    type Error = ();

    fn begin(&mut self) -> Result<(), ()> {
        self.hooks = HOOKS.get();
        hook(self.hooks.begin)
    }

    fn commit(&mut self) -> Result<(), ()> {
        hook(self.hooks.commit)
    }

    fn rollback(&mut self) -> Result<(), ()> {
        hook(self.hooks.rollback)
    }
}

/// Whose values are numbered from `next` on, among all objects.
pub(super) fn object(ledger: &Ledger, next: &Arc<AtomicU64>) -> Shared {
    let (ledger, next) = (ledger.clone(), Arc::clone(next));
    let make = move || {
        match INIT.replace(Init::Well) {
            Init::Well => {}
            Init::Panics => planned(),
            Init::Asks(object) => {
                let asked = OBJECTS.with_borrow(|all| all.get(object.index()).map(Arc::clone));
                let asked = asked.expect("initialisers run while the thread acts");
                let note = asked.try_with(|value| value.item.id());
                let note = note.map_or(Note::InUse, Note::Value);
                LOG.with_borrow_mut(|log| log.push(note));
            }
        }
        let number = next.fetch_add(1, Ordering::Relaxed);
        Value {
            item: ledger.item(number * THREADS as u64 + HERE.get() as u64),
            hooks: Hooks::default(),
        }
    };
    Arc::new(PerThread::new(Box::new(make)))
}

/// From now on, this is the thread of that number.
pub(super) fn call_it(thread: usize) {
    HERE.set(thread);
}

/// Plans what a destructor does. It holds objects: not for long, or at most until the thread exits.
pub(super) fn arm(goes: Goes, objects: &[Shared]) {
    match goes {
        Goes::Well => {}
        Goes::Panics(others) => plan::arm(Moment::Drop, others % 4, Act::Panic),
        Goes::Uses(others, object) => {
            let object = objects.get(object.index()).map(Arc::clone);
            let act = move || {
                // It may make a value, or find that it is too late for that.
                let _ = object.map(|object| object.try_with(|value| value.item.id()));
            };
            plan::arm(Moment::Drop, others % 4, Act::Do(Box::new(act)));
        }
    }
}

/// What a thread learned, and whether a destructor did as planned.
pub(super) fn perform(
    objects: Vec<Shared>,
    deeds: &[Deed],
    end: End,
    init: Init,
    goes: Goes,
) -> (Vec<Note>, bool) {
    arm(goes, &objects);
    OBJECTS.set(objects.clone());
    INIT.set(init);
    let done = catch(|| act(&objects, deeds, end));
    INIT.set(Init::Well);
    drop(OBJECTS.take());
    let mut log = LOG.take();
    if let Err(panic) = done {
        log.push(Note::Panicked(panic));
    }
    let is_faulty = !plan::disarm() && !matches!(goes, Goes::Well);
    (log, is_faulty)
}

fn note(note: Note) {
    LOG.with_borrow_mut(|log| log.push(note));
}

fn act(objects: &[Shared], deeds: &[Deed], end: End) {
    let [deed, inner @ ..] = deeds else {
        return if end == End::Panics {
            planned()
        };
    };
    let of = |object: Object| &objects[object.index()];
    let read = |value: &Value| {
        note(Note::Value(value.item.id()));
        act(objects, inner, end);
        value.item.id();
    };
    match *deed {
        Deed::With(object) => of(object).with(read),
        Deed::TryWith(object) => {
            if of(object).try_with(read).is_err() {
                note(Note::InUse);
            }
        }
        Deed::ForEach(object) => {
            let mut seen = Vec::new();
            of(object).for_each(|value| {
                seen.push(value.item.id());
                if seen.len() == 1 {
                    act(objects, inner, end);
                }
                value.item.id();
            });
            seen.sort_unstable();
            note(Note::Values(seen));
        }
        Deed::Remove(object) => {
            let removed = of(object).remove();
            note(removed.map_or(Note::Nothing, |value| Note::Value(value.item.id())));
            act(objects, inner, end);
        }
        Deed::Scope(object, hooks, fine) => {
            HOOKS.set(hooks);
            let work = |value: &mut Value| {
                act(objects, inner, end);
                value.item.id();
                if fine { Ok(()) } else { Err(()) }
            };
            note(match of(object).scope(work) {
                Ok(()) => Note::Done,
                Err(ScopeError::Begin(())) => Note::Begin,
                Err(ScopeError::Work(())) => Note::Work,
                Err(ScopeError::Commit(())) => Note::Commit,
                Err(ScopeError::Rollback { .. }) => Note::Rollback,
                Err(_) => Note::InUse,
            });
        }
    }
}
