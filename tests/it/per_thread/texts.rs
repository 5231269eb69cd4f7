//! What errors and panics say, and the errors' places in a chain of causes.

use std::{error::Error, panic};

use onset::{AccessError, PerThread, ScopeError};

use super::{Log, OnDrop, elsewhere, work_with};
use crate::{
    messages::complaint,
    support::{Ledger, Tracked, alone, assert_passed, catch},
};

const TORN_DOWN: &str = "the thread is being torn down: its value is gone and a new one would never be \
     dropped; remedy: use the value before the thread ends, or `try_with`";
const IN_USE: &str = "the thread's value is in use further up its stack; remedy: pass the reference down, \
     instead of asking for the value again inside a `scope`, or for a `scope` or `remove` inside a `with`";

#[test]
fn a_value_that_is_gone() {
    static SAID: Log<String> = Log::new();
    static OBJECT: PerThread<OnDrop> =
        PerThread::new(|| OnDrop::new(|| SAID.push(complaint(|| OBJECT.with(|_| ())))));
    elsewhere(|| OBJECT.with(|_| ()));
    let name = std::any::type_name::<OnDrop>();
    assert_eq!(SAID.take(), [format!("`PerThread<{name}>`: {TORN_DOWN}")]);
}

#[test]
fn a_value_that_is_in_use() {
    let object = PerThread::<u64>::new(|| 7);
    let said = format!("`PerThread<u64>`: {IN_USE}");
    assert_eq!(object.with(|_| complaint(|| object.remove())), said);
    object.for_each(|_| assert_eq!(complaint(|| object.remove()), said));
    let object: PerThread<Tracked> = PerThread::new(|| Ledger::new().value(1));
    let name = std::any::type_name::<Tracked>();
    let said = format!("`PerThread<{name}>`: {IN_USE}");
    let inside = work_with(&object, |_| {
        assert_eq!(complaint(|| object.with(|_| ())), said);
        assert_eq!(complaint(|| object.remove()), said);
    });
    assert_eq!(inside, Ok(()));
}

/// The panic hook is told the line of the caller.
#[test]
#[cfg_attr(miri, ignore = "starts a process")]
fn the_place_of_a_panic() {
    static PLACES: Log<u32> = Log::new();
    static OBJECT: PerThread<Tracked> = PerThread::new(|| Ledger::new().value(1));
    let body = || {
        panic::set_hook(Box::new(|info| {
            PLACES.push(info.location().unwrap().line());
        }));
        let line = line!();
        let _ = catch(|| OBJECT.with(|_| OBJECT.remove()));
        let _ = catch(|| work_with(&OBJECT, |_| OBJECT.with(|_| ())));
        let _ = catch(|| work_with(&OBJECT, |_| OBJECT.remove()));
        drop(panic::take_hook());
        assert_eq!(PLACES.take(), [line + 1, line + 2, line + 3]);
    };
    if let Some(output) = alone(module_path!(), "the_place_of_a_panic", body) {
        assert_passed(&output);
    }
}

#[test]
fn errors_of_access() {
    assert_eq!(AccessError::TornDown.to_string(), TORN_DOWN);
    assert_eq!(AccessError::InUse.to_string(), IN_USE);
    assert!(AccessError::InUse.source().is_none());
}

/// An error of the work or of a hook: any error will do.
fn error(text: &str) -> std::io::Error {
    std::io::Error::other(text.to_string())
}

type Failed = ScopeError<std::io::Error, std::io::Error>;

#[test]
fn errors_of_a_scope() {
    let (work, hook) = (|| error("no such table"), || error("no connection"));
    let rollback = Failed::Rollback {
        work: work(),
        hook: hook(),
    };
    let says = [
        (
            Failed::Access(AccessError::InUse),
            format!("the resource cannot be had: {IN_USE}"),
        ),
        (
            Failed::Begin(hook()),
            "the unit of work could not begin: no connection".into(),
        ),
        (
            Failed::Work(work()),
            "the work failed and was rolled back: no such table".into(),
        ),
        (
            Failed::Commit(hook()),
            "the unit of work could not be committed: no connection".into(),
        ),
        (
            rollback,
            "the work failed (no such table) and could not be rolled back: no connection".into(),
        ),
    ];
    let causes = [
        IN_USE,
        "no connection",
        "no such table",
        "no connection",
        "no connection",
    ];
    for ((error, text), cause) in says.into_iter().zip(causes) {
        assert_eq!(error.to_string(), text);
        assert_eq!(error.source().unwrap().to_string(), cause);
    }
}

#[test]
fn what_a_debugger_shows() {
    let object = PerThread::<u8>::new(|| 7);
    assert_eq!(format!("{object:?}"), "PerThread { threads: 0, .. }");
    object.with(|_| assert_eq!(format!("{object:?}"), "PerThread { threads: 1, .. }"));
    let failed: Result<(), ScopeError<u8, u8>> = Err(ScopeError::Rollback { work: 1, hook: 2 });
    assert_eq!(format!("{failed:?}"), "Err(Rollback { work: 1, hook: 2 })");
}
