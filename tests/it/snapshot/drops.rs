//! A destructor that panics, wherever an old value is let go of: the panic goes on, the new value is
//! there, and every other value is dropped once.

use std::sync::Arc;

use onset::{Guard, SnapshotCell};

use super::{Ending, Shared, on, seen, sole};
use crate::support::{Ledger, Worker, catch, is_planned, watchdog};

/// A cell with a value, the first one, that panics when it is dropped.
pub(super) struct Scene {
    pub(super) ledger: &'static Ledger,
    pub(super) cell: Shared<Ending>,
}

impl Scene {
    pub(super) fn new() -> Self {
        let ledger = Ledger::new();
        let cell = Shared::new(SnapshotCell::new(Ending::panics(ledger, 1)));
        Self { ledger, cell }
    }

    pub(super) fn next(&self) -> Ending {
        Ending::quiet(self.ledger, self.cell.generation() + 1)
    }

    /// The first value is the one that is let go of here.
    #[track_caller]
    fn panics<R>(&self, f: impl FnOnce() -> R) {
        let alive = self.ledger.alive();
        let payload = catch(f).err().expect("the destructor panics");
        assert!(is_planned(&payload));
        assert_eq!(self.ledger.alive(), alive - 1);
    }

    /// The second value is there, the cell takes and drops others, and nothing else is alive.
    #[track_caller]
    pub(super) fn assert_sound(self) {
        let Self { ledger, cell } = self;
        assert_eq!((seen(&cell), ledger.alive()), ((2, 2), 1));
        cell.store(Ending::quiet(ledger, 3));
        assert_eq!((seen(&cell), ledger.alive()), ((3, 3), 1));
        cell.update(|old| Ending::quiet(ledger, old.id() + 1));
        assert_eq!((seen(&cell), ledger.alive()), ((4, 4), 1));
        drop(sole(cell));
        assert_eq!(ledger.alive(), 0);
    }
}

#[test]
fn in_a_store() {
    let scene = Scene::new();
    let next = scene.next();
    scene.panics(|| scene.cell.store(next));
    scene.assert_sound();
    let scene = Scene::new();
    let next = Arc::new(scene.next());
    scene.panics(|| scene.cell.store_arc(next));
    scene.assert_sound();
}

#[test]
fn in_what_a_swap_returned() {
    let scene = Scene::new();
    let old = scene.cell.swap(scene.next());
    scene.panics(|| drop(old));
    scene.assert_sound();
}

#[test]
fn in_what_a_guard_or_an_arc_kept() {
    let scene = Scene::new();
    let full = scene.cell.load_full();
    let old = scene.cell.compare_and_swap(&full, Arc::new(scene.next()));
    drop((scene.cell.load(), old));
    scene.panics(|| drop(full));
    scene.assert_sound();

    let scene = Scene::new();
    let guard = scene.cell.load();
    scene.cell.store(scene.next());
    drop(scene.cell.load());
    let clone = guard.clone();
    drop(guard);
    scene.panics(|| drop(clone));
    scene.assert_sound();
}

/// The load that renews the thread's copy finds the new value, and lets go of it as it unwinds.
#[test]
fn in_a_load_that_renews_the_copy() {
    type Load = fn(&SnapshotCell<Ending>) -> u64;
    let loads: [Load; 4] = [
        |cell| cell.load().id(),
        |cell| cell.load_full().id(),
        |cell| {
            cell.update(|_| unreachable!("the load before it panics"))
                .id()
        },
        |cell| {
            cell.try_update(|old| Err::<Ending, _>(old.id()))
                .err()
                .unwrap()
        },
    ];
    for load in loads {
        let scene = Scene::new();
        drop(scene.cell.load());
        scene.cell.store(scene.next());
        scene.panics(|| load(&scene.cell));
        scene.assert_sound();
    }
}

/// A copy that guards share is renewed beside them; the last guard lets go of the old one.
#[test]
fn in_a_guard_that_outlasts_the_copy() {
    let scene = Scene::new();
    let (one, other) = (scene.cell.load(), scene.cell.load());
    scene.cell.store(scene.next());
    assert_eq!(seen(&scene.cell), (2, 2));
    drop(one);
    assert_eq!((other.id(), Guard::generation(&other)), (1, 1));
    scene.panics(|| drop(other));
    scene.assert_sound();
}

#[test]
fn in_a_reader() {
    let scene = Scene::new();
    let mut reader = scene.cell.reader();
    scene.cell.store(scene.next());
    scene.panics(|| reader.load().id());
    assert_eq!((reader.generation(), reader.load().id()), (2, 2));
    drop(reader);
    scene.assert_sound();

    let scene = Scene::new();
    let reader = scene.cell.reader();
    let clone = reader.clone();
    scene.cell.store(scene.next());
    drop(reader);
    scene.panics(|| drop(clone));
    scene.assert_sound();
}

/// A refused expectation drops nothing, not even the thread's old copy.
#[test]
fn not_in_a_compare_and_swap() {
    let scene = Scene::new();
    drop(scene.cell.load());
    scene.cell.store(scene.next());
    let stranger = Ending::quiet(scene.ledger, 7);
    let offer = Arc::new(Ending::quiet(scene.ledger, 8));
    let refused = scene.cell.compare_and_swap(&stranger, offer);
    assert_eq!(scene.ledger.alive(), 4);
    let changed = refused.err().unwrap();
    assert_eq!((changed.current.id(), changed.new.id()), (2, 8));
    drop((changed, stranger));
    scene.panics(|| scene.cell.load().id());
    scene.assert_sound();
}

#[test]
fn at_a_thread_s_exit() {
    let (_watch, scene, worker) = (watchdog(), Scene::new(), Worker::new());
    let others = [(); 3].map(|()| Shared::new(SnapshotCell::new(scene.next())));
    on(&worker, &others[0], |cell| assert_eq!(cell.load().id(), 2));
    on(&worker, &scene.cell, |cell| assert_eq!(cell.load().id(), 1));
    on(&worker, &others[1], |cell| assert_eq!(cell.load().id(), 2));
    on(&worker, &others[2], |cell| assert_eq!(cell.load().id(), 2));
    for cell in others.iter().chain([&scene.cell]) {
        cell.store(scene.next());
    }
    assert_eq!(scene.ledger.alive(), 8);
    worker.exit().expect("its panic has been caught");
    assert_eq!(scene.ledger.alive(), 4, "the copies of all cells are gone");
    drop(others);
    scene.assert_sound();
}

#[test]
fn with_the_cell() {
    let Scene { ledger, cell } = Scene::new();
    drop(cell.load());
    assert!(is_planned(&catch(|| drop(sole(cell))).unwrap_err()));
    assert_eq!(ledger.alive(), 0);
}

/// The other threads' copies go all the same.
#[test]
fn with_the_cell_by_the_copy_of_an_idle_thread() {
    let (_watch, Scene { ledger, cell }) = (watchdog(), Scene::new());
    let workers = [1, 2, 3].map(|id| {
        let worker = Worker::new();
        on(&worker, &cell, move |cell| assert_eq!(cell.load().id(), id));
        cell.store(Ending::quiet(ledger, id + 1));
        worker
    });
    assert_eq!(ledger.alive(), 4);
    assert!(is_planned(&catch(|| drop(sole(cell))).unwrap_err()));
    assert_eq!(ledger.alive(), 0);
    for worker in workers {
        worker.exit().unwrap();
    }
}
