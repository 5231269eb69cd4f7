//! Panics that a test asks for, and panics whose text it reads.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

type Payload = Box<dyn Any + Send>;

/// The payload of a panic that a test asks for.
struct Planned;

/// A panic that a test asks for: it passes the panic hook by, and so prints nothing.
pub(crate) fn planned_panic() -> ! {
    resume_unwind(Box::new(Planned))
}

pub(crate) fn is_planned(payload: &Payload) -> bool {
    payload.is::<Planned>()
}

pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(f))
}

/// What a panic said.
#[track_caller]
pub(crate) fn text_of(payload: Payload) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a panic with a text")).to_string(),
    }
}
