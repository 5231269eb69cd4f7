//! Batches: all at once, in order, and several operations for one key.

use std::{convert::Infallible, ptr};

use onset::{Batch, BatchError, ProcessSeeded, Registry};

use super::{all, items, pair};
use crate::support::{Item, Ledger};

type Fill<'f> = &'f dyn Fn(&mut Batch<'_, u64, u64, ProcessSeeded>);

/// Key and value of everything that is registered, in order.
fn shown(registry: &Registry<u64, u64>) -> Vec<(u64, u64)> {
    registry.iter().map(|(key, value)| (*key, *value)).collect()
}

/// What comes of a batch on a registry with 1, 2 and 3, of which 3 was removed.
fn after(fill: Fill<'_>) -> Result<Vec<(u64, u64)>, (u64, u64)> {
    let registry = Registry::new();
    for key in 1..=3 {
        registry.register(key, key).unwrap();
    }
    registry.remove(&3).unwrap();
    let before = registry.snapshot();
    let outcome = registry.batch(|batch| {
        fill(batch);
        Ok::<_, Infallible>(())
    });
    assert!(
        before.iter().eq([(&1, &1), (&2, &2)]),
        "a snapshot never changes"
    );
    for (key, value) in shown(&registry) {
        assert_eq!(registry.get(&key), Some(&value));
    }
    assert_eq!(registry.len(), registry.iter().count());
    match outcome {
        Ok(()) => Ok(shown(&registry)),
        Err(BatchError::Duplicate { key, value }) => {
            assert_eq!(shown(&registry), [(1, 1), (2, 2)]);
            Err((key, value))
        }
        Err(_) => unreachable!("it is not sealed"),
    }
}

#[derive(Clone, Copy)]
enum Do {
    Register,
    Replace,
    Remove,
}

use Do::{Register, Remove, Replace};

/// What comes of these operations for one key, of which the first one brings the value 10, the
/// second one 11, and so on: the key's value, or none, or a duplicate.
fn comes_of(key: u64, operations: &[Do]) -> Result<Option<u64>, u64> {
    let outcome = after(&|batch| {
        for (value, operation) in (10..).zip(operations) {
            match operation {
                Register => batch.register(key, value),
                Replace => batch.replace(key, value),
                Remove => batch.remove(key),
            }
        }
    });
    let all = outcome.map_err(|(refused, value)| {
        assert_eq!(refused, key);
        value
    })?;
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|(other, _)| *other == key);
    let untouched = [(1, 1), (2, 2)]
        .into_iter()
        .filter(|(other, _)| *other != key);
    assert!(others.into_iter().eq(untouched));
    assert!(
        own.is_empty() || all.last() == Some(&own[0]),
        "it comes last"
    );
    Ok(own.first().map(|(_, value)| *value))
}

#[test]
fn operations_for_a_key_that_is_there() {
    let come_of = |operations: &[Do]| comes_of(1, operations);
    assert_eq!(come_of(&[Register]), Err(10));
    assert_eq!(come_of(&[Replace]), Ok(Some(10)));
    assert_eq!(come_of(&[Remove]), Ok(None));

    assert_eq!(come_of(&[Register, Remove]), Err(10));
    assert_eq!(come_of(&[Register, Replace]), Err(10));
    assert_eq!(come_of(&[Replace, Register]), Err(11));
    assert_eq!(come_of(&[Replace, Replace]), Ok(Some(11)));
    assert_eq!(come_of(&[Replace, Remove]), Ok(None));
    assert_eq!(come_of(&[Remove, Register]), Ok(Some(11)));
    assert_eq!(come_of(&[Remove, Replace]), Ok(Some(11)));
    assert_eq!(come_of(&[Remove, Remove]), Ok(None));

    assert_eq!(come_of(&[Replace, Remove, Register]), Ok(Some(12)));
    assert_eq!(come_of(&[Remove, Register, Remove]), Ok(None));
    assert_eq!(come_of(&[Remove, Register, Register]), Err(12));
}

/// It was removed, or never was.
#[test]
fn operations_for_a_key_that_is_not_there() {
    for key in [3, 4] {
        let come_of = |operations: &[Do]| comes_of(key, operations);
        assert_eq!(come_of(&[Register]), Ok(Some(10)));
        assert_eq!(come_of(&[Replace]), Ok(Some(10)));
        assert_eq!(come_of(&[Remove]), Ok(None));

        assert_eq!(come_of(&[Register, Register]), Err(11));
        assert_eq!(come_of(&[Register, Replace]), Ok(Some(11)));
        assert_eq!(come_of(&[Register, Remove]), Ok(None));
        assert_eq!(come_of(&[Replace, Register]), Err(11));
        assert_eq!(come_of(&[Replace, Replace]), Ok(Some(11)));
        assert_eq!(come_of(&[Replace, Remove]), Ok(None));
        assert_eq!(come_of(&[Remove, Register]), Ok(Some(11)));
        assert_eq!(come_of(&[Remove, Replace]), Ok(Some(11)));
        assert_eq!(come_of(&[Remove, Remove]), Ok(None));

        assert_eq!(come_of(&[Register, Remove, Register]), Ok(Some(12)));
        assert_eq!(come_of(&[Register, Remove, Replace]), Ok(Some(12)));
        assert_eq!(come_of(&[Register, Replace, Remove]), Ok(None));
    }
}

/// They stand in the order in which their keys came first.
#[test]
fn a_key_keeps_the_place_of_its_first_operation() {
    let fill: Fill<'_> = &|b| {
        b.register(9, 90);
        b.replace(1, 10);
        b.register(8, 80);
        b.replace(9, 91);
        b.remove(2);
        b.replace(1, 11);
    };
    assert_eq!(after(fill).unwrap(), [(9, 91), (1, 11), (8, 80)]);
}

/// One for each key that it concerned.
#[test]
fn a_batch_raises_the_version_by_its_keys() {
    let registry = Registry::new();
    registry.register(1, 1).unwrap();
    let outcome = registry.batch(|batch| {
        batch.remove(1);
        batch.register(1, 10);
        batch.register(2, 20);
        batch.replace(2, 21);
        batch.register(3, 30);
        batch.remove(3);
        batch.remove(4);
        Ok::<_, Infallible>(())
    });
    assert_eq!((outcome, registry.version()), (Ok(()), 3));
}

#[test]
fn the_registry_does_not_show_a_batch_before_its_end() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=3);
    let (before, kept) = (all(&registry), registry.get(&2).unwrap());
    let outcome = registry.batch(|batch| {
        for id in 4..200 {
            let (key, value) = pair(ledger, id);
            batch.register(key, value);
        }
        let (key, value) = pair(ledger, 2);
        batch.replace(key, value);
        batch.remove(Item::new(ledger, 1));
        assert_eq!((all(&registry), registry.version()), (before, 3));
        assert!(!registry.contains_key(&4) && !registry.is_sealed());
        Ok::<_, Infallible>(())
    });
    assert!(outcome.is_ok());
    assert_eq!((kept.id(), registry.len()), (20, 198));
    assert!(!ptr::eq(kept, registry.get(&2).unwrap()));
    // The key by which the batch removed is dropped; what it removed and replaced stays.
    assert_eq!(ledger.alive(), 2 * (3 + 196 + 1));
}

/// One whose looks hit other keys with the same hash.
#[test]
fn keys_that_collide_are_told_apart() {
    use crate::support::Always;
    let registry: Registry<u64, u64, Always<7>> = Registry::default();
    registry.register(0, 0).unwrap();
    let outcome = registry.batch(|batch| {
        for key in 1..50 {
            batch.register(key, key);
        }
        for key in (0..50).step_by(2) {
            batch.replace(key, key + 100);
        }
        for key in (0..50).step_by(5) {
            batch.remove(key);
        }
        Ok::<_, Infallible>(())
    });
    assert_eq!(outcome, Ok(()));
    for key in 0..50 {
        let value = if key % 2 == 0 { key + 100 } else { key };
        let expected = (key % 5 != 0).then_some(value);
        assert_eq!(registry.get(&key).copied(), expected, "{key}");
    }
}
