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

thread_local! {
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
    OWN.with_borrow(|own| own.as_ref().map(Record::value))
}

/// Runs `f`, in which initialisers do as `closure` says and make values of `record`.
pub(crate) fn with<R>(record: &Arc<Record>, closure: Closure, f: impl FnOnce() -> R) -> R {
    struct Back(Option<Closure>, Option<Arc<Record>>);
    impl Drop for Back {
        fn drop(&mut self) {
            CLOSURE.set(self.0);
            RECORD.set(self.1.take());
        }
    }
    let _back = Back(
        CLOSURE.replace(Some(closure)),
        RECORD.replace(Some(Arc::clone(record))),
    );
    f()
}

/// What was handed over.
pub(crate) fn take() -> (Closure, Arc<Record>) {
    let closure = CLOSURE.get().expect("an operation hands it over");
    let record = RECORD.with_borrow(Clone::clone);
    (closure, record.expect("an operation hands it over"))
}

pub(crate) fn run() -> Result<Value, Failed> {
    let (closure, record) = take();
    closure.run(&record)
}

pub(crate) fn run_or_panic() -> Value {
    let (closure, record) = take();
    closure.run_or_panic(&record)
}
