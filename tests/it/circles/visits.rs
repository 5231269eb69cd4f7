//! Somebody who visits other threads' values keeps them from taking them out: `remove` and `scope`
//! wait for him.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use onset::{OnceCell, PerThread, Resource};

use crate::{
    messages::{at, without_columns},
    per_thread::{Shared, dismiss, id_at, numbered, shared},
    support::{
        Gate, Ledger, Tally, Tracked, Worker, alone, assert_passed, catch, run_together, settle,
        text_of, watchdog,
    },
};

/// What one thread of a circle does, and what it needs.
struct Part(String);

impl Part {
    fn new(does: &str, began: String, needs: &str, at: String) -> [Self; 2] {
        let (does, needs) = (
            format!("{does} (since {began})"),
            format!("{needs} (at {at})"),
        );
        [
            Self(format!("this thread {does} and needs {needs}; ")),
            Self(format!("{does} and waits for {needs}; ")),
        ]
    }
}

/// The circle's text, whichever of the two racers closed it.
#[track_caller]
fn assert_tells(text: &str, parts: &[[Part; 2]; 2]) {
    let told = |closer: usize| {
        let [[closes, _], [_, waits]] = [&parts[closer], &parts[1 - closer]];
        format!(
            "a cycle of initialisers that wait for each other: {}thread `racer {}` {}remedy: \
             within a visit, do not wait for a thread whose value is still to be seen",
            closes.0,
            1 - closer,
            waits.0
        )
    };
    assert!(
        [told(0), told(1)].contains(&without_columns(text)),
        "{text}"
    );
}

/// Two racers, the first of which has a value; one of them panics, and says this.
fn of_two(
    object: &Shared<Tracked>,
    takes_out: impl Fn() + Sync,
    visits: impl Fn() + Sync,
) -> (usize, String) {
    let is_there = Gate::new();
    let outcomes = run_together(2, |n| match n {
        0 => {
            object.with(|_| is_there.open());
            let id = object.with(Tracked::id);
            catch(&takes_out).inspect_err(|_| {
                let still = object.with(Tracked::id);
                assert_eq!(still, id, "it is where it was");
                assert_eq!(object.remove().map(|value| value.id()), Some(id));
            })
        }
        _ => {
            is_there.pass();
            catch(&visits)
        }
    });
    let failed = |(n, outcome): (usize, Result<(), _>)| Some((n, text_of(outcome.err()?)));
    let mut failures: Vec<_> = outcomes
        .into_iter()
        .enumerate()
        .filter_map(failed)
        .collect();
    let failure = failures.pop().expect("one closes the circle");
    assert!(failures.is_empty(), "a second one panicked: {failures:?}");
    failure
}

#[test]
fn a_removal() {
    let ledger = Ledger::new();
    for _ in 0..20 {
        let (object, cell, inside) = (numbered(ledger), OnceCell::<u8>::new(), Tally::new());
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let removed = Tally::new();
        let cell_began = line!() + 2;
        let takes_out = || {
            cell.get_or_init(|| {
                meet();
                object.remove().inspect(|_| removed.add());
                1
            });
        };
        let visit_began = line!() + 2;
        let visits = || {
            object.for_each(|_| {
                meet();
                cell.get_or_init(|| 2);
            });
        };
        let (closer, text) = of_two(&object, takes_out, visits);
        let remover = Part::new(
            "initialises `OnceCell<u8>`",
            at!(cell_began),
            "`PerThread<it::support::values::Tracked>`",
            at!(cell_began + 2),
        );
        let visitor = Part::new(
            "visits `PerThread<it::support::values::Tracked>`",
            at!(visit_began),
            "`OnceCell<u8>`",
            at!(visit_began + 2),
        );
        assert_tells(&text, &[remover, visitor]);
        assert_eq!(
            (cell.get(), removed.count()),
            [(Some(&2), 0), (Some(&1), 1)][closer]
        );
        drop(object);
        assert_eq!(ledger.alive(), 0);
    }
}

#[derive(Default)]
struct Connection {
    hooks: Vec<&'static str>,
}

impl Resource for Connection {
    type Error = ();

    fn begin(&mut self) -> Result<(), ()> {
        self.hooks.push("begin");
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ()> {
        self.hooks.push("commit");
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), ()> {
        self.hooks.push("rollback");
        Ok(())
    }
}

/// The unit of work does not begin, and the next one on that thread works.
#[test]
fn a_scope() {
    for _ in 0..20 {
        let object = PerThread::<Connection>::default();
        let (cell, inside, is_there) = (OnceCell::<u8>::new(), Tally::new(), Gate::new());
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let work = || object.scope(|connection| Ok::<_, ()>(connection.hooks.len()));
        let outcomes = run_together(2, |n| match n {
            0 => {
                object.with(|_| is_there.open());
                let first = catch(|| {
                    cell.get_or_init(|| {
                        meet();
                        assert_eq!(work(), Ok(1));
                        1
                    });
                });
                let before = if first.is_ok() { 3 } else { 1 };
                assert_eq!(work(), Ok(before));
                first.is_err()
            }
            _ => {
                is_there.pass();
                let visit = || {
                    object.for_each(|_| {
                        meet();
                        cell.get_or_init(|| 2);
                    });
                };
                catch(visit).is_err()
            }
        });
        assert_eq!(outcomes.iter().filter(|failed| **failed).count(), 1);
    }
}

/// Several visit the value, and all of them wait: one for the value's thread, the others for somebody
/// who goes on.
#[test]
fn one_of_many_visitors() {
    for round in 0..20 {
        let ledger = Ledger::new();
        let (object, inside) = (numbered(ledger), Tally::new());
        // The one of the circle is neither the first nor the last in any order.
        let cells @ [_, cell, _] = &[const { OnceCell::<u8>::new() }; 3];
        let (is_there, over) = (Gate::new(), Gate::new());
        let meet = || {
            inside.add();
            inside.wait_for(6);
        };
        let visit = |n: usize| {
            is_there.pass();
            object.for_each(|_| {
                meet();
                cells[n].get_or_init(|| 2);
            });
        };
        let outcomes = run_together(6, |n| match n {
            0 => {
                object.with(|_| is_there.open());
                let remove = || {
                    meet();
                    if round % 2 == 0 {
                        // So that it is this one who closes the circle.
                        settle();
                    }
                    object.remove().map_or(0, |_| 1)
                };
                catch(|| *cell.get_or_init(remove))
                    .map(drop)
                    .inspect_err(|_| over.open())
            }
            1 => catch(|| visit(1)).inspect_err(|_| over.open()),
            2 | 3 => catch(|| visit(2 * (n - 2))),
            _ => catch(|| {
                cells[2 * (n - 4)].get_or_init(|| {
                    meet();
                    over.pass();
                    3
                });
            }),
        });
        assert_eq!(outcomes.iter().filter(|o| o.is_err()).count(), 1);
        assert_eq!([cells[0].get(), cells[2].get()], [Some(&3); 2]);
        drop(object);
        assert_eq!(ledger.alive(), 0);
    }
}

/// Who visits holds up nobody whose value he does not visit: another one does, who goes on.
#[test]
fn a_visit_to_others_is_no_circle() {
    let (object, cell) = (numbered(Ledger::new()), OnceCell::<u8>::new());
    let (bystander, gates) = (Worker::new(), [const { Gate::new() }; 3]);
    let [visited, computes, over] = &gates;
    let early = Arc::clone(&object);
    bystander.run(move || early.with(|_| ()));
    run_together(4, |n| match n {
        0 => object.for_each(|_| {
            visited.open();
            computes.pass();
            assert_eq!(
                cell.get_or_init(|| unreachable!("it is being computed")),
                &1
            );
        }),
        1 => {
            visited.pass();
            object.with(|_| ());
            let remove = || {
                computes.open();
                over.pass();
                object.remove().map_or(0, |_| 1)
            };
            cell.get_or_init(remove);
        }
        2 => {
            computes.pass();
            object.for_each(|_| {
                over.open();
                settle();
            });
        }
        _ => (),
    });
    bystander.exit().unwrap();
}

/// What has been seen is not held up any more, also while somebody else still visits it.
#[test]
fn a_value_that_was_seen_is_no_part_of_a_circle() {
    let _watch = watchdog();
    let (object, cell) = (numbered(Ledger::new()), Arc::new(OnceCell::<u64>::new()));
    let owners = [Worker::new(), Worker::new()];
    let ids = [0, 1].map(|n| id_at(&owners[n], &object));
    let (visited, computes) = (Gate::new(), Arc::new(Gate::new()));
    thread::scope(|s| {
        // Has all of them, until the other two may have parked.
        s.spawn(|| {
            object.for_each(|_| {
                visited.open();
                computes.pass();
                settle();
                settle();
            });
        });
        visited.pass();
        let (mut seen, mut removed) = (Vec::new(), None);
        object.for_each(|value| {
            seen.push(value.id());
            let [first, _] = seen[..] else { return };
            let owner = &owners[ids.iter().position(|id| *id == first).unwrap()];
            let (theirs, needed, begun) = (object.clone(), cell.clone(), computes.clone());
            // It removes the one that was seen, while this thread stays with the other one.
            let compute = move || {
                begun.open();
                theirs.remove().unwrap().id()
            };
            removed = Some(s.spawn(|| owner.run(move || *needed.get_or_init(compute))));
            computes.pass();
            assert_eq!(*cell.get_or_init(|| unreachable!("it is computed")), first);
        });
        assert_eq!(removed.expect("there were two").join().unwrap(), seen[0]);
    });
    dismiss(owners);
}

/// The destructor of a value whose thread has exited runs in the visit, and holds up those that the
/// visit still has to see.
#[test]
fn a_destructor_within_a_visit() {
    let _watch = watchdog();
    struct Waits(Option<Arc<dyn Fn() + Send + Sync>>);
    impl Drop for Waits {
        fn drop(&mut self) {
            if let Some(wait) = self.0.take() {
                wait();
            }
        }
    }
    let (cell, stage) = (Arc::new(OnceCell::<u8>::new()), Arc::new(AtomicU64::new(0)));
    let made = AtomicU64::new(0);
    let waiting = Arc::clone(&cell);
    let wait: Arc<dyn Fn() + Send + Sync> = Arc::new(move || {
        waiting.get_or_init(|| 2);
    });
    // Those of the first two threads wait when they are dropped; which of them is dropped within the
    // visit is decided by the order in which they are seen.
    let object = shared(move || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        (number, Waits((number < 2).then(|| Arc::clone(&wait))))
    });
    let mut workers = [0, 1].map(|_| Some(Worker::new()));
    for worker in workers.iter().flatten() {
        let object = Arc::clone(&object);
        worker.run(move || object.with(|_| ()));
    }
    let mut helper = None;
    let visit = || {
        object.for_each(|(number, _)| {
            let number = usize::try_from(*number).unwrap();
            if stage.fetch_add(1, Ordering::Relaxed) > 0 {
                return;
            }
            // Its thread exits, and leaves the value to this visit.
            workers[number].take().unwrap().exit().unwrap();
            let (object, cell) = (Arc::clone(&object), Arc::clone(&cell));
            let other = workers[1 - number].take().unwrap();
            let (begun, begins) = std::sync::mpsc::channel();
            helper = Some(thread::spawn(move || {
                let removed = other.run(move || {
                    let compute = || {
                        begun.send(()).unwrap();
                        // Disarmed: it would ask for the value that is being computed.
                        let _ = object.remove().map(|(_, mut waits)| waits.0.take());
                        1
                    };
                    catch(|| *cell.get_or_init(compute)).map_err(text_of)
                });
                other.exit().unwrap();
                removed
            }));
            begins.recv().unwrap();
        });
    };
    let visited = catch(visit).map_err(text_of);
    let removed = helper.expect("one was seen").join().unwrap();
    let complaint = match (visited, removed) {
        (Err(text), Ok(1)) => text,
        (Ok(()), Err(text)) => text,
        outcomes => panic!("{outcomes:?}"),
    };
    assert!(complaint.contains(" visits `PerThread<"), "{complaint}");
}

/// The value is where it was before the panic is raised: its hook may use it, to write a log for one.
#[cfg(not(miri))]
#[test]
fn the_panic_hook_finds_the_value() {
    let body = || {
        let object = Arc::new(PerThread::<u8>::new(|| 7));
        let (cell, inside) = (Arc::new(OnceCell::<u8>::new()), Arc::new(Tally::new()));
        let logged = Arc::clone(&object);
        std::panic::set_hook(Box::new(move |_| {
            assert_eq!(logged.try_with(|value| *value), Ok(7));
        }));
        let is_there = Gate::new();
        let meet = || {
            inside.add();
            inside.wait_for(2);
        };
        let outcomes = run_together(2, |n| match n {
            0 => {
                object.with(|_| is_there.open());
                let remove = || {
                    meet();
                    settle();
                    settle();
                    object.remove().map_or(0, |_| 1)
                };
                catch(|| *cell.get_or_init(remove)).is_err()
            }
            _ => {
                is_there.pass();
                // One more, which is nobody's to take out.
                object.with(|_| ());
                let visit = |_: &u8| {
                    if cell.get().is_none() && inside.count() < 2 {
                        meet();
                    }
                    cell.get_or_init(|| 2);
                };
                catch(|| object.for_each(visit)).is_err()
            }
        });
        assert_eq!(outcomes.iter().filter(|failed| **failed).count(), 1);
    };
    let output = alone(module_path!(), "the_panic_hook_finds_the_value", body);
    if let Some(output) = output {
        assert_passed(&output);
    }
}
