//! Different keys of the same hash, computed at the same time: none waits for another one, and none
//! is taken for another one.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
    thread,
    time::Duration,
};

use super::{Books, Colliding, CollidingMap, Value, hold, hold_value};
use crate::{
    map::keys::{Call, Id, at_each},
    support::{
        self, Gate, Stall, Tally, catch, is_planned, planned_panic, run_together, settle, watchdog,
    },
};

#[test]
fn one_does_not_wait_for_the_other() {
    let (_watch, map, books) = (watchdog(), CollidingMap::default(), Books::new());
    let stalls = [const { Stall::new() }; 3];
    thread::scope(|s| {
        let holders = [0, 1, 2].map(|n| hold_value(s, &map, books, n as u64, &stalls[n]));
        assert_eq!(map.get_or_init(books.key(3), |_| books.value(3)).id(), 3);
        assert!(map.get_or_try_init(books.key(4), |_| Err(())).is_err());
        assert!(map.insert(books.key(5), books.value(5)).is_ok());
        for (id, holder) in holders.into_iter().enumerate().rev() {
            assert!(map.get(&Id(id as u64)).is_none());
            assert_eq!(holder.end().unwrap(), Ok(id as u64));
            assert_eq!(map.get(&Id(id as u64)).map(Value::id), Some(id as u64));
        }
    });
    assert!(map.iter().map(|(key, _)| key.id()).eq([3, 5, 2, 1, 0]));
    assert_eq!(books.alive(), (5, 5));
}

/// Those who wait for one of them wait for no other one, and wake with its value.
#[test]
fn each_waits_for_its_own() {
    let (_watch, map, books) = (watchdog(), CollidingMap::default(), Books::new());
    let (stalls, asking) = ([const { Stall::new() }; 3], Tally::new());
    thread::scope(|s| {
        let holders = [0, 1, 2].map(|n| hold_value(s, &map, books, n as u64, &stalls[n]));
        let ask = |id| {
            asking.add();
            map.get_or_init(books.key(id), |_| unreachable!("another one computes"))
                .id()
        };
        let mut waiters = [2, 1, 0]
            .map(|id| [(); 3].map(|()| s.spawn(move || ask(id))))
            .into_iter();
        asking.wait_for(9);
        settle();
        for (id, holder) in holders.into_iter().enumerate().rev() {
            assert_eq!(holder.end().unwrap(), Ok(id as u64));
            let own = waiters.next().unwrap().map(|t| t.join().unwrap());
            assert_eq!(own, [id as u64; 3]);
        }
    });
    assert_eq!((books.alive(), books.values_made()), ((3, 3), 3));
}

/// The failure of one wakes its own waiters, and no others.
#[test]
fn one_fails_and_the_other_goes_on() {
    let (_watch, map, books) = (watchdog(), CollidingMap::default(), Books::new());
    let (stalls, asking) = ([const { Stall::new() }; 2], Tally::new());
    thread::scope(|s| {
        let failing = hold(s, &map, books.key(0), &stalls[0], || Err(()));
        let other = hold_value(s, &map, books, 1, &stalls[1]);
        let ask = |id| {
            asking.add();
            map.get_or_init(books.key(id), |_| books.value(id + 10))
                .id()
        };
        let [first, second] = [0, 1].map(|id| s.spawn(move || ask(id)));
        asking.wait_for(2);
        settle();
        assert_eq!(failing.end().unwrap(), Err(()));
        assert_eq!(first.join().unwrap(), 10);
        assert!(!second.is_finished());
        assert_eq!(other.end().unwrap(), Ok(1));
        assert_eq!(second.join().unwrap(), 1);
    });
    assert_eq!((books.alive(), books.values_made()), ((2, 2), 2));
}

/// `Eq` panics while a key is compared with one that is being computed: that goes on, untouched.
#[test]
fn eq_panics_beside_a_computation() {
    let _watch = watchdog();
    for id in [0, 1, 2] {
        let panics = at_each(Call::Eq, |fuse| {
            let (map, books) = (CollidingMap::default(), Books::new());
            let stalls = [const { Stall::new() }; 2];
            thread::scope(|s| {
                let holders = [0, 1].map(|n| hold_value(s, &map, books, n as u64, &stalls[n]));
                let asking = Gate::new();
                let outcome = thread::scope(|t| {
                    if id < 2 {
                        t.spawn(|| {
                            asking.pass();
                            settle();
                            stalls[usize::try_from(id).unwrap()].end();
                        });
                    }
                    fuse.lit(|| {
                        asking.open();
                        map.get_or_init(books.key(id), |_| books.value(id)).id()
                    })
                });
                assert!(outcome.is_none_or(|seen| seen == id));
                assert_eq!(holders.map(|h| h.end().unwrap().unwrap()), [0, 1]);
            });
            assert_eq!(map.get_or_init(books.key(id), |_| books.value(id)).id(), id);
            assert_eq!(books.alive(), (map.len(), map.len()));
        });
        assert!(panics >= 1, "it was compared with those that stand");
    }
}

/// A key whose `Eq` asks for yet another one.
struct Asks(u64, Arc<dyn Fn() + Send + Sync>);

impl Hash for Asks {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl PartialEq for Asks {
    fn eq(&self, other: &Self) -> bool {
        // Of the two the one that asks.
        self.1();
        other.1();
        self.0 == other.0
    }
}

impl Eq for Asks {}

/// `Eq` uses the map while a key is compared with one that is being computed; it may even wait for
/// that one.
#[test]
fn eq_waits_for_the_computation_with_which_it_compares() {
    let (_watch, stall) = (watchdog(), Arc::new(Stall::new()));
    let map = Arc::new(onset::OnceMap::<Asks, u64, Colliding>::default());
    let quiet: Arc<dyn Fn() + Send + Sync> = Arc::new(|| ());
    let silent = |id| Asks(id, Arc::clone(&quiet));
    // Weak, because the key stays in the map.
    let (inner, none, lets_go) = (Arc::downgrade(&map), Arc::clone(&quiet), Arc::clone(&stall));
    let asks = Asks(
        2,
        Arc::new(move || {
            let inner = inner.upgrade().expect("it is borrowed below");
            assert_eq!(inner.get_or_init(Asks(3, Arc::clone(&none)), |_| 3), &3);
            lets_go.end();
            assert_eq!(
                inner.get_or_init(Asks(1, Arc::clone(&none)), |_| unreachable!()),
                &1
            );
        }),
    );
    let (map, stall) = (&*map, &*stall);
    thread::scope(|s| {
        let compute = |_: &_| {
            stall.stand();
            1
        };
        let key = silent(1);
        let holder = support::hold(s, stall, move || *map.get_or_init(key, compute));
        let outcome = catch(|| *map.get_or_init(asks, |_| 2));
        assert_eq!(outcome.expect("it was published in the meantime"), 2);
        assert_eq!(holder.end(), 1);
    });
    assert_eq!(map.len(), 3);
}

/// Failing and succeeding keys of one hash, everybody at once: each ends with its own value.
#[test]
fn a_crowd_of_one_hash() {
    for round in 0..if cfg!(miri) { 1 } else { 40 } {
        let (map, books) = (CollidingMap::default(), Books::new());
        run_together(12, |n| {
            let id = (n % 3) as u64;
            let fail = |_: &_| if n % 2 == 0 { Err(()) } else { planned_panic() };
            if (n + round) % 4 == 0 {
                match catch(|| map.get_or_try_init(books.key(id), fail).map(Value::id)) {
                    Ok(seen) => assert!(seen.is_err() || seen == Ok(id)),
                    Err(payload) => assert!(is_planned(&payload)),
                }
            }
            assert_eq!(map.get_or_init(books.key(id), |_| books.value(id)).id(), id);
        });
        assert_eq!((books.alive(), books.values_made()), ((3, 3), 3));
        assert!(map.wait(&Id(2), Duration::ZERO).is_some());
    }
}
