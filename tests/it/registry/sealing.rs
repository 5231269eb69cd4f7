//! A sealed registry: no change comes through, all else works.

use std::{convert::Infallible, thread};

use onset::{BatchError, Reason, Refused, Registry};

use crate::support::{Stall, hold, run_together, watchdog};

fn sealed() -> Registry<&'static str, u64> {
    let registry = Registry::new();
    registry.register("a", 1).unwrap();
    assert!(!registry.is_sealed());
    registry.seal();
    assert!(registry.is_sealed());
    registry
}

#[test]
fn nothing_is_registered_any_more() {
    let registry = sealed();
    let (reason, key, value) = (Reason::Sealed, "b", 2);
    let refused = Refused { reason, key, value };
    assert_eq!(registry.register("b", 2), Err(refused));
    assert_eq!(registry.register_or_get("b", 2), Err(refused));
    assert_eq!(registry.replace("b", 2), Err(refused));
    assert_eq!((registry.len(), registry.version()), (1, 1));
}

#[test]
fn nothing_is_replaced_or_removed_any_more() {
    let registry = sealed();
    let (reason, key, value) = (Reason::Sealed, "a", 2);
    assert_eq!(
        registry.replace("a", 2),
        Err(Refused { reason, key, value })
    );
    assert!(registry.remove("a").is_err());
    assert!(registry.remove("b").is_err(), "whether it is there or not");
    assert_eq!((registry.get("a"), registry.version()), (Some(&1), 1));
}

/// That the key is there is what the caller can do something about.
#[test]
fn a_duplicate_is_called_a_duplicate() {
    let (reason, key, value) = (Reason::Duplicate, "a", 2);
    assert_eq!(
        sealed().register("a", 2),
        Err(Refused { reason, key, value })
    );
}

#[test]
fn no_batch_comes_through() {
    let registry = sealed();
    type Fill = fn(&mut onset::Batch<'_, &'static str, u64, onset::ProcessSeeded>);
    let fills: [Fill; 4] = [
        |batch| batch.register("b", 2),
        |batch| batch.replace("a", 2),
        |batch| batch.remove("a"),
        |_| {},
    ];
    for fill in fills {
        let outcome = registry.batch(|batch| {
            fill(batch);
            Ok::<_, Infallible>(())
        });
        assert_eq!(outcome, Err(BatchError::Sealed));
    }
    assert_eq!((registry.len(), registry.version()), (1, 1));
    assert_eq!(registry.get("a"), Some(&1));
}

#[test]
fn what_only_looks_works() {
    let mut registry = sealed();
    assert_eq!(registry.register_or_get("a", 2), Ok(&1));
    assert_eq!((registry.get("a"), registry.iter().count()), (Some(&1), 1));
    assert_eq!(registry.snapshot().get("a"), Some(&1));
    registry.seal();
    registry.compact();
    assert!(registry.is_sealed(), "for ever");
    assert!(registry.register("b", 2).is_err());
    assert!(registry.into_iter().eq([("a", 1)]));
}

/// While a batch's closure runs, sealing does not wait for it, and refuses it.
#[test]
fn a_batch_that_is_under_way_is_refused() {
    let (_watch, stall, registry) = (watchdog(), Stall::new(), Registry::new());
    thread::scope(|s| {
        let batch = hold(s, &stall, || {
            registry.batch(|batch| {
                batch.register("a", 1);
                stall.stand();
                Ok::<_, Infallible>(())
            })
        });
        registry.seal();
        assert_eq!(batch.end(), Err(BatchError::Sealed));
    });
    assert!(registry.is_empty());
}

/// When `seal` has returned, nothing is added, whoever was about to.
#[test]
fn a_change_is_complete_when_it_returns_or_refused() {
    for _ in 0..if cfg!(miri) { 3 } else { 100 } {
        let registry: Registry<usize, usize> = Registry::new();
        let accepted = run_together(4, |n| {
            if n == 0 {
                registry.seal();
                return registry.len();
            }
            let register = |key: &usize| registry.register(10 * key + n, n).is_ok();
            (0..20).take_while(register).count()
        });
        let (at_seal, accepted) = (accepted[0], accepted[1..].iter().sum::<usize>());
        assert_eq!((registry.len(), accepted), (at_seal, at_seal));
    }
}
