//! A source that asks the reload which asks it: it gets the old value, or the load has failed; it
//! never hangs.

use std::{
    panic::resume_unwind,
    sync::{Arc, mpsc::channel},
};

use onset::{Guard, Reload, Stale};

use super::{Why, World, eager, got, patient, refused, state};
use crate::{
    messages::without_columns,
    support::{Tracked, catch, text_of, watchdog},
};

type Shared = Arc<Reload<World>>;

/// What the next load, or before it the next look, finds when it asks for the value itself.
fn ask_within(reload: &Shared, by_stamp: bool) -> impl FnOnce() -> Result<u64, String> {
    let (outcome, result) = channel();
    let inner = Arc::clone(reload);
    let ask = move || match catch(|| inner.get().map(|value| value.id())) {
        Ok(value) => outcome
            .send(value.map_err(|error| format!("{error:?}")))
            .unwrap(),
        Err(payload) => {
            let text = text_of(payload);
            outcome.send(Err(without_columns(&text))).unwrap();
            // As it would have gone on.
            resume_unwind(Box::new(text))
        }
    };
    if by_stamp {
        reload.source().at_stamp(ask);
    } else {
        reload.source().at_load(ask);
    }
    move || result.recv().expect("it has asked")
}

fn message(again: u32, began: u32) -> String {
    let file = file!();
    format!(
        "`Reload<{}>` is needed at {file}:{again} by its own initialiser, which began at \
         {file}:{began}; remedy: load the value without asking for it",
        std::any::type_name::<World>()
    )
}

#[test]
fn it_gets_the_old_value() {
    for by_stamp in [false, true] {
        let (_watch, reload) = (watchdog(), Arc::new(eager(World::new(), Stale::Serve)));
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        let within = ask_within(&reload, by_stamp);
        assert_eq!(got(&reload), 2);
        assert_eq!(within(), Ok(1));
        assert_eq!(state(&reload), (2, None));
    }
}

#[track_caller]
fn assert_caught(reload: &Shared, by_stamp: bool) {
    let within = ask_within(reload, by_stamp);
    let _ = reload.get();
    let text = within().expect_err("it waits for itself");
    assert!(text.contains(" is needed at "), "{text}");
    let Some(Why::Panicked(reported)) = state(reload).1 else {
        panic!("no failed load");
    };
    assert_eq!(without_columns(&reported), text);
    reload.source().set(7);
    assert_eq!(got(reload), 7, "and it is as usable as before");
}

/// There is no old value that it could get.
#[test]
fn the_first_load_fails() {
    let _watch = watchdog();
    for by_stamp in [false, true] {
        assert_caught(&Arc::new(eager(World::new(), Stale::Serve)), by_stamp);
        assert_caught(&Arc::new(eager(World::new(), Stale::Wait)), by_stamp);
    }
}

/// It would have to wait for the new one.
#[test]
fn a_load_fails_where_others_wait() {
    for by_stamp in [false, true] {
        let (_watch, reload) = (watchdog(), Arc::new(eager(World::new(), Stale::Wait)));
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        assert_caught(&reload, by_stamp);
    }
}

const ASKS: u32 = line!() + 3;

fn ask(reload: &Shared) {
    let _ = reload.get();
}

#[test]
fn the_message_names_both_places_and_the_remedy() {
    let (_watch, reload) = (watchdog(), Arc::new(patient(World::new(), Stale::Wait)));
    let inner = Arc::clone(&reload);
    reload.source().at_load(move || ask(&inner));
    let began = line!() + 1;
    let outcome = reload.get().map(drop);
    let Why::Panicked(text) = outcome.unwrap_err().into() else {
        panic!("it has panicked");
    };
    assert_eq!(without_columns(&text), message(ASKS, began));
}

/// The way may lead over another reload. That one fails, for it is the one which asks in vain; the
/// first one has a source that can live with that.
#[test]
fn over_another_one() {
    let (_watch, outer) = (watchdog(), Arc::new(patient(World::new(), Stale::Wait)));
    let inner = Arc::new(patient(World::new(), Stale::Wait));
    let (needs_inner, needs_outer) = (Arc::clone(&inner), Arc::clone(&outer));
    inner.source().at_load(move || ask(&needs_outer));
    outer.source().at_load(move || ask(&needs_inner));
    let began = line!() + 1;
    let value = outer.get().map(|value| value.id());
    assert_eq!(value.unwrap(), 1);
    let Why::Panicked(text) = refused(&inner) else {
        panic!("it has panicked");
    };
    assert_eq!(without_columns(&text), message(ASKS, began));
}

#[test]
fn another_one_inside_is_no_recursion() {
    let (_watch, outer) = (watchdog(), patient(World::new(), Stale::Wait));
    let inner = Arc::new(eager(World::new(), Stale::Wait));
    for id in 1..4 {
        let needed = Arc::clone(&inner);
        inner.source().set(10 * id);
        outer.source().set(id);
        outer
            .source()
            .at_load(move || assert_eq!(got(&needed), 10 * id));
        outer.invalidate();
        assert_eq!(got(&outer), id);
    }
}

/// What only looks, or forgets, waits for nobody.
#[test]
fn looking_is_no_recursion() {
    for stale in super::BOTH {
        let (_watch, reload) = (watchdog(), Arc::new(patient(World::new(), stale)));
        let inner = Arc::clone(&reload);
        reload.source().at_load(move || {
            assert_eq!(state(&inner), (0, None));
            assert!(format!("{inner:?}").starts_with("Reload"));
            assert_eq!(inner.source().calls(), (1, 1));
            inner.invalidate();
        });
        assert_eq!(got(&reload), 1);
        assert_eq!(state(&reload), (1, None));
    }
}

/// A guard of the old value may be kept all through the load of the new one, and beyond.
#[test]
fn a_guard_in_the_source() {
    let (_watch, reload) = (watchdog(), Arc::new(eager(World::new(), Stale::Serve)));
    let outer = reload.get().unwrap();
    reload.source().set(2);
    let inner = Arc::clone(&reload);
    let (kept, keep) = channel::<Arc<Tracked>>();
    reload.source().at_load(move || {
        let guard = inner.get().unwrap();
        kept.send(Guard::to_arc(&guard)).unwrap();
    });
    assert_eq!(got(&reload), 2);
    let old = keep.recv().unwrap();
    assert!(Arc::ptr_eq(&old, &Guard::to_arc(&outer)) && old.id() == 1);
}
