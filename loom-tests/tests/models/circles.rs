//! Threads that wait for each other in a circle: whoever closes it panics, and the others go on, in
//! every order in which they may arrive. A circle that nobody sees is a deadlock, which loom reports.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use loom::{sync::Arc, thread};
use onset_modelled::{OnceCell, OnceMap, Reload, Source, Stale};

use crate::{
    per_thread::object,
    registry::Plain,
    support::{Maker, Whole, long_model, model, model_of_three, two},
};

/// What came of it, or `None` if a circle was closed by it.
fn caught<R>(f: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(f))
        .map_err(|payload| {
            let text = payload
                .downcast_ref::<String>()
                .expect("the message of the lot");
            assert!(text.starts_with("a cycle of initialisers"), "{text}");
        })
        .ok()
}

#[test]
fn circle_of_two_cells() {
    model("circle_of_two_cells", || {
        let cells = Arc::new((OnceCell::new(), OnceCell::new()));
        assert!(cells.0.get().is_none() && cells.1.get().is_none());
        let (a, b) = two(
            &cells,
            |(a, b)| caught(|| *a.get_or_init(|| 1 + *b.get_or_init(|| 10))),
            |(a, b)| caught(|| *b.get_or_init(|| 10 + *a.get_or_init(|| 1))),
        );
        // No circle if one came first with both: then everybody has what he asked for.
        assert!(a.is_some() || b.is_some(), "at most one of them panics");
        assert!(a.is_none_or(|a| a == 1 || a == 11));
        assert!(b.is_none_or(|b| b == 10 || b == 11));
    });
}

#[test]
fn circle_of_three_cells() {
    model_of_three("circle_of_three_cells", || {
        let cells = Arc::new([const { OnceCell::<usize>::new() }; 3]);
        assert!(cells.iter().all(|cell| cell.get().is_none()));
        let ask = |cells: &[OnceCell<usize>; 3], n: usize| {
            caught(|| *cells[n].get_or_init(|| *cells[(n + 1) % 3].get_or_init(|| 7)))
        };
        let others = [0, 1].map(|n| {
            let cells = Arc::clone(&cells);
            thread::spawn(move || ask(&cells, n))
        });
        let own = ask(&cells, 2);
        let others = others.map(|other| other.join().unwrap());
        let all = [own, others[0], others[1]];
        assert!(all.iter().filter(|value| value.is_none()).count() <= 1);
        assert!(all.iter().flatten().all(|value| *value == 7));
    });
}

#[test]
fn circle_of_two_keys() {
    long_model("circle_of_two_keys", || {
        let map = Arc::new(OnceMap::<u64, u64, Plain>::with_hasher(Plain::default()));
        assert_eq!(map.get_or_init(1, |_| 1), &1);
        let need = |map: &OnceMap<u64, u64, Plain>, own, other| {
            caught(|| *map.get_or_init(own, |_| *map.get_or_init(other, |_| 5)))
        };
        let (a, b) = two(&map, move |map| need(map, 2, 3), move |map| need(map, 3, 2));
        assert!(a.is_some() || b.is_some(), "one of them goes on");
    });
}

/// A key that is awaited without end, by whoever computes what the key's computation needs: whether
/// that had begun or not.
#[test]
fn circle_of_a_key_that_is_awaited() {
    long_model("circle_of_a_key_that_is_awaited", || {
        let map = OnceMap::<u64, u64, Plain>::with_hasher(Plain::default());
        assert_eq!(map.get_or_init(1, |_| 1), &1);
        let both = Arc::new((map, OnceCell::<u64>::new()));
        assert!(both.1.get().is_none());
        let (awaits, computes) = two(
            &both,
            |(map, cell)| {
                let await_key = || *map.wait(&2, Duration::MAX).expect("there is no end");
                caught(|| *cell.get_or_init(await_key))
            },
            |(map, cell)| {
                let key = caught(|| *map.get_or_init(2, |_| *cell.get_or_init(|| 5)));
                // The other one waits still, for a value from anybody.
                key.or_else(|| map.insert(2, 6).ok().copied().map(|_| 6))
            },
        );
        assert!(awaits.is_some() || computes == Some(5));
        assert!(computes.is_some());
    });
}

/// The visitor needs what the thread computes that wants to take its value out: it keeps it, or
/// gets it, and it is dropped once.
#[test]
fn circle_of_a_visit_and_a_removal() {
    long_model("circle_of_a_visit_and_a_removal", || {
        let maker = Maker::default();
        let both = Arc::new((object(&maker, 7), OnceCell::<usize>::new()));
        assert!(both.1.get().is_none());
        let (takes_out, visits) = two(
            &both,
            |(object, cell)| {
                object.with(Whole::read);
                let remove = || object.remove().expect("this thread's own").read();
                let removed = caught(|| *cell.get_or_init(remove));
                if removed.is_none() {
                    let put_back = object.remove().expect("it was put back");
                    put_back.write(8);
                }
                removed
            },
            |(object, cell)| {
                caught(|| {
                    object.for_each(|value| {
                        assert!([5, 7].contains(cell.get_or_init(|| 5)));
                        assert_eq!(value.read(), 7);
                    });
                })
            },
        );
        assert!(takes_out.is_some() || visits.is_some());
    });
}

/// Fails at first, so that the reload can be touched all over before it is shared.
struct Needs {
    cell: Arc<OnceCell<u64>>,
    fails: AtomicBool,
}

impl Source for Needs {
    type Stamp = ();
    type Value = u64;
    type Error = ();

    fn stamp(&self) -> Result<(), ()> {
        Ok(())
    }

    fn load(&self) -> Result<u64, ()> {
        if self.fails.swap(false, Relaxed) {
            return Err(());
        }
        Ok(*self.cell.get_or_init(|| 5))
    }
}

#[test]
fn circle_of_a_reload_and_a_cell() {
    long_model("circle_of_a_reload_and_a_cell", || {
        let cell = Arc::new(OnceCell::<u64>::new());
        assert!(cell.get().is_none());
        let reload = Reload::new(Needs {
            cell: Arc::clone(&cell),
            fails: AtomicBool::new(true),
        })
        .stale(Stale::Wait);
        assert!(reload.get().is_err());
        reload.invalidate();
        let (loads, computes) = two(
            &Arc::new(reload),
            |reload| reload.get().map(|value| *value).ok(),
            move |reload| caught(|| *cell.get_or_init(|| reload.get().map_or(6, |value| *value))),
        );
        assert!(loads.is_some() || computes.is_some());
    });
}
