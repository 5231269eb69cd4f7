//! `PerThread`: one value per thread and object, dropped when either goes.
//!
//! | module | question |
//! |---|---|
//! | [`drops`], [`exit_against_drop`] | is each value dropped once, and when? |
//! | [`tear_down`], [`thread_locals`], [`process_exit`] | what finds a destructor that asks for values? |
//! | [`recursion`], [`failing`] | an initialiser that needs its own value, or has none |
//! | [`remove`], [`visiting`], [`held`], [`exclusive`], [`leftovers`] | who waits for whom, who sees what |
//! | [`scope`], [`in_use`] | units of work, and what is refused inside |
//! | [`identity`], [`memory`] | is anything inherited, is anything left behind? |
//! | [`texts`] | what errors and panics say |

use std::{
    mem,
    panic::resume_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use onset::{PerThread, Resource, ScopeError};

use crate::support::{Ledger, Tracked, Worker, planned_panic};

mod drops;
mod exclusive;
mod exit_against_drop;
mod failing;
mod held;
mod identity;
mod in_use;
mod leftovers;
#[cfg(not(miri))]
mod memory;
#[cfg(not(miri))]
mod process_exit;
mod recursion;
mod remove;
mod scope;
mod tear_down;
mod texts;
mod thread_locals;
mod visiting;

/// A closure that makes values, with its type forgotten.
pub(crate) type Make<T> = Box<dyn Fn() -> T + Send + Sync>;
pub(crate) type Shared<T> = Arc<PerThread<T, Make<T>>>;

pub(crate) fn shared<T>(make: impl Fn() -> T + Send + Sync + 'static) -> Shared<T> {
    Arc::new(PerThread::new(Box::new(make)))
}

/// An object whose values are entered in the ledger, with the numbers 0, 1, … in the order in which
/// they are made.
pub(crate) fn numbered(ledger: &'static Ledger) -> Shared<Tracked> {
    let next = AtomicU64::new(0);
    shared(move || ledger.value(next.fetch_add(1, Ordering::Relaxed)))
}

/// The object, of which everybody else has let go.
#[track_caller]
pub(crate) fn sole<T>(object: Arc<T>) -> T {
    Arc::into_inner(object).expect("nobody else has it")
}

/// The number of the worker's value.
pub(crate) fn id_at(worker: &Worker, object: &Shared<Tracked>) -> u64 {
    let object = Arc::clone(object);
    worker.run(move || object.with(Tracked::id))
}

/// Some threads, each of which has a value: the first one number 0, and so on.
fn crew(threads: u64, object: &Shared<Tracked>) -> Vec<Worker> {
    let with_value = |number| {
        let worker = Worker::new();
        assert_eq!(id_at(&worker, object), number);
        worker
    };
    (0..threads).map(with_value).collect()
}

pub(crate) fn dismiss(crew: impl IntoIterator<Item = Worker>) {
    crew.into_iter()
        .for_each(|worker| worker.exit().expect("a thread that ends as it should"));
}

/// The numbers of all values that a visitor sees.
pub(crate) fn ids<F>(object: &PerThread<Tracked, F>) -> Vec<u64> {
    let mut ids = Vec::new();
    object.for_each(|value| ids.push(value.id()));
    ids.sort_unstable();
    ids
}

/// A unit of work that goes well.
#[track_caller]
fn work_with<R, F: Fn() -> Tracked>(
    object: &PerThread<Tracked, F>,
    work: impl FnOnce(&mut Tracked) -> R,
) -> Result<R, ScopeError<(), ()>> {
    object.scope(|value| Ok(work(value)))
}

/// Runs `f` on a thread of its own, and returns when its thread-locals are gone.
fn elsewhere<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    // An explicit `join` waits for that; the one at the end of a scope does not.
    thread::scope(|s| s.spawn(f).join()).unwrap_or_else(|p| resume_unwind(p))
}

/// A value whose destructor does what the test says.
struct OnDrop(Option<Box<dyn FnOnce() + Send + Sync>>);

impl OnDrop {
    fn new(f: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(f)))
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.take().expect("dropped once")();
    }
}

/// A value that panics when it is dropped, if its number is 1.
struct Fragile(Tracked);

impl Fragile {
    fn id(&self) -> u64 {
        self.0.id()
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if self.id() == 1 {
            planned_panic();
        }
    }
}

/// An object and four threads that have values in it; the second one's panics.
fn fragile(ledger: &'static Ledger) -> (PerThread<Fragile, Make<Fragile>>, Vec<Worker>) {
    let next = AtomicU64::new(0);
    let object = shared(move || Fragile(ledger.value(next.fetch_add(1, Ordering::Relaxed))));
    let with_value = |number| {
        let (worker, object) = (Worker::new(), Arc::clone(&object));
        assert_eq!(worker.run(move || object.with(Fragile::id)), number);
        worker
    };
    let workers = (0..4).map(with_value).collect();
    (sole(object), workers)
}

/// A value with this number can be neither committed nor rolled back.
pub(crate) const STUCK: u64 = u64::MAX - 1;

impl Tracked {
    fn end(&self) -> Result<(), ()> {
        if self.id() == STUCK { Err(()) } else { Ok(()) }
    }
}

impl Resource for Tracked {
    type Error = ();
    fn commit(&mut self) -> Result<(), ()> {
        self.end()
    }
    fn rollback(&mut self) -> Result<(), ()> {
        self.end()
    }
}

/// What happened, in order.
struct Log<T>(Mutex<Vec<T>>);

impl<T> Log<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn push(&self, entry: T) {
        self.0.lock().unwrap().push(entry);
    }

    fn take(&self) -> Vec<T> {
        mem::take(&mut self.0.lock().unwrap())
    }
}
