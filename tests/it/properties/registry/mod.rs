//! A registry against a model: what is registered, in order, each entry with the version that it
//! brought. Snapshots are taken along the way, and looked at when all is over.

use std::hash::BuildHasher;

use onset::{ProcessSeeded, Snapshot};
use proptest::{collection::vec, prelude::*};

use crate::support::{Always, Item, watchdog};
use actual::Actual;
use model::{Ending, Entry, KEYS, Model, Op, Part};

mod actual;
mod model;
mod pending;

fn key() -> impl Strategy<Value = u64> {
    0..KEYS
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        3 => key().prop_map(Part::Register),
        2 => key().prop_map(Part::Replace),
        2 => key().prop_map(Part::Remove),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let ending = prop_oneof![
        8 => Just(Ending::Fine),
        1 => Just(Ending::Fails),
        1 => Just(Ending::Panics),
    ];
    prop_oneof![
        16 => key().prop_map(Op::Register),
        4 => key().prop_map(Op::RegisterOrGet),
        8 => key().prop_map(Op::Replace),
        10 => key().prop_map(Op::Remove),
        8 => (vec(part(), 0..8), ending).prop_map(|(parts, ending)| Op::Batch(parts, ending)),
        8 => Just(Op::Snapshot),
        4 => Just(Op::Compact),
        1 => Just(Op::Seal),
    ]
}

/// Everything that a snapshot shows is what was registered then.
#[track_caller]
fn shows<S: BuildHasher>(snapshot: Snapshot<'_, Item, Item, S>, then: &Model) {
    let iterated: Vec<_> = snapshot.iter().map(|(k, v)| (k.id(), v.id())).collect();
    let expected: Vec<_> = then.entries.iter().map(Entry::pair).collect();
    assert_eq!(iterated, expected);
    let backwards: Vec<_> = snapshot.iter().rev().map(|(k, _)| k.id()).collect();
    assert!(
        backwards
            .iter()
            .rev()
            .eq(expected.iter().map(|(key, _)| key))
    );
    for key in 0..KEYS {
        assert_eq!(snapshot.get(&key).map(Item::id), then.get(key));
        assert_eq!(snapshot.contains_key(&key), then.get(key).is_some());
    }
    assert_eq!(
        (snapshot.len(), snapshot.version()),
        (expected.len(), then.version)
    );
}

/// Each operation's outcome, what is registered after it, what snapshots show and how many keys and
/// values are alive are those of the model.
fn follows_the_model<S: BuildHasher + Default>(ops: &[Op]) {
    let _watch = watchdog();
    let (mut actual, mut model) = (Actual::<S>::new(), Model::default());
    for until_compact in ops.split_inclusive(|op| matches!(op, Op::Compact)) {
        let mut snapshots = vec![];
        for op in until_compact {
            let outcome = actual.carry_out(op);
            assert_eq!(outcome, model.apply(op), "{op:?} of {ops:?}");
            shows(actual.registry.snapshot(), &model);
            assert_eq!(
                actual.ledger.alive(),
                2 * model.kept,
                "after {op:?} of {ops:?}"
            );
            assert_eq!(actual.registry.is_sealed(), model.sealed);
            if matches!(op, Op::Snapshot) {
                snapshots.push((actual.registry.snapshot(), model.clone()));
            }
        }
        for (newer, then) in &snapshots {
            shows(*newer, then);
            for (older, before) in &snapshots {
                let since: Vec<_> = newer.since(older).map(|(k, v)| (k.id(), v.id())).collect();
                let expected: Vec<_> = then.since(before).collect();
                assert_eq!(since, expected, "of {ops:?}");
            }
        }
        if matches!(until_compact.last(), Some(Op::Compact)) {
            actual.registry.compact();
            model.kept = model.entries.len();
            shows(actual.registry.snapshot(), &model);
            assert_eq!(
                actual.ledger.alive(),
                2 * model.kept,
                "compacted after {ops:?}"
            );
        }
    }
    let ledger = actual.ledger;
    let left: Vec<_> = actual
        .registry
        .into_iter()
        .map(|(k, v)| (k.id(), v.id()))
        .collect();
    assert!(left.into_iter().eq(model.entries.iter().map(Entry::pair)));
    assert_eq!(ledger.alive(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 8 } else { 300 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn registry(ops in vec(op(), 0..60)) {
        follows_the_model::<ProcessSeeded>(&ops);
    }

    #[test]
    fn registry_whose_keys_collide(ops in vec(op(), 0..60)) {
        follows_the_model::<Always<0>>(&ops);
    }

    #[test]
    fn registry_whose_keys_collide_at_the_end_of_the_table(ops in vec(op(), 0..60)) {
        follows_the_model::<Always<{ u64::MAX }>>(&ops);
    }
}
