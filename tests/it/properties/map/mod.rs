//! Both maps against a plain list of pairs: each outcome, what there is and in which order, and every
//! key and value accounted for.

use std::hash::BuildHasher;

use proptest::{collection::vec, prelude::*};

use crate::{
    map::{
        keys::{Books, Id},
        subject::{By, Colliding, Kind, LastGroup, Map, Of, Once, OneGroup, OneTag, Race, Shared},
    },
    support::watchdog,
};
use model::{Model, Op};
use subject::carry_out;

mod model;
mod subject;

/// What the caller learned.
#[derive(Debug, PartialEq)]
enum Outcome {
    Nothing,
    Value(u64),
    /// The key and the value that came back.
    Back(u64, u64),
    /// The error.
    Failed(u64),
    Panicked,
    /// All keys and values, in order.
    All(Vec<(u64, u64)>),
}

/// A few keys that come up again and again, and some that hardly do.
fn key() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0..8_u64, 1 => 0..300_u64]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        3 => key().prop_map(Op::Get),
        4 => key().prop_map(Op::Init),
        2 => key().prop_map(Op::InitFails),
        1 => key().prop_map(Op::InitPanics),
        2 => (key(), key()).prop_map(|(outer, inner)| Op::InitInside(outer, inner)),
        1 => (key(), key()).prop_map(|(outer, inner)| Op::InsertInside(outer, inner)),
        4 => key().prop_map(Op::Insert),
        1 => (key(), 1..60_u64).prop_map(|(from, keys)| Op::InsertMany(from, keys)),
        4 => key().prop_map(Op::Remove),
        1 => (key(), 1..60_u64).prop_map(|(from, keys)| Op::RemoveMany(from, keys)),
        1 => Just(Op::Iterate),
        1 => Just(Op::IterateBack),
        1 => any::<bool>().prop_map(|rebuild| if rebuild { Op::Rebuild } else { Op::Clear }),
    ]
}

fn follows_the_model<M: Kind, S: BuildHasher + Default + Shared>(ops: &[Op]) {
    let _watch = watchdog();
    let (mut map, mut model) = (Of::<M, _, _, S>::default(), Model::new(M::ONCE));
    let books = Books::new();
    for (step, op) in ops.iter().enumerate() {
        let expected = model.apply(*op);
        let actual = carry_out(*op, &mut map, books, step as u64 + 1);
        assert_eq!(actual, expected, "step {step} of {ops:?}");
        let all = map.iter().map(|(key, value)| (key.id(), value.id()));
        assert!(all.eq(model.pairs()), "after step {step} of {ops:?}");
        let len = model.pairs().count();
        assert_eq!(
            (map.len(), map.is_empty(), books.alive()),
            (len, len == 0, (len, len)),
            "after step {step} of {ops:?}"
        );
    }
    for id in 0..400 {
        let found = map.get(&Id(id)).map(|value| value.id());
        assert_eq!(found, model.get(id), "key {id} after {ops:?}");
    }
    drop(map);
    assert_eq!(books.alive(), (0, 0), "after {ops:?}");
}

macro_rules! properties {
    ($($name:ident: $kind:ident, $hasher:ty;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                cases: if cfg!(miri) { 4 } else { 200 },
                failure_persistence: None,
                ..ProptestConfig::default()
            })]
            $(#[test]
            fn $name(ops in vec(op(), 0..80)) {
                follows_the_model::<$kind, $hasher>(&ops);
            })*
        }
    };
}

properties! {
    once_map: Once, onset::ProcessSeeded;
    once_map_of_one_hash: Once, Colliding;
    once_map_of_one_tag: Once, OneTag;
    once_map_of_one_group: Once, By<OneGroup>;
    once_map_of_the_last_group: Once, By<LastGroup>;
    race_map: Race, onset::ProcessSeeded;
    race_map_of_one_hash: Race, Colliding;
    race_map_of_one_tag: Race, OneTag;
    race_map_of_one_group: Race, By<OneGroup>;
    race_map_of_the_last_group: Race, By<LastGroup>;
}
