//! Units of work: which hooks run, what comes out, and whether the resource stays, for hooks and
//! work that succeed, fail or panic in every combination.

use std::panic::resume_unwind;

use onset::{PerThread, Resource, ScopeError};

use super::{Log, OnDrop, STUCK, work_with};
use crate::support::{Ledger, Tracked, catch, planned_panic};
use script::{
    By, Outcome, SMOOTH, Script, Scripted, Stage,
    Turn::{self, Fails, Panics, Succeeds},
    all_scripts,
};

mod script;

/// The rules: what comes out, what was called, whether the resource is kept.
fn expected(script: Script) -> (Outcome, &'static [&'static str], bool) {
    let all = |end| -> &[&str] {
        match end {
            "commit" => &["begin", "work", "commit"],
            _ => &["begin", "work", "rollback"],
        }
    };
    let Script { begin, work, end } = script;
    match (begin, work, end) {
        (Fails, ..) => (Ok(Err(ScopeError::Begin('b'))), &["begin"], false),
        (Panics, ..) => (Err('b'), &["begin"], false),

        (_, Succeeds, Succeeds) => (Ok(Ok("done")), all("commit"), true),
        (_, Succeeds, Fails) => (Ok(Err(ScopeError::Commit('e'))), all("commit"), false),
        (_, Succeeds, Panics) => (Err('e'), all("commit"), false),

        (_, Fails, Succeeds) => (Ok(Err(ScopeError::Work('w'))), all("rollback"), true),
        (_, Fails, Fails) => {
            let both = ScopeError::Rollback {
                work: 'w',
                hook: 'e',
            };
            (Ok(Err(both)), all("rollback"), false)
        }
        (_, Fails, Panics) => (Err('e'), all("rollback"), false),

        // The first panic is the one that goes on.
        (_, Panics, end) => (Err('w'), all("rollback"), end == Succeeds),
    }
}

#[test]
fn every_step_in_every_way() {
    for script in all_scripts() {
        let stage = Stage::new(script, None);
        let (outcome, calls, kept) = expected(script);
        assert_eq!(
            (stage.play(), &stage.calls.take()[..]),
            (outcome, calls),
            "{script:?}"
        );
        stage.assert_kept(kept);
    }
}

/// The same with a resource that was there before.
#[test]
fn every_step_in_every_way_once_more() {
    for script in all_scripts() {
        let stage = Stage::new(script, None);
        stage
            .object
            .with(|resource| assert_eq!(resource.counted.id(), 0));
        let (outcome, calls, kept) = expected(script);
        assert_eq!(
            (stage.play(), &stage.calls.take()[..]),
            (outcome, calls),
            "{script:?}"
        );
        stage.assert_kept(kept);
        assert!(stage.object.remove().is_some(), "it is in nobody's use");
    }
}

fn destructor_panics() {
    resume_unwind(Box::new(By::<'d'>));
}

/// A resource that is dropped because a hook failed, and panics: that goes on, unless the work's
/// panic was first. (A hook that panics on top of that ends the process, as everywhere.)
#[test]
fn destructors_that_panic() {
    for script in all_scripts() {
        let (outcome, _, kept) = expected(script);
        let hook_panics = script.begin == Panics || outcome == Err('e') || script.end == Panics;
        if kept || hook_panics {
            continue;
        }
        let stage = Stage::new(script, Some(destructor_panics));
        let first = if outcome == Err('w') { 'w' } else { 'd' };
        assert_eq!(stage.play(), Err(first), "{script:?}");
        assert_eq!((stage.object.len(), stage.ledger.alive()), (0, 0));
        stage
            .object
            .with(|resource| assert_eq!(resource.counted.id(), 1));
        let last = stage
            .object
            .remove()
            .and_then(|mut resource| resource.at_last.take());
        assert!(catch(|| drop(last)).is_err());
    }
}

/// A resource that fails with a value, and panics when it is dropped for it.
struct Breaks(&'static Ledger, Script);

impl Breaks {
    fn fail(&self, turn: Turn) -> Result<(), Tracked> {
        turn.take::<'b'>().map_err(|_| self.0.value(1))
    }
}

impl Resource for Breaks {
    type Error = Tracked;
    fn begin(&mut self) -> Result<(), Tracked> {
        self.fail(self.1.begin)
    }
    fn commit(&mut self) -> Result<(), Tracked> {
        self.fail(self.1.end)
    }
    fn rollback(&mut self) -> Result<(), Tracked> {
        self.fail(self.1.end)
    }
}

impl Drop for Breaks {
    fn drop(&mut self) {
        destructor_panics();
    }
}

/// The errors, and what the work has done, are lost, but not leaked.
#[test]
fn a_destructor_that_panics_leaks_no_errors() {
    let fails = |script: &Script| match script.begin {
        Succeeds => script.end == Fails,
        begin => begin == Fails,
    };
    for script in all_scripts().filter(fails) {
        let ledger = Ledger::new();
        let object = PerThread::new(|| Breaks(ledger, script));
        let work = |_: &mut Breaks| match script.work.take::<'w'>() {
            Ok(()) => Ok(ledger.value(2)),
            Err(_) => Err(ledger.value(3)),
        };
        assert!(catch(|| object.scope(work).is_ok()).is_err(), "{script:?}");
        assert_eq!((object.len(), ledger.alive()), (0, 0), "{script:?}");
    }
}

/// The next unit of work after one that cost the resource has a new one; after any other the same.
#[test]
fn one_after_the_other() {
    let stage = Stage::new(SMOOTH, None);
    for round in 0..3 {
        assert_eq!(stage.play(), Ok(Ok("done")));
        let failed: Result<(), _> = stage.object.scope(|resource| {
            assert_eq!(resource.counted.id(), round);
            resource.script.end = Fails;
            Err('w')
        });
        assert_eq!(
            failed,
            Err(ScopeError::Rollback {
                work: 'w',
                hook: 'e'
            })
        );
        assert_eq!((stage.object.len(), stage.ledger.alive()), (0, 0));
    }
    assert_eq!(stage.ledger.made(), 3);
}

/// A destructor that asks for the value that is just being dropped gets a new one.
#[test]
fn a_resource_is_out_of_its_place_before_it_is_dropped() {
    static OBJECT: PerThread<Own> = PerThread::new(|| Own(OnDrop::new(|| ())));
    static LEFT: Log<usize> = Log::new();
    struct Own(OnDrop);
    impl Resource for Own {
        type Error = ();
        fn commit(&mut self) -> Result<(), ()> {
            self.0 = OnDrop::new(|| {
                LEFT.push(OBJECT.len());
                OBJECT.with(|_| LEFT.push(OBJECT.len()));
            });
            Err(())
        }
        fn rollback(&mut self) -> Result<(), ()> {
            Ok(())
        }
    }
    super::elsewhere(|| {
        let failed: Result<(), ScopeError<(), ()>> = OBJECT.scope(|_| Ok(()));
        assert_eq!(failed, Err(ScopeError::Commit(())));
        assert_eq!((LEFT.take(), OBJECT.len()), (vec![0, 1], 1));
    });
    assert!(OBJECT.is_empty() && LEFT.take().is_empty());
}

/// An initialiser that panics: nothing has begun.
#[test]
fn no_resource_no_work() {
    let object: PerThread<Scripted, _> =
        PerThread::new(|| Panics.take::<'b'>().map(|()| todo!()).unwrap());
    let outcome =
        catch(|| object.scope(|_| -> Result<(), char> { unreachable!("nothing to work with") }));
    assert!(outcome.unwrap_err().is::<By<'b'>>());
    assert!(object.is_empty());
}

/// `begin` need not do anything.
#[test]
fn a_unit_of_work_begins_by_itself() {
    let ledger = Ledger::new();
    let object = PerThread::new(|| ledger.value(3));
    assert_eq!(work_with(&object, |value| value.id()), Ok(3));
    let stuck = work_with(&object, |value| value.write(STUCK));
    assert_eq!(stuck, Err(ScopeError::Commit(())));
    assert_eq!((object.len(), ledger.alive()), (0, 0));
}

/// The hook's panic goes on; that of the resource's destructor gives way to it, and nothing aborts.
#[test]
fn a_hook_panics_and_then_the_destructor_does() {
    struct Broken;
    impl Drop for Broken {
        fn drop(&mut self) {
            planned_panic();
        }
    }
    impl Resource for Broken {
        type Error = ();
        fn commit(&mut self) -> Result<(), ()> {
            resume_unwind(Box::new("commit"))
        }
        fn rollback(&mut self) -> Result<(), ()> {
            resume_unwind(Box::new("rollback"))
        }
    }
    let object = PerThread::new(|| Broken);
    let commits = catch(|| object.scope(|_| Ok::<_, ()>(()))).unwrap_err();
    assert_eq!(commits.downcast_ref(), Some(&"commit"));
    let rolls_back = catch(|| object.scope(|_| Err::<(), _>(()))).unwrap_err();
    assert_eq!(rolls_back.downcast_ref(), Some(&"rollback"));
    assert_eq!(object.len(), 0);
}
