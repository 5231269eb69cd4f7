//! Reloads whose sources need each other, on several threads: nobody hangs, and one load fails.

use std::sync::Arc;

use onset::{OnceCell, Reload, Stale};

use super::{Why, World, got, patient};
use crate::{
    messages::without_columns,
    support::{Tally, catch, run_together, text_of},
};

type Shared = Arc<Reload<World>>;

/// Each load, when all of them are under way, asks the next reload; what it gets is reported by its
/// thread's `get`.
fn circle(size: usize, stale: Stale, with_values: bool) -> Vec<Shared> {
    let reloads: Vec<_> = (0..size)
        .map(|_| Arc::new(patient(World::new(), stale)))
        .collect();
    let inside = Arc::new(Tally::new());
    for (n, reload) in reloads.iter().enumerate() {
        if with_values {
            assert_eq!(got(reload), 1);
            reload.source().set(2);
            reload.invalidate();
        }
        let (next, inside) = (Arc::clone(&reloads[(n + 1) % size]), Arc::clone(&inside));
        reload.source().at_load(move || {
            inside.add();
            inside.wait_for(size);
            let _ = next.get();
        });
    }
    reloads
}

/// One of them closes the circle and has failed, which frees the others.
fn one_fails(size: usize, with_values: bool) {
    let reloads = circle(size, Stale::Wait, with_values);
    let began = line!() + 1;
    let outcomes = run_together(size, |n| reloads[n].get().map(|value| value.id()));
    let failed: Vec<_> = (0..size)
        .filter(|n| reloads[*n].status().failures == 1)
        .collect();
    let [closer] = failed[..] else {
        panic!("{outcomes:?}");
    };
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match (outcome, with_values) {
            (Ok(id), true) => assert_eq!(id, if n == closer { 1 } else { 2 }),
            (Ok(id), false) => assert_eq!((id, n == closer), (1, false)),
            (Err(_), _) => assert_eq!((n, with_values), (closer, false)),
        }
    }
    let error = reloads[closer].status().error.map(Why::from);
    let Some(Why::Panicked(text)) = error else {
        panic!("{error:?}");
    };
    let text = without_columns(&text);
    assert!(
        text.starts_with("a cycle of initialisers that wait for each other"),
        "{text}"
    );
    let since = format!(
        "`Reload<{}>` (since {}:{began})",
        std::any::type_name::<World>(),
        file!()
    );
    assert_eq!(text.matches(&since).count(), size, "{text}");
    for reload in &reloads {
        reload.invalidate();
        reload.source().set(7);
        assert_eq!(got(reload), 7);
    }
}

#[test]
fn first_loads() {
    (0..10).for_each(|_| one_fails(2, false));
    (0..3).for_each(|_| one_fails(5, false));
}

#[test]
fn later_loads_where_others_wait() {
    (0..10).for_each(|_| one_fails(2, true));
    (0..3).for_each(|_| one_fails(5, true));
}

/// Where the old values are served nobody waits, so there is no circle.
#[test]
fn old_values_break_the_circle() {
    for size in [2, 5] {
        let reloads = circle(size, Stale::Serve, true);
        let seen = run_together(size, |n| got(&reloads[n]));
        assert_eq!(seen, vec![2; size]);
        assert!(reloads.iter().all(|reload| reload.status().error.is_none()));
    }
}

/// Other waits of the crate are seen as well.
#[test]
fn a_cell_in_the_circle() {
    for _ in 0..20 {
        let reload = Arc::new(patient(World::new(), Stale::Serve));
        let (cell, inside) = (Arc::new(OnceCell::<u64>::new()), Arc::new(Tally::new()));
        let meet = |inside: &Tally| {
            inside.add();
            inside.wait_for(2);
        };
        let (needs, meets) = (Arc::clone(&cell), Arc::clone(&inside));
        reload.source().at_load(move || {
            meet(&meets);
            needs.get_or_init(|| 1);
        });
        let compute = || {
            meet(&inside);
            reload.get().map_or(5, |value| 10 + value.id())
        };
        let outcomes = run_together(2, |n| match n {
            0 => catch(|| reload.get().map_or(0, |value| value.id())),
            _ => catch(|| *cell.get_or_init(compute)),
        });
        let [loaded, computed] = <[_; 2]>::try_from(outcomes).expect("two threads");
        match (loaded.expect("an error, not a panic"), computed) {
            (1, Err(payload)) => assert!(text_of(payload).starts_with("a cycle of ")),
            (0, Ok(5)) => assert_eq!(reload.status().failures, 1),
            (loaded, computed) => panic!("{loaded} {:?}", computed.ok()),
        }
    }
}

/// Chains that have an end are none: the last load does not ask anybody.
#[test]
fn a_chain_is_no_circle() {
    let reloads = circle(4, Stale::Wait, false);
    reloads[3].source().at_load(|| ());
    let inside = Arc::new(Tally::new());
    for n in 0..3 {
        let (next, inside) = (Arc::clone(&reloads[n + 1]), Arc::clone(&inside));
        reloads[n].source().at_load(move || {
            inside.add();
            inside.wait_for(3);
            assert_eq!(got(&next), 1);
        });
    }
    assert_eq!(run_together(3, |n| got(&reloads[n])), [1; 3]);
}
