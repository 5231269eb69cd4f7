//! Random sequences of operations on one thread, against a plain model, with every drop accounted
//! for. ([`per_thread`] and [`snapshot`] have models of their own, and several threads; [`registry`]
//! has one of its own.)

use onset::{Counted, HedgedCell, OnceCell, RaceCell};
use proptest::{collection::vec, prelude::*};

use crate::{
    conformance::{ENDLESS, Hedged},
    support::{Tracked, watchdog},
};
use model::{Model, Op, Recursion, carry_out};
use subjects::{Bare, Owned, SharedArc, StaticRef, Subject, Word};

mod map;
mod model;
mod per_thread;
mod registry;
mod snapshot;
mod subjects;

/// Small values, so that the same one comes up twice, and an extreme one.
fn value() -> impl Strategy<Value = u64> {
    prop_oneof![0..4_u64, Just(u64::from(u32::MAX))]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        Just(Op::Get),
        value().prop_map(Op::Set),
        value().prop_map(Op::TryInsert),
        value().prop_map(Op::Init),
        value().prop_map(Op::InitFails),
        Just(Op::InitPanics),
        (value(), value()).prop_map(|(inner, outer)| Op::Recur(inner, outer)),
        (value(), value()).prop_map(|(inner, outer)| Op::SetInside(inner, outer)),
        value().prop_map(Op::Write),
        value().prop_map(Op::MutInit),
        value().prop_map(Op::MutInitFails),
        Just(Op::MutInitPanics),
        Just(Op::Take),
        Just(Op::Clone),
        Just(Op::Rebuild),
    ]
}

/// Each operation's outcome, what the cell holds after it, and how many values are alive are those
/// of the model.
fn follows_the_model<S: Subject>(rules: Recursion, ops: &[Op]) {
    let _watch = watchdog();
    let (mut subject, mut model) = (S::new(), Model::default());
    let ledger = subject.ledger();
    for (step, op) in ops.iter().enumerate() {
        let expected = model.apply(*op, rules);
        let actual = carry_out(*op, &mut subject);
        assert_eq!(actual, expected, "step {step} of {ops:?}");
        assert_eq!(subject.get(), model.value(), "after step {step} of {ops:?}");
        let alive = usize::from(S::COUNTED && model.value().is_some());
        assert_eq!(ledger.alive(), alive, "after step {step} of {ops:?}");
    }
    drop(subject);
    assert_eq!(ledger.alive(), 0, "after {ops:?}");
}

macro_rules! properties {
    ($($name:ident: $subject:ty, $rules:ident;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                cases: if cfg!(miri) { 8 } else { 400 },
                failure_persistence: None,
                ..ProptestConfig::default()
            })]
            $(#[test]
            fn $name(ops in vec(op(), 0..24)) {
                follows_the_model::<$subject>(Recursion::$rules, &ops);
            })*
        }
    };
}

properties! {
    race_cell: Owned<RaceCell<Tracked>>, Harmless;
    once_cell: Owned<OnceCell<Tracked>>, Panics;
    hedged_cell: Owned<HedgedCell<Tracked>>, PanicsUnlessItSets;
    hedged_without_patience: Bare<Hedged<Tracked, 0>>, PanicsUnlessItSets;
    hedged_with_endless_patience: Bare<Hedged<Tracked, ENDLESS>>, PanicsUnlessItSets;
    counted_race_cell: Bare<Counted<RaceCell<Tracked>>>, Harmless;
    counted_once_cell: Bare<Counted<OnceCell<Tracked>>>, Panics;
    race_arc: SharedArc, Harmless;
    race_word: Word, Harmless;
    race_ref: StaticRef, Harmless;
}
