//! One computes, the others wait so long and no longer. In a model a lease runs out at any moment.

use std::time::Duration;

use loom::{sync::Arc, thread};
use onset_modelled::HedgedCell;

use crate::generic::{
    Computed::{ByAnyone, Once},
    first_use, reader, set_against_get_or_init,
};
use crate::support::{Maker, Whole, fails, model, model_of_three, panic_as_expected, shared, two};

const SOME_PATIENCE: Duration = Duration::from_millis(1);

fn patient() -> HedgedCell<Whole> {
    HedgedCell::new(SOME_PATIENCE)
}

fn endless() -> HedgedCell<Whole> {
    HedgedCell::new(Duration::MAX)
}

/// The takeover at every moment: both compute, or one does.
#[test]
fn hedged_takeover() {
    first_use("hedged_takeover", patient, ByAnyone);
}

/// Three threads, and whoever finishes first publishes: one result, whoever took over from whom.
#[test]
fn hedged_three_threads() {
    model_of_three("hedged_three_threads", || {
        let maker = Maker::default();
        let cell = shared(HedgedCell::new(SOME_PATIENCE));
        let others = [1, 2].map(|n| {
            let (cell, maker) = (Arc::clone(&cell), maker.clone());
            thread::spawn(move || cell.get_or_init(|| maker.make(n)).read())
        });
        let own = cell.get_or_init(|| maker.make(3)).read();
        for other in others {
            assert_eq!(other.join().unwrap(), own);
        }
        assert_eq!(maker.dropped(), maker.made() - 1);
    });
}

/// Patience without end: a once-cell.
#[test]
fn hedged_endless() {
    first_use("hedged_endless", endless, Once);
}

/// `set` publishes past a running initialiser, and wakes who waits for that.
#[test]
fn hedged_set_past_initialiser() {
    set_against_get_or_init("hedged_set_past_initialiser", endless);
}

/// `set` itself wakes who waits: the initialiser past which it publishes ends only after them.
#[test]
fn hedged_set_wakes() {
    model("hedged_set_wakes", || {
        let maker = Maker::default();
        let cell = shared(endless());
        let computed = cell.get_or_init(|| {
            let other = Arc::clone(&cell);
            let waiter = thread::spawn(move || other.get_or_init(|| unreachable!()).read());
            assert!(cell.set(maker.make(1)).is_ok());
            assert_eq!(waiter.join().unwrap(), 1);
            maker.make(2)
        });
        assert_eq!(computed.read(), 1, "the initialiser has lost");
    });
}

#[test]
fn hedged_reader() {
    reader("hedged_reader", patient);
}

fn failing(name: &str, patience: Duration, fail: fn(&HedgedCell<Whole>)) {
    model(name, move || {
        let maker = Maker::default();
        let cell = shared(HedgedCell::new(patience));
        let two_ = maker.clone();
        two(&cell, fail, move |cell| {
            assert_eq!(cell.get_or_init(|| two_.make(2)).read(), 2);
        });
        assert_eq!((maker.made(), maker.dropped()), (1, 0));
    });
}

/// The first fails, while the other takes over or waits.
#[test]
fn hedged_failing_initialiser() {
    failing("hedged_failing_initialiser", SOME_PATIENCE, |cell| {
        let _ = cell.get_or_try_init(|| Err(()));
    });
}

#[test]
fn hedged_panicking_initialiser() {
    failing("hedged_panicking_initialiser", SOME_PATIENCE, |cell| {
        let _ = fails(|| cell.get_or_init(|| -> Whole { panic_as_expected() }).read());
    });
}

/// The waiter cannot take over: the failure must wake it.
#[test]
fn hedged_endless_failing_initialiser() {
    failing(
        "hedged_endless_failing_initialiser",
        Duration::MAX,
        |cell| {
            let _ = cell.get_or_try_init(|| Err(()));
        },
    );
}
