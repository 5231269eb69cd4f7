//! What waits, in which order, and for how long.

use std::hash::{Hash, Hasher};

use onset::Pending;

use crate::support::{Always, Item, Itself, Ledger};

#[test]
fn items_wait_once_and_in_order() {
    let pending = Pending::new();
    assert!(pending.is_empty() && pending.take_all().is_empty());
    assert!(pending.add("b") && pending.add("a"));
    assert!(!pending.add("b"), "it is waiting already");
    assert!(pending.add("c"));
    assert_eq!((pending.len(), pending.is_empty()), (3, false));
    assert_eq!(pending.take_all(), ["b", "a", "c"]);
    assert_eq!((pending.len(), pending.is_empty()), (0, true));
    assert!(pending.take_all().is_empty());
}

#[test]
fn what_was_taken_may_wait_again() {
    let pending = Pending::new();
    for _ in 0..3 {
        assert!(pending.add(2) && pending.add(1) && !pending.add(2));
        assert_eq!(pending.take_all(), [2, 1]);
    }
}

/// The second of two equal items is dropped, the first one is handed out.
#[test]
fn an_item_that_waits_already_is_dropped() {
    let (pending, ledger) = (Pending::new(), Ledger::new());
    assert!(pending.add(Item::new(ledger, 1)));
    assert!(!pending.add(Item::new(ledger, 1)));
    assert_eq!((ledger.made(), ledger.alive()), (2, 1));
    let taken = pending.take_all();
    assert_eq!((taken.len(), taken[0].id(), ledger.alive()), (1, 1, 1));
    drop(taken);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn items_that_still_wait_are_dropped_with_it() {
    let (pending, ledger) = (Pending::new(), Ledger::new());
    (0..50).for_each(|id| assert!(pending.add(Item::new(ledger, id))));
    assert_eq!(ledger.alive(), 50);
    drop(pending);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn items_that_collide_are_told_apart() {
    let pending: Pending<u64, Always<0>> = Pending::default();
    const ITEMS: u64 = if cfg!(miri) { 30 } else { 1000 };
    assert!((0..ITEMS).rev().all(|item| pending.add(item)));
    assert!((0..ITEMS).all(|item| !pending.add(item)));
    assert!(pending.take_all().into_iter().eq((0..ITEMS).rev()));
}

/// Neighbours in the order of hashes are none of its business.
#[test]
fn items_of_different_hashes_are_not_compared() {
    #[derive(Debug)]
    struct Same(u64);
    impl Hash for Same {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }
    impl PartialEq for Same {
        fn eq(&self, other: &Self) -> bool {
            assert_eq!(self.0, other.0, "they hash differently");
            true
        }
    }
    impl Eq for Same {}
    let pending: Pending<Same, Itself> = Pending::default();
    for item in [3, 1, 2, 5, 4] {
        assert!(pending.add(Same(item)) && !pending.add(Same(item)));
    }
    assert!(!pending.add(Same(1)) && !pending.add(Same(5)));
    assert_eq!(pending.take_all(), [3, 1, 2, 5, 4].map(Same));
}

#[test]
fn items_of_any_hash_are_told_apart() {
    let pending: Pending<u64, Itself> = Pending::with_hasher(Itself::new());
    let items = || [0, 1, u64::from(u32::MAX), u64::MAX, 1 << 32, 2, 1 << 31];
    assert!(items().into_iter().all(|item| pending.add(item)));
    assert!(!items().into_iter().any(|item| pending.add(item)));
    assert_eq!(pending.take_all(), items());
}

#[test]
fn very_many_items() {
    const ITEMS: u64 = if cfg!(miri) { 100 } else { 50_000 };
    let pending = Pending::new();
    assert!((0..ITEMS).all(|item| pending.add(item)));
    assert!((0..ITEMS).all(|item| !pending.add(item)));
    assert_eq!(pending.len() as u64, ITEMS);
    assert!(pending.take_all().into_iter().eq(0..ITEMS));
}

#[test]
fn it_stands_in_a_static() {
    static PENDING: Pending<&str> = Pending::new();
    static HASHED: Pending<u64, Itself> = {
        const ITSELF: Itself = Itself::new();
        Pending::with_hasher(ITSELF)
    };
    assert!(PENDING.add("a") && HASHED.add(1));
    assert_eq!(
        (PENDING.take_all(), HASHED.take_all()),
        (vec!["a"], vec![1])
    );
}

#[test]
fn debug_shows_nothing_of_the_items() {
    struct Dumb;
    assert_eq!(format!("{:?}", Pending::<Dumb>::new()), "Pending { .. }");
}
