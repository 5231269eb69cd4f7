//! What an operation hands over to initialisers that cannot capture it: those that stand beside
//! their cell, and those that are a `fn`.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use crate::{
    faults::{Closure, Failed},
    values::{Record, Value},
};

type Action = Box<dyn FnOnce()>;

thread_local! {
    static ACTION: RefCell<Option<Action>> = const { RefCell::new(None) };
    static CLOSURE: Cell<Option<Closure>> = const { Cell::new(None) };
    static RECORD: RefCell<Option<Arc<Record>>> = const { RefCell::new(None) };
    static OWN: RefCell<Option<Arc<Record>>> = const { RefCell::new(None) };
}

/// The record of the values that belong to this thread.
pub(crate) fn own(record: Arc<Record>) {
    OWN.set(Some(record));
}

/// A value that has to be dropped before this thread is gone.
pub(crate) fn value_of_thread() -> Option<Value> {
    let value = |own: &RefCell<Option<Arc<Record>>>| own.borrow().as_ref().map(Record::value);
    // While the thread is torn down there is none.
    OWN.try_with(value).ok().flatten()
}

/// Calls it when it goes.
struct Back<F: FnMut()>(F);

impl<F: FnMut()> Drop for Back<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs `f`, in which initialisers do as `closure` says.
pub(crate) fn closure<R>(closure: Closure, f: impl FnOnce() -> R) -> R {
    let before = CLOSURE.replace(Some(closure));
    let _back = Back(|| CLOSURE.set(before));
    f()
}

/// Runs `f`, in which initialisers do as `closure` says and make values of `record`.
pub(crate) fn with<R>(record: &Arc<Record>, closure: Closure, f: impl FnOnce() -> R) -> R {
    let mut before = RECORD.replace(Some(Arc::clone(record)));
    let _back = Back(|| RECORD.set(before.take()));
    self::closure(closure, f)
}

/// Runs `f`, in which the first initialiser begins with `action`.
pub(crate) fn action<R>(action: impl FnOnce() + 'static, f: impl FnOnce() -> R) -> R {
    ACTION.set(Some(Box::new(action)));
    // If there was no initialiser to run it.
    let _back = Back(|| drop(ACTION.take()));
    f()
}

fn act() {
    // A thread that is torn down has none.
    if let Ok(Some(action)) = ACTION.try_with(RefCell::take) {
        action();
    }
}

/// What was handed over.
pub(crate) fn take() -> (Closure, Arc<Record>) {
    act();
    let closure = CLOSURE.get().expect("an operation hands it over");
    let record = RECORD.with_borrow(Clone::clone);
    (closure, record.expect("an operation hands it over"))
}

/// As the closure that was handed over says, a value of `record`; an ordinary one while the thread
/// is torn down.
pub(crate) fn run_for(record: &Arc<Record>) -> Value {
    act();
    match CLOSURE.get() {
        Some(closure) => closure.run_or_panic(record),
        None => record.value(),
    }
}

pub(crate) fn run() -> Result<Value, Failed> {
    let (closure, record) = take();
    closure.run(&record)
}

pub(crate) fn run_or_panic() -> Value {
    let (closure, record) = take();
    closure.run_or_panic(&record)
}
