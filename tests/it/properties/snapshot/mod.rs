//! A snapshot cell and three threads, one of which does something at a time, against a model: the
//! current value, its generation, and what each thread holds.
//!
//! Whatever is held is alive. What else is alive is a thread's copy of the value that it loaded
//! last, and no more.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*};

use crate::support::watchdog;
use crew::Crew;
use model::{Model, Op, Order};

mod crew;
mod model;
mod own;

const THREADS: usize = 3;

/// A value, and which one it is of all that its cell has had.
type Seen = (u64, u64);

/// What the caller learned.
#[derive(Debug, PartialEq)]
enum Outcome {
    Nothing,
    Seen(Seen),
    /// What came back, or was published.
    Value(u64),
    /// The published value, and the one that was handed back.
    Refused(u64, u64),
    /// The error.
    Failed(u64),
    Panicked,
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        3 => Just(Order::Load),
        3 => Just(Order::Hold),
        1 => Just(Order::LoadFull),
        1 => (0..8_usize).prop_map(Order::CloneGuard),
        3 => (0..8_usize).prop_map(Order::DropGuard),
        4 => Just(Order::Store),
        2 => Just(Order::Swap),
        3 => (0..8_usize).prop_map(Order::CompareAndSwap),
        2 => Just(Order::Update),
        1 => Just(Order::UpdateFails),
        1 => Just(Order::UpdatePanics),
        1 => Just(Order::UpdateOvertaken),
        2 => Just(Order::NewReader),
        2 => Just(Order::ReaderLoads),
        1 => Just(Order::DropReader),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        20 => (0..THREADS, order(), prop::bool::weighted(0.2))
            .prop_map(|(thread, order, init_panics)| Op::Order { thread, order, init_panics }),
        2 => (0..THREADS).prop_map(Op::Exit),
        1 => any::<bool>().prop_map(|lazy| Op::NewCell { lazy }),
    ]
}

/// Each operation's outcome, what each thread holds after it, and which values are alive.
fn follows_the_model(ops: &[Op]) {
    let _watch = watchdog();
    let (mut model, mut crew) = (Model::new(), Crew::new());
    for (step, op) in ops.iter().enumerate() {
        let expected = model.apply(*op);
        let actual = crew.carry_out(*op);
        assert_eq!(actual, expected, "step {step} of {ops:?}");
        assert_eq!(
            crew.generation(),
            model.generation(),
            "after step {step} of {ops:?}"
        );
        let (alive, held) = (crew.alive(), model.held());
        let allowed: BTreeSet<u64> = held.union(&model.copies()).copied().collect();
        assert!(
            held.is_subset(&alive) && alive.is_subset(&allowed),
            "after step {step} of {ops:?}: {alive:?} are alive, {held:?} are held, \
             {allowed:?} may be kept"
        );
    }
    assert_eq!(crew.dismiss(), BTreeSet::new(), "after {ops:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 8 } else { 200 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn snapshot_cell(ops in vec(op(), 0..60)) {
        follows_the_model(&ops);
    }
}
