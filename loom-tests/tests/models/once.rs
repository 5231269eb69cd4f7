//! One computes, the others park: no lost wake-up, no second computation, no half value.

use loom::{sync::Arc, thread};
use onset_modelled::OnceCell;

use crate::generic::{Computed::Once, first_use, reader, set_against_get_or_init};
use crate::support::{
    Aside, Maker, Whole, fails, model, model_of_three, panic_as_expected, shared, two,
};

/// One computes, and the other finds the value, or parks and is woken.
#[test]
fn once_first_use() {
    first_use("once_first_use", OnceCell::new, Once);
}

/// Two waiters, one release.
#[test]
fn once_three_threads() {
    model_of_three("once_three_threads", || {
        let maker = Maker::default();
        let cell = shared(OnceCell::new());
        let others = [1, 2].map(|n| {
            let (cell, maker) = (Arc::clone(&cell), maker.clone());
            thread::spawn(move || cell.get_or_init(|| maker.make(n)).read())
        });
        let own = cell.get_or_init(|| maker.make(3)).read();
        for other in others {
            assert_eq!(other.join().unwrap(), own);
        }
        assert_eq!(maker.made(), 1);
    });
}

#[test]
fn once_reader() {
    reader("once_reader", OnceCell::new);
}

#[test]
fn once_set_against_get_or_init() {
    set_against_get_or_init("once_set_against_get_or_init", OnceCell::new);
}

/// The second initialiser sees what the failed one did, and does not overlap with it.
fn failing(name: &str, fail: fn(&OnceCell<Whole>, &Aside)) {
    model(name, move || {
        let maker = Maker::default();
        let cell = Arc::new((OnceCell::new(), Aside::default()));
        assert!(cell.0.get().is_none());
        let two_ = maker.clone();
        let ((), seen) = two(
            &cell,
            move |(cell, aside)| fail(cell, aside),
            move |(cell, aside)| cell.get_or_init(|| two_.make(aside.add_one())).read(),
        );
        assert!((1..=3).contains(&seen));
        assert_eq!(maker.made(), 1);
    });
}

#[test]
fn once_failing_initialiser() {
    failing("once_failing_initialiser", |cell, aside| {
        // It fails, or finds the value that the other one made.
        let _ = cell.get_or_try_init(|| {
            aside.add_one();
            Err(())
        });
    });
}

#[test]
fn once_panicking_initialiser() {
    failing("once_panicking_initialiser", |cell, aside| {
        let _ = fails(|| {
            cell.get_or_init(|| {
                aside.add_one();
                panic_as_expected()
            });
        });
    });
}

/// Two attempts fail, so that the number of the claim goes around: what the second one did is seen
/// all the same.
#[test]
fn once_two_failures() {
    failing("once_two_failures", |cell, aside| {
        for _ in 0..2 {
            let _ = cell.get_or_try_init(|| {
                aside.add_one();
                Err(())
            });
        }
    });
}

/// One fails, two wait: both wake, and one of them computes.
#[test]
fn once_failure_with_two_waiters() {
    model_of_three("once_failure_with_two_waiters", || {
        let maker = Maker::default();
        let cell = shared(OnceCell::new());
        let waiters = [1, 2].map(|n| {
            let (cell, maker) = (Arc::clone(&cell), maker.clone());
            thread::spawn(move || cell.get_or_init(|| maker.make(n)).read())
        });
        let _ = cell.get_or_try_init(|| Err(()));
        let [a, b] = waiters.map(|t| t.join().unwrap());
        assert_eq!((a, maker.made()), (b, 1));
    });
}

/// `wait` parks on an empty cell, and is woken by whoever fills it.
#[test]
fn once_wait() {
    model("once_wait", || {
        let maker = Maker::default();
        let cell = shared(OnceCell::new());
        let one = maker.clone();
        two(
            &cell,
            move |cell| assert!(cell.set(one.make(1)).is_ok()),
            |cell| assert_eq!(cell.wait().read(), 1),
        );
    });
}

/// A failed attempt wakes whoever waits, and it goes on waiting.
#[test]
fn once_wait_across_a_failure() {
    model("once_wait_across_a_failure", || {
        let maker = Maker::default();
        let cell = shared(OnceCell::new());
        let one = maker.clone();
        two(
            &cell,
            move |cell| {
                assert!(cell.get_or_try_init(|| Err(())).is_err());
                cell.get_or_init(|| one.make(1));
            },
            |cell| assert_eq!(cell.wait().read(), 1),
        );
    });
}

/// A deadline may pass at any moment: a waiter that takes itself out of the lot against a release.
#[test]
fn once_wait_timeout() {
    model("once_wait_timeout", || {
        let maker = Maker::default();
        let cell = shared(OnceCell::new());
        let one = maker.clone();
        two(
            &cell,
            move |cell| cell.get_or_init(|| one.make(1)).read(),
            |cell| {
                let seen = cell.wait_timeout(std::time::Duration::from_secs(1));
                assert!(seen.is_none_or(|value| value.read() == 1));
            },
        );
        assert_eq!(maker.made(), 1);
    });
}
