//! Initialisers that fail: nothing is left, nothing is done, and the next use tries again.

use std::{error::Error, io};

use onset::{AccessError, InitError, PerThread, Resource, ScopeError};

use super::{Log, OnDrop, elsewhere};
use crate::{
    messages::{at, complaint, per_thread_recursion},
    support::{Ledger, Tally, Tracked, watchdog},
};

/// An object whose initialiser fails at odd attempts, the first one among them.
fn every_other(
    ledger: &'static Ledger,
    attempts: &Tally,
) -> PerThread<Tracked, impl Fn() -> Result<Tracked, ()>> {
    PerThread::new(move || {
        attempts.add();
        match attempts.count() % 2 {
            1 => Err(()),
            _ => Ok(ledger.value(attempts.count() as u64)),
        }
    })
}

#[test]
fn the_next_use_tries_again() {
    let (ledger, attempts) = (Ledger::new(), Tally::new());
    let object = every_other(ledger, &attempts);
    let refused = object.with_try_init(|_| unreachable!("there is no value"));
    assert_eq!(refused, Err::<(), _>(InitError::Init(())));
    assert!(object.is_empty() && object.remove().is_none());
    assert_eq!(object.with_try_init(Tracked::id), Ok(2));
    assert_eq!(object.with_try_init(Tracked::id), Ok(2), "it is kept");
    assert_eq!((object.len(), attempts.count(), ledger.alive()), (1, 2, 1));
    drop(object);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_unit_of_work_without_its_resource_is_not_begun() {
    let (ledger, attempts) = (Ledger::new(), Tally::new());
    let object = every_other(ledger, &attempts);
    let refused = object.scope_try_init(|_| -> Result<(), ()> { unreachable!("nothing to do") });
    assert_eq!(refused, Err(ScopeError::Init(())));
    assert!(object.is_empty());
    let id = |value: &mut Tracked| Ok::<_, ()>(value.id());
    assert_eq!(object.scope_try_init(id), Ok(2));
    assert_eq!(object.scope_try_init(id), Ok(2));
    let undone = object.scope_try_init(|_| Err::<(), _>("no"));
    assert_eq!(undone, Err(ScopeError::Work("no")));
    assert_eq!((object.len(), attempts.count()), (1, 2), "it stays");
}

/// One that commits once, and then no more.
#[test]
fn a_resource_that_was_lost_is_opened_again_and_that_may_fail() {
    struct Once(u64);
    impl Resource for Once {
        type Error = &'static str;
        fn commit(&mut self) -> Result<(), &'static str> {
            Err("lost")
        }
        fn rollback(&mut self) -> Result<(), &'static str> {
            Ok(())
        }
    }
    let opened = Tally::new();
    let object = PerThread::new(|| {
        opened.add();
        match opened.count() {
            2 => Err("down"),
            n => Ok(Once(n as u64)),
        }
    });
    let work = |once: &mut Once| Ok::<_, ()>(once.0);
    assert_eq!(object.scope_try_init(work), Err(ScopeError::Commit("lost")));
    assert_eq!(object.scope_try_init(work), Err(ScopeError::Init("down")));
    let third = object.scope_try_init(|once| Err::<(), _>(once.0));
    assert_eq!(third, Err(ScopeError::Work(3)));
}

#[test]
fn access_is_refused_as_for_any_other() {
    static SAID: Log<[bool; 2]> = Log::new();
    static OBJECT: PerThread<OnDrop, fn() -> Result<OnDrop, ()>> = PerThread::new(|| {
        Ok(OnDrop::new(|| {
            let with = OBJECT.with_try_init(|_| ());
            let torn_down = Err(InitError::Access(AccessError::TornDown));
            SAID.push([with == torn_down, OBJECT.is_empty()]);
        }))
    });
    elsewhere(|| OBJECT.with_try_init(|_| ()).unwrap());
    assert_eq!(SAID.take(), [[true, true]]);

    let object = PerThread::new(|| Ok::<_, ()>(Ledger::new().value(1)));
    let inside = object.scope_try_init(|_| {
        let in_use = InitError::Access(AccessError::InUse);
        assert_eq!(object.with_try_init(|_| ()), Err(in_use));
        object.scope_try_init(|_| Ok::<_, ()>(()))
    });
    let refused = ScopeError::Access(AccessError::InUse);
    assert_eq!(inside, Err(ScopeError::Work(refused)));
}

#[test]
fn recursion_is_caught() {
    static AGAIN: u32 = line!() + 2;
    static OBJECT: PerThread<u64, fn() -> Result<u64, ()>> =
        PerThread::new(|| OBJECT.with_try_init(|n| n + 1).map_err(drop));
    let _watch = watchdog();
    for _ in 0..2 {
        let began = line!() + 1;
        let text = complaint(|| OBJECT.with_try_init(|_| ()));
        assert_eq!(text, per_thread_recursion("u64", &at!(AGAIN), &at!(began)));
        assert!(OBJECT.is_empty());
    }
}

#[test]
fn what_the_errors_say() {
    let down = || io::Error::other("the server is down");
    let error = InitError::Init(down());
    assert_eq!(
        error.to_string(),
        "the thread's value could not be computed: the server is down"
    );
    assert!(error.source().unwrap().is::<io::Error>());
    let error = InitError::<io::Error>::from(AccessError::InUse);
    assert_eq!(error.to_string(), AccessError::InUse.to_string());
    assert!(error.source().is_none());
    let error = ScopeError::<io::Error, _>::Init(down());
    assert_eq!(
        error.to_string(),
        "the thread's resource could not be opened: the server is down"
    );
    assert!(error.source().unwrap().is::<io::Error>());
}
