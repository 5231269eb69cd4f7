//! Each key and value is dropped exactly once, also where destructors panic.

use std::convert::Infallible;

use onset::{BatchError, Registry};

use super::{Items, all, items, pair};
use crate::support::{Item, Ledger, Moment, after, at_the_next, catch, is_planned, planned_panic};

/// Does it, with a panic in each of the destructors that it runs, in turn: every time, the same
/// number of keys and values is dropped.
fn all_are_dropped_whoever_panics<T>(
    make: impl Fn(&'static Ledger) -> T,
    run: impl Fn(T, &'static Ledger),
    dropped: usize,
) {
    for others in 0..dropped {
        let ledger = Ledger::new();
        let made = make(ledger);
        let before = ledger.made();
        let plan = after(others, Moment::Drop, || planned_panic());
        let outcome = catch(|| run(made, ledger));
        drop(plan);
        let payload = outcome.expect_err("the panic goes on");
        assert!(is_planned(&payload));
        assert!(ledger.made() >= before);
        assert_eq!(
            ledger.alive(),
            0,
            "after the {others}th destructor panicked"
        );
    }
}

fn replaced_and_removed(ledger: &'static Ledger) -> Items {
    let registry = items(ledger, 1..=3);
    let (key, value) = pair(ledger, 2);
    registry.replace(key, value).unwrap();
    registry.remove(&1).unwrap();
    registry
}

#[test]
fn a_registry_drops_everything_once() {
    let ledger = Ledger::new();
    let registry = replaced_and_removed(ledger);
    assert_eq!(ledger.alive(), 8, "what is gone, too");
    drop(registry);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_registry_is_dropped_whatever_a_destructor_does() {
    all_are_dropped_whoever_panics(replaced_and_removed, |registry, _| drop(registry), 8);
}

#[test]
fn compacting_drops_what_is_gone_whatever_a_destructor_does() {
    for others in 0..4 {
        let ledger = Ledger::new();
        let mut registry = replaced_and_removed(ledger);
        let version = registry.version();
        let plan = after(others, Moment::Drop, || planned_panic());
        let payload = catch(|| registry.compact()).unwrap_err();
        drop(plan);
        assert!(is_planned(&payload));
        assert_eq!(all(&registry), [(3, 30), (2, 20)]);
        assert_eq!((registry.version(), ledger.alive()), (version, 4));
        let (key, value) = pair(ledger, 1);
        assert!(registry.register(key, value).is_ok());
        assert_eq!(all(&registry), [(3, 30), (2, 20), (1, 10)]);
    }
}

#[test]
fn a_registry_is_taken_apart_whatever_a_destructor_does() {
    let take_apart = |registry: Items, _: &_| drop(registry.into_iter());
    all_are_dropped_whoever_panics(replaced_and_removed, take_apart, 8);
}

#[test]
fn a_failed_batch_drops_everything_whatever_a_destructor_does() {
    let fail = |registry: Items, ledger: &'static Ledger| {
        let outcome = registry.batch(|batch| {
            for id in 1..=2 {
                let (key, value) = pair(ledger, id);
                batch.register(key, value);
            }
            batch.remove(Item::new(ledger, 3));
            Err(())
        });
        assert_eq!(outcome, Err(BatchError::Failed(())));
    };
    all_are_dropped_whoever_panics(|_| Registry::new(), fail, 5);
}

/// The newer value is in the batch all the same.
#[test]
fn a_value_that_a_batch_replaces_in_itself_may_panic() {
    for others in 0..2 {
        let ledger = Ledger::new();
        let registry = Registry::new();
        let outcome = registry.batch(|batch| {
            let (key, value) = pair(ledger, 1);
            batch.register(key, value);
            let newer = (Item::new(ledger, 1), Item::new(ledger, 11));
            let plan = after(others, Moment::Drop, || planned_panic());
            assert!(catch(|| batch.replace(newer.0, newer.1)).is_err());
            drop(plan);
            assert_eq!(ledger.alive(), 2);
            Ok::<_, Infallible>(())
        });
        assert!(outcome.is_ok());
        assert_eq!(all(&registry), [(1, 11)]);
        assert_eq!(ledger.alive(), 2);
    }
}

/// The batch is published before what it removed by is dropped.
#[test]
fn the_key_that_a_batch_removes_by_may_panic() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=2);
    let payload = {
        let mut plan = None;
        let outcome = catch(|| {
            registry.batch(|batch| {
                let (key, value) = pair(ledger, 3);
                batch.register(key, value);
                batch.remove(Item::new(ledger, 1));
                plan = Some(at_the_next(Moment::Drop, || planned_panic()));
                Ok::<_, Infallible>(())
            })
        });
        drop(plan);
        outcome.err().unwrap()
    };
    assert!(is_planned(&payload));
    assert_eq!(all(&registry), [(2, 20), (3, 30)]);
    assert_eq!(ledger.alive(), 6);
}

/// What was refused comes back whole; what lost against what is there is dropped.
#[test]
fn a_loser_is_dropped_at_once() {
    let ledger = Ledger::new();
    let registry = items(ledger, [1]);
    let (key, value) = pair(ledger, 1);
    registry.register_or_get(key, value).unwrap();
    assert_eq!((ledger.made(), ledger.alive()), (4, 2));
    let (key, value) = pair(ledger, 1);
    let refused = registry.register(key, value).unwrap_err();
    assert_eq!((refused.key.id(), refused.value.id()), (1, 10));
    assert_eq!(ledger.alive(), 4);
    drop(refused);
    assert_eq!(ledger.alive(), 2);
}

/// In the order in which they were registered, also across chunks.
#[test]
fn values_are_dropped_in_order() {
    use std::{cell::RefCell, rc::Rc};
    struct Tells(u64, Rc<RefCell<Vec<u64>>>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }
    let (registry, told) = (Registry::new(), Rc::new(RefCell::new(vec![])));
    for id in 0..100 {
        let value = Tells(id, Rc::clone(&told));
        assert!(registry.register(id, value).is_ok());
    }
    drop(registry);
    assert!(told.take().into_iter().eq(0..100));
}

#[test]
fn a_duplicate_in_a_batch_drops_the_others_whatever_a_destructor_does() {
    let refused = |registry: Items, ledger: &'static Ledger| {
        let outcome = registry.batch(|batch| {
            for id in [1, 2, 3, 2] {
                let (key, value) = pair(ledger, id);
                batch.register(key, value);
            }
            let (key, value) = pair(ledger, 4);
            batch.register(key, value);
            Ok::<_, Infallible>(())
        });
        drop(outcome.unwrap_err());
    };
    all_are_dropped_whoever_panics(|_| Registry::new(), refused, 10);
}

/// What a batch's closure failed with is dropped as well, if nobody gets to see it.
#[test]
fn the_error_of_a_batch_whose_values_panic_is_dropped() {
    let fail = |registry: Items, ledger: &'static Ledger| {
        let error = Item::new(ledger, 9);
        let outcome = registry.batch(|batch| {
            let (key, value) = pair(ledger, 1);
            batch.register(key, value);
            Err(error)
        });
        drop(outcome);
    };
    all_are_dropped_whoever_panics(|_| Registry::new(), fail, 3);
}

/// The same with a duplicate that is found when the batch is published.
#[test]
fn a_late_duplicate_of_a_batch_whose_values_panic_is_dropped() {
    let refused = |registry: Items, ledger: &'static Ledger| {
        let outcome = registry.batch(|batch| {
            for id in 1..=3 {
                let (key, value) = pair(ledger, id);
                batch.register(key, value);
            }
            let (key, value) = pair(ledger, 2);
            assert!(registry.register(key, value).is_ok());
            Ok::<_, Infallible>(())
        });
        drop(outcome.unwrap_err());
    };
    all_are_dropped_whoever_panics(|_| Registry::new(), refused, 8);
}
