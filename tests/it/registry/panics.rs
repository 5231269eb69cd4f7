//! `Hash` and `Eq` that panic, and closures that do: the registry is as if nobody had called.

use super::{Items, all, items, pair};
use crate::support::{Item, Ledger, Moment, after, at_the_next, catch, is_planned, planned_panic};

/// Something that is done to the key 2, which is there.
type Way = fn(&Items, &'static Ledger);

/// In each of these the key is hashed, then compared.
const WAYS: [(&str, Way); 9] = [
    ("get", |r, l| _ = r.get(&Item::new(l, 2))),
    ("contains_key", |r, l| {
        r.contains_key(&Item::new(l, 2));
    }),
    ("snapshot", |r, l| _ = r.snapshot().get(&Item::new(l, 2))),
    ("register", |r, l| {
        let (key, value) = pair(l, 2);
        drop(r.register(key, value));
    }),
    ("register_or_get", |r, l| {
        let (key, value) = pair(l, 2);
        drop(r.register_or_get(key, value));
    }),
    ("replace", |r, l| {
        let (key, value) = pair(l, 2);
        drop(r.replace(key, value));
    }),
    ("remove", |r, l| _ = r.remove(&Item::new(l, 2))),
    ("batch", |r, l| {
        drop(r.batch(|batch| {
            for id in [7, 2] {
                let (key, value) = pair(l, id);
                batch.replace(key, value);
            }
            batch.remove(Item::new(l, 1));
            Ok::<_, ()>(())
        }));
    }),
    ("batch that registers", |r, l| {
        drop(r.batch(|batch| {
            let (key, value) = pair(l, 2);
            batch.register(key, value);
            Ok::<_, ()>(())
        }));
    }),
];

/// Panics at each moment of that sort in turn, and finds everything as it was.
fn leaves_no_trace(moment: Moment) {
    for (name, way) in WAYS {
        for others in 0.. {
            let ledger = Ledger::new();
            let registry = items(ledger, 1..=3);
            let (before, version) = (all(&registry), registry.version());
            let outcome = {
                // Whether it comes to this moment is what ends the loop.
                let plan = after(others, moment, || planned_panic());
                let outcome = catch(|| way(&registry, ledger));
                plan.forget();
                outcome
            };
            let Err(payload) = outcome else {
                assert!(others > 0, "{name}: it never came to {moment:?}");
                break;
            };
            assert!(is_planned(&payload));
            assert_eq!(all(&registry), before, "{name}, {moment:?} {others}");
            assert_eq!(registry.version(), version, "{name}");
            assert_eq!(ledger.alive(), 6, "{name}, {moment:?} {others}");
            way(&registry, ledger);
            drop(registry);
            assert_eq!(ledger.alive(), 0, "{name}, {moment:?} {others}");
        }
    }
}

#[test]
fn a_hash_that_panics_leaves_no_trace() {
    leaves_no_trace(Moment::Hash);
}

#[test]
fn an_eq_that_panics_leaves_no_trace() {
    leaves_no_trace(Moment::Eq);
}

/// One that panics while a batch looks for what it has already.
#[test]
fn an_eq_that_panics_within_a_batch_leaves_the_batch_as_it_was() {
    let ledger = Ledger::new();
    let registry = items(ledger, [1]);
    let outcome = registry.batch(|batch| {
        let (key, value) = pair(ledger, 2);
        batch.register(key, value);
        let plan = at_the_next(Moment::Eq, || planned_panic());
        let (key, value) = pair(ledger, 2);
        assert!(catch(|| batch.replace(key, value)).is_err());
        drop(plan);
        let (key, value) = pair(ledger, 3);
        batch.register(key, value);
        Ok::<_, ()>(())
    });
    assert_eq!(outcome, Ok(()));
    assert_eq!(all(&registry), [(1, 10), (2, 20), (3, 30)]);
    assert_eq!(ledger.alive(), 6);
}

#[test]
fn a_batch_s_closure_that_panics_leaves_no_trace() {
    let ledger = Ledger::new();
    let registry = items(ledger, 1..=2);
    let outcome = catch(|| {
        registry.batch::<()>(|batch| {
            let (key, value) = pair(ledger, 3);
            batch.register(key, value);
            let (key, value) = pair(ledger, 2);
            batch.replace(key, value);
            batch.remove(Item::new(ledger, 1));
            planned_panic()
        })
    });
    assert!(is_planned(&outcome.err().unwrap()));
    assert_eq!(all(&registry), [(1, 10), (2, 20)]);
    assert_eq!((registry.version(), ledger.alive()), (2, 4));
    let (key, value) = pair(ledger, 3);
    assert!(registry.register(key, value).is_ok());
}
