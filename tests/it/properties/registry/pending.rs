//! What waits, against a list without duplicates.

use std::hash::BuildHasher;

use onset::{Pending, ProcessSeeded};
use proptest::{collection::vec, prelude::*};

use crate::support::{Always, Item, Ledger, Moment, at_the_next, catch, planned_panic, watchdog};

#[derive(Clone, Copy, Debug)]
enum Op {
    Add(u64),
    /// Its hash panics.
    AddInVain(u64),
    Take,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0..12_u64).prop_map(Op::Add),
        1 => (0..12_u64).prop_map(Op::AddInVain),
        1 => Just(Op::Take),
    ]
}

fn follows_the_list<S: BuildHasher + Default>(ops: &[Op]) {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (pending, mut list): (Pending<Item, S>, Vec<u64>) = Default::default();
    for op in ops {
        match *op {
            Op::Add(id) => {
                let is_new = !list.contains(&id);
                assert_eq!(
                    pending.add(Item::new(ledger, id)),
                    is_new,
                    "{op:?} of {ops:?}"
                );
                list.extend(is_new.then_some(id));
            }
            Op::AddInVain(id) => {
                let item = Item::new(ledger, id);
                let _plan = at_the_next(Moment::Hash, || planned_panic());
                assert!(catch(|| pending.add(item)).is_err());
            }
            Op::Take => {
                let taken: Vec<_> = pending.take_all().iter().map(Item::id).collect();
                assert_eq!(taken, list, "of {ops:?}");
                list.clear();
            }
        }
        assert_eq!(
            (pending.len(), pending.is_empty()),
            (list.len(), list.is_empty())
        );
        assert_eq!(ledger.alive(), list.len(), "after {op:?} of {ops:?}");
    }
    drop(pending);
    assert_eq!(ledger.alive(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 8 } else { 200 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn items_that_wait(ops in vec(op(), 0..60)) {
        follows_the_list::<ProcessSeeded>(&ops);
    }

    #[test]
    fn items_that_wait_and_collide(ops in vec(op(), 0..60)) {
        follows_the_list::<Always<5>>(&ops);
    }
}
