//! A batch of which nothing came: who gets what was in it?

use std::convert::Infallible;

use onset::{BatchError, Registry};

use super::{Items, all, items, pair};
use crate::support::{Item, Ledger};

/// Three registrations, a replacement and a removal, then what `last` does.
fn several(
    registry: &Items,
    ledger: &'static Ledger,
    last: impl FnOnce(
        &mut onset::Batch<'_, Item, Item, onset::ProcessSeeded>,
    ) -> Result<(), &'static str>,
) -> Result<(), BatchError<&'static str, Item, Item>> {
    registry.batch(|batch| {
        for id in 4..=6 {
            let (key, value) = pair(ledger, id);
            batch.register(key, value);
        }
        let (key, value) = pair(ledger, 2);
        batch.replace(key, value);
        batch.remove(Item::new(ledger, 1));
        last(batch)
    })
}

#[track_caller]
fn untouched(registry: &Items, ledger: &Ledger) {
    assert_eq!(all(registry), [(1, 10), (2, 20), (3, 30)]);
    assert_eq!((registry.version(), ledger.alive()), (3, 6));
}

#[test]
fn a_closure_that_fails_leaves_no_trace() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |_| Err("no"));
    assert!(matches!(outcome, Err(BatchError::Failed("no"))));
    untouched(&registry, ledger);
}

/// The error may hold what the closure has not given to the batch.
#[test]
fn an_error_brings_its_values_back() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let value = Item::new(ledger, 9);
    let Err(BatchError::Failed(back)) = registry.batch(|_| Err(value)) else {
        panic!("it fails");
    };
    assert_eq!((back.id(), ledger.alive()), (9, 7));
}

#[test]
fn a_key_that_is_there_comes_back() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |batch| {
        batch.register(Item::new(ledger, 3), Item::new(ledger, 33));
        Ok(())
    });
    let Err(BatchError::Duplicate { key, value }) = outcome else {
        panic!("it is a duplicate");
    };
    assert_eq!((key.id(), value.id(), ledger.alive()), (3, 33, 8));
    drop((key, value));
    untouched(&registry, ledger);
}

/// The second one, not the first.
#[test]
fn a_key_that_comes_twice_comes_back() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |batch| {
        batch.register(Item::new(ledger, 5), Item::new(ledger, 55));
        Ok(())
    });
    let Err(BatchError::Duplicate { key, value }) = outcome else {
        panic!("it is a duplicate");
    };
    assert_eq!((key.id(), value.id()), (5, 55));
    drop((key, value));
    untouched(&registry, ledger);
}

/// The first of several duplicates, whatever follows it.
#[test]
fn the_first_duplicate_comes_back() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |batch| {
        for id in [3, 5, 7, 5] {
            batch.register(Item::new(ledger, id), Item::new(ledger, id * 11));
        }
        batch.remove(Item::new(ledger, 3));
        Ok(())
    });
    let Err(BatchError::Duplicate { key, value }) = outcome else {
        panic!("it is a duplicate");
    };
    assert_eq!((key.id(), value.id()), (3, 33));
    drop((key, value));
    untouched(&registry, ledger);
}

/// Nobody can take it for success that the closure did not notice.
#[test]
fn a_closure_that_fails_after_a_duplicate_says_its_own_error() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |batch| {
        let (key, value) = pair(ledger, 3);
        batch.register(key, value);
        Err("no")
    });
    assert!(matches!(outcome, Err(BatchError::Failed("no"))));
    untouched(&registry, ledger);
}

/// Registered by somebody else after the batch has looked: the batch's own key and value.
#[test]
fn a_key_that_gets_registered_meanwhile_comes_back() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |_| {
        let faster = registry.register(Item::new(ledger, 5), Item::new(ledger, 55));
        assert!(faster.is_ok());
        Ok(())
    });
    let Err(BatchError::Duplicate { key, value }) = outcome else {
        panic!("it is a duplicate");
    };
    assert_eq!((key.id(), value.id()), (5, 50));
    drop((key, value));
    assert_eq!(all(&registry), [(1, 10), (2, 20), (3, 30), (5, 55)]);
    assert_eq!((registry.version(), ledger.alive()), (4, 8));
}

#[test]
fn a_batch_that_a_seal_overtakes_is_refused() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let outcome = several(&registry, ledger, |_| {
        registry.seal();
        Ok(())
    });
    assert!(matches!(outcome, Err(BatchError::Sealed)));
    untouched(&registry, ledger);
}

#[test]
fn an_empty_batch_changes_nothing() {
    let registry: Registry<u64, u64> = Registry::new();
    for _ in 0..2 {
        assert_eq!(registry.batch(|_| Ok::<_, Infallible>(())), Ok(()));
        assert_eq!((registry.version(), registry.len()), (0, 0));
    }
    registry.register(1, 1).unwrap();
    assert_eq!(registry.batch(|_| Ok::<_, Infallible>(())), Ok(()));
    assert_eq!((registry.version(), registry.len()), (1, 1));
}
