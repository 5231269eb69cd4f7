//! `Hash`, `Eq` and destructors that panic, or use the place where the items wait.

use std::thread;

use onset::Pending;

use crate::{
    messages::{at, complaint},
    support::{
        Item, Ledger, Moment, after, at_the_next, catch, is_planned, planned_panic, settle,
        watchdog,
    },
};

type Items = Pending<Item>;

/// An item that is counted, and that user code finds without being told where.
fn item(id: u64) -> Item {
    thread_local!(static LEDGER: &'static Ledger = Ledger::new());
    Item::new(LEDGER.with(|ledger| *ledger), id)
}

fn ids(items: &[Item]) -> Vec<u64> {
    items.iter().map(Item::id).collect()
}

/// The item is dropped; what waits is as it was, and goes on.
fn a_panic_does_no_harm(moment: Moment) {
    let (pending, ledger) = (Items::new(), Ledger::new());
    assert!(pending.add(Item::new(ledger, 1)) && pending.add(Item::new(ledger, 2)));
    let again = Item::new(ledger, 2);
    let plan = at_the_next(moment, || planned_panic());
    assert!(is_planned(&catch(|| pending.add(again)).unwrap_err()));
    drop(plan);
    assert_eq!((pending.len(), ledger.alive()), (2, 2));
    assert!(!pending.add(Item::new(ledger, 2)) && pending.add(Item::new(ledger, 3)));
    assert_eq!(ids(&pending.take_all()), [1, 2, 3]);
    assert_eq!(ledger.alive(), 0);
}

#[test]
fn a_hash_that_panics_does_no_harm() {
    a_panic_does_no_harm(Moment::Hash);
}

#[test]
fn an_eq_that_panics_does_no_harm() {
    a_panic_does_no_harm(Moment::Eq);
}

/// It is the second of two equal items that is dropped.
#[test]
fn a_destructor_that_panics_does_no_harm() {
    a_panic_does_no_harm(Moment::Drop);
}

#[test]
fn all_items_are_dropped_whichever_panics() {
    for others in 0..3 {
        let (pending, ledger) = (Items::new(), Ledger::new());
        (0..3).for_each(|id| assert!(pending.add(Item::new(ledger, id))));
        let plan = after(others, Moment::Drop, || planned_panic());
        assert!(is_planned(&catch(|| drop(pending)).unwrap_err()));
        drop(plan);
        assert_eq!(ledger.alive(), 0);
    }
}

/// Items are hashed, and dropped, while nothing is locked.
#[test]
fn a_hash_and_a_destructor_may_use_it() {
    static PENDING: Items = Pending::new();
    let _watch = watchdog();
    let plan = at_the_next(Moment::Hash, || assert!(PENDING.add(item(1))));
    assert!(PENDING.add(item(2)));
    drop(plan);
    let plan = at_the_next(Moment::Drop, || {
        assert_eq!(ids(&PENDING.take_all()), [1, 2]);
    });
    assert!(!PENDING.add(item(2)));
    drop(plan);
    assert!(PENDING.is_empty());
}

/// Each way to use it, from within the `Eq` of its items: it panics, where it would hang.
#[test]
fn an_eq_that_uses_it_panics_with_both_places() {
    static PENDING: Items = Pending::new();
    const USES: u32 = line!() + 2;
    const WAYS: [fn(); 4] = [
        || _ = PENDING.add(item(3)),
        || drop(PENDING.take_all()),
        || assert_eq!(PENDING.len(), 0),
        || assert!(PENDING.is_empty()),
    ];
    let _watch = watchdog();
    assert!(PENDING.add(item(1)) && PENDING.add(item(2)));
    for (way, used) in WAYS.into_iter().zip(USES..) {
        let plan = at_the_next(Moment::Eq, way);
        let began = line!() + 1;
        let text = complaint(|| PENDING.add(item(1)));
        drop(plan);
        let name = std::any::type_name::<Item>();
        assert_eq!(
            text,
            format!(
                "`Pending<{name}>` is needed at {} by its own initialiser, which began at {}; \
                 remedy: an `Eq` of the items must not use the place where they wait",
                at!(used),
                at!(began)
            )
        );
        assert_eq!(PENDING.len(), 2, "what was caught is over");
    }
    assert_eq!(ids(&PENDING.take_all()), [1, 2]);
}

/// Another place is another one.
#[test]
fn an_eq_may_use_another_one() {
    static PENDING: Items = Pending::new();
    static OTHER: Items = Pending::new();
    let _watch = watchdog();
    assert!(PENDING.add(item(1)));
    let plan = at_the_next(Moment::Eq, || assert!(OTHER.add(item(2))));
    assert!(!PENDING.add(item(1)));
    drop(plan);
    assert_eq!(
        (ids(&PENDING.take_all()), ids(&OTHER.take_all())),
        (vec![1], vec![2])
    );
}

/// Who comes while an item is compared waits, and finds what came of it.
#[test]
fn others_wait_while_items_are_compared() {
    use crate::support::{Stall, hold};
    static PENDING: Items = Pending::new();
    static STALL: Stall = Stall::new();
    let _watch = watchdog();
    assert!(PENDING.add(item(1)));
    thread::scope(|s| {
        let adds = hold(s, &STALL, || {
            let plan = at_the_next(Moment::Eq, || {
                STALL.stand();
                planned_panic()
            });
            let outcome = catch(|| PENDING.add(item(1)));
            drop(plan);
            outcome.is_err()
        });
        let takes = s.spawn(|| ids(&PENDING.take_all()));
        settle();
        assert!(!takes.is_finished());
        assert!(adds.end());
        assert_eq!(takes.join().unwrap(), [1]);
    });
}
