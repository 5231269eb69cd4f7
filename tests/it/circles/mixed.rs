//! Circles across every mix of kinds.

use std::sync::Arc;

use super::things::{KINDS, Need, Thing};
use crate::support::{Tally, catch, run_together, text_of};

const START: &str = "a cycle of initialisers that wait for each other: ";

/// Each thread computes its own thing and, when all of them do, asks for its neighbour's.
fn circle(things: &[Arc<dyn Thing>]) {
    let size = things.len();
    let inside = Arc::new(Tally::new());
    let compute = |n: usize| -> Need {
        let (next, inside) = (Arc::clone(&things[(n + 1) % size]), Arc::clone(&inside));
        Arc::new(move || {
            inside.add();
            inside.wait_for(size);
            // An error if the next one's load has closed the circle.
            next.ask(Arc::new(move || n as u64)).unwrap_or(100)
        })
    };
    let outcomes = run_together(size, |n| {
        catch(|| things[n].ask(compute(n))).unwrap_or_else(|payload| Err(text_of(payload)))
    });
    let complaints: Vec<_> = outcomes.iter().filter_map(|o| o.as_ref().err()).collect();
    let [complaint] = complaints[..] else {
        panic!("one of them closes the circle: {outcomes:?}");
    };
    let circle = complaint.split(START).nth(1);
    let circle = circle.unwrap_or_else(|| panic!("{complaint}"));
    assert_eq!(circle.matches(" (since ").count(), size, "{complaint}");
    assert_eq!(
        circle.matches("/things.rs:").count(),
        2 * size,
        "{complaint}"
    );
    for thing in things {
        let alike = things.iter().filter(|other| other.name() == thing.name());
        let told = circle.matches(thing.name()).count();
        assert_eq!(told, 2 * alike.count(), "{complaint}");
    }
}

#[test]
fn of_two() {
    for one in KINDS {
        for other in KINDS {
            circle(&[one(), other()]);
        }
    }
}

#[test]
fn of_three() {
    for one in KINDS {
        for other in KINDS {
            for third in KINDS {
                circle(&[one(), other(), third()]);
            }
        }
    }
}
