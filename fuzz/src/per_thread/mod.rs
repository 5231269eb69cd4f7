//! One value per thread, against a table: initialisers and hooks that fail and ask for more,
//! destructors that panic and use the objects, and threads that come and go.

mod model;
mod subject;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{crew::Worker, item::Ledger, panics::catch, plan};
use model::{Actor, Model, Note, OBJECTS, THREADS, owner};
pub use model::{Deed, End, Goes, Hooks, Init, Object, Op, Own, Thread};
use subject::{Shared, arm, call_it, object, perform};

/// So many operations are carried out.
const OPS: usize = 64;
/// So deep do they nest.
const DEEDS: usize = 6;

struct World {
    objects: Vec<Shared>,
    workers: [Option<Worker>; THREADS],
    ledger: Ledger,
    next: Arc<AtomicU64>,
    model: Model,
}

/// Carries the operations out, and compares all that can be seen after each.
pub fn run(ops: &[Op]) {
    let (ledger, next) = (Ledger::default(), Arc::<AtomicU64>::default());
    let mut world = World {
        objects: (0..OBJECTS).map(|_| object(&ledger, &next)).collect(),
        workers: Default::default(),
        ledger,
        next,
        model: Model::default(),
    };
    for op in &ops[..ops.len().min(OPS)] {
        match op {
            Op::Do(thread, deeds, end, init, goes) => {
                let deeds = &deeds[..deeds.len().min(DEEDS)];
                world.act(thread.index(), deeds, *end, *init, *goes);
            }
            Op::Own(object, own, goes) => world.own(object.index(), *own, *goes),
            Op::Exit(thread, goes) => world.exit(thread.index(), *goes),
        }
        world.check();
    }
    let (ledger, workers) = (world.ledger.clone(), world.workers);
    if ops.len().is_multiple_of(2) {
        // Sometimes the threads outlive the objects.
        drop(world.objects);
        workers.into_iter().flatten().for_each(Worker::exit);
    } else {
        workers.into_iter().flatten().for_each(Worker::exit);
        drop(world.objects);
    }
    assert_eq!(ledger.alive(), 0, "left over");
}

impl World {
    fn act(&mut self, thread: usize, deeds: &[Deed], end: End, init: Init, goes: Goes) {
        let before = self.model.clone();
        let mut actor = Actor {
            model: &mut self.model,
            thread,
            init: Some(init),
            log: Vec::new(),
        };
        let done = actor.act(deeds, end);
        let mut expected = actor.log;
        if let Err(panic) = done {
            expected.push(Note::Panicked(panic));
        }
        let objects = self.objects.clone();
        let (log, is_faulty) = match thread {
            0 => perform(objects, deeds, end, init, goes),
            _ => {
                let deeds = deeds.to_vec();
                self.worker(thread)
                    .run(move || perform(objects, &deeds, end, init, goes))
            }
        };
        if is_faulty {
            self.resume(&before, thread);
        } else {
            assert_eq!(log, expected, "of {deeds:?} {end:?} {init:?} on {thread}");
        }
    }

    fn worker(&mut self, thread: usize) -> &Worker {
        self.workers[thread].get_or_insert_with(|| {
            let worker = Worker::default();
            worker.run(move || call_it(thread));
            worker
        })
    }

    /// A destructor did something: the other threads' values are the same, and this one's too, or gone,
    /// or made meanwhile.
    fn resume(&mut self, before: &Model, thread: usize) {
        for object in 0..OBJECTS {
            let values = self.seen(object);
            let mut now = before.values[object];
            now[thread] = None;
            for value in values {
                if owner(value) == thread {
                    let is_new = value / THREADS as u64 >= before.next;
                    let is_old = before.values[object][thread] == Some(value);
                    assert!(is_new || is_old, "a value out of nowhere: {value}");
                    assert_eq!(now[thread].replace(value), None, "two values");
                } else {
                    assert_eq!(now[owner(value)], Some(value), "another thread's");
                }
            }
            self.model.values[object] = now;
        }
        self.model.next = self.next.load(Ordering::Relaxed);
    }

    fn seen(&self, object: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        self.objects[object].for_each(|value| seen.push(value.item.id()));
        seen.sort_unstable();
        seen
    }

    /// What its owner does with an object, while a destructor may panic.
    fn own(&mut self, number: usize, own: Own, goes: Goes) {
        let expected: BTreeSet<u64> = self.model.values_of(number).into_iter().collect();
        if let Own::IterMut | Own::IterMutAtExit(_) = own {
            return self.iter_mut(number, own, goes);
        }
        if let Goes::Panics(_) = goes {
            arm(goes, &self.objects);
        }
        match own {
            Own::Clear => {
                let sole = Arc::get_mut(&mut self.objects[number]).expect("nobody uses it");
                let _ = catch(|| sole.clear());
            }
            _ => {
                let new = object(&self.ledger, &self.next);
                let old = std::mem::replace(&mut self.objects[number], new);
                let old = Arc::into_inner(old).expect("nobody uses it");
                let so_many = if let Own::IntoIter(n) = own { n % 4 } else { 0 };
                let _ = catch(|| {
                    for value in old.into_iter().take(so_many.into()) {
                        assert!(expected.contains(&value.item.id()));
                    }
                });
            }
        }
        plan::disarm();
        self.model.values[number] = [None; THREADS];
    }

    fn iter_mut(&mut self, number: usize, own: Own, goes: Goes) {
        let expected = self.model.values_of(number);
        if let Own::IterMutAtExit(thread) = own {
            // It exits while the object is borrowed, so that its destructors may not use it.
            let thread = thread.index();
            let worker = self.workers[thread].take();
            let sole = Arc::get_mut(&mut self.objects[number]).expect("nobody uses it");
            let values = sole.iter_mut();
            if let Some(worker) = worker {
                if let Goes::Panics(_) = goes {
                    worker.run(move || arm(goes, &[]));
                }
                worker.exit();
            }
            let mut seen: Vec<_> = values.map(|value| value.item.id()).collect();
            seen.sort_unstable();
            assert_eq!(seen, expected, "who exits leaves his value to the object");
            if thread != 0 {
                self.model
                    .values
                    .iter_mut()
                    .for_each(|of| of[thread] = None);
            }
        } else {
            let sole = Arc::get_mut(&mut self.objects[number]).expect("nobody uses it");
            let mut seen: Vec<_> = sole.iter_mut().map(|value| value.item.id()).collect();
            seen.sort_unstable();
            assert_eq!(seen, expected);
        }
    }

    fn exit(&mut self, thread: usize, goes: Goes) {
        let Some(worker) = self.workers[thread].take() else {
            return;
        };
        let objects = self.objects.clone();
        worker.run(move || arm(goes, &objects));
        worker.exit();
        self.model
            .values
            .iter_mut()
            .for_each(|of| of[thread] = None);
        // An initialiser may have run in vain.
        self.model.next = self.next.load(Ordering::Relaxed);
    }

    fn check(&self) {
        let mut alive = 0;
        for object in 0..OBJECTS {
            let expected = self.model.values_of(object);
            assert_eq!(self.objects[object].len(), expected.len());
            assert_eq!(self.seen(object), expected, "object {object}");
            alive += expected.len();
        }
        assert_eq!(self.ledger.alive(), alive, "values alive");
        assert_eq!(self.model.next, self.next.load(Ordering::Relaxed));
    }
}
