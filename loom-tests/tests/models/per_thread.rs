//! A value goes with its thread or with its object, once, and not while somebody visits it.
//!
//! In loom a thread is joined before its thread-locals are dropped, as a scoped thread of std is:
//! so "after the join" still races the exit.

use loom::{sync::Arc, thread};
use onset_modelled::{PerThread, Resource};

use crate::support::{Maker, Whole, long_model, model, model_of_three, two};

pub(crate) type Object = PerThread<Whole, Box<dyn Fn() -> Whole + Send + Sync>>;

/// An object whose initialiser makes such a value; touched, so that it can be shared.
///
/// It has a home already, for without one there is nothing to lock, and loom does not look for the
/// executions in which there is.
pub(crate) fn object(maker: &Maker, value: usize) -> Object {
    let object = homeless(maker, value);
    object.with(|_| ());
    drop(object.remove());
    object
}

fn homeless(maker: &Maker, value: usize) -> Object {
    // The first use of the places, which are a static.
    assert!(PerThread::new(|| 1).with(|one| *one == 1));
    let maker = maker.clone();
    let object: Object = PerThread::new(Box::new(move || maker.make(value)));
    object.for_each(|_| unreachable!("there is none yet"));
    object
}

/// Two threads use it for the first time, and each gets a value of its own.
#[test]
fn per_thread_first_use() {
    long_model("per_thread_first_use", || {
        let maker = Maker::default();
        let object = Arc::new(homeless(&maker, 7));
        let read = |object: &Object| object.with(Whole::read) + object.with(Whole::read);
        assert_eq!(two(&object, read, read), (14, 14));
        assert_eq!(maker.made(), 2);
    });
}

/// The thread exits while the object goes: whoever is the last to let go of the object.
#[test]
fn per_thread_exit_against_drop() {
    model("per_thread_exit_against_drop", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        let other = Arc::clone(&object);
        let thread = thread::spawn(move || assert_eq!(other.with(Whole::read), 7));
        drop(object);
        thread.join().unwrap();
    });
}

/// The same, where the object certainly goes after the thread has let go of it.
fn exit_against(name: &str, owner: fn(Object)) {
    model(name, move || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        let other = Arc::clone(&object);
        let thread = thread::spawn(move || {
            other.with(Whole::read);
            drop(other);
        });
        thread.join().unwrap();
        owner(Arc::try_unwrap(object).expect("nobody else has it"));
    });
}

#[test]
fn per_thread_exit_against_owned_drop() {
    exit_against("per_thread_exit_against_owned_drop", drop);
}

#[test]
fn per_thread_exit_against_into_iter() {
    exit_against("per_thread_exit_against_into_iter", |object| {
        for value in object {
            assert_eq!(value.read(), 7);
        }
    });
}

/// The object goes on: what was cleared is not looked at by the thread that exits.
#[test]
fn per_thread_exit_against_clear() {
    exit_against("per_thread_exit_against_clear", |mut object| {
        object.clear();
        assert_eq!(object.len(), 0);
        assert_eq!(object.with(Whole::read), 7);
    });
}

/// The thread does not wait; it leaves its value to the iterator.
#[test]
fn per_thread_exit_against_iter_mut() {
    exit_against("per_thread_exit_against_iter_mut", |mut object| {
        for value in &mut object {
            value.write(8);
            assert_eq!(value.read(), 8);
        }
    });
}

/// The thread does not wait; it leaves its value to the visitor.
#[test]
fn per_thread_exit_against_visitor() {
    model("per_thread_exit_against_visitor", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        two(&object, |object| object.with(Whole::read), visit);
    });
}

/// Two visit the value while its thread exits: the last one frees it.
#[test]
fn per_thread_exit_against_two_visitors() {
    model_of_three("per_thread_exit_against_two_visitors", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        let other = Arc::clone(&object);
        let exits = thread::spawn(move || assert_eq!(other.with(Whole::read), 7));
        exits.join().unwrap();
        two(&object, visit, visit);
    });
}

fn visit(object: &Object) {
    object.for_each(|value| assert_eq!(value.read(), 7));
}

/// The object was borrowed exclusively: a thread that has exited meanwhile has left its value, which
/// the visitor drops; one that exits now leaves it to the visitor, and not to the next use.
#[test]
fn per_thread_visitor_after_iter_mut() {
    exit_against("per_thread_visitor_after_iter_mut", |mut object| {
        drop(object.iter_mut());
        object.for_each(|value| {
            assert!(object.len() < 2);
            assert_eq!(value.read(), 7);
        });
    });
}

/// Three values leave the list in every order, and each finds itself in it.
#[test]
fn per_thread_three_leave() {
    model_of_three("per_thread_three_leave", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        object.with(Whole::read);
        let exits = [1, 2].map(|_| {
            let object = Arc::clone(&object);
            thread::spawn(move || object.with(Whole::read))
        });
        for thread in exits {
            assert_eq!(thread.join().unwrap(), 7);
        }
        assert_eq!(object.remove().expect("this thread's own").read(), 7);
        visit(&object);
    });
}

/// The thread waits for the visitor, and then has the value to itself.
#[test]
fn per_thread_remove_against_visitor() {
    model("per_thread_remove_against_visitor", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        two(
            &object,
            |object| {
                object.with(Whole::read);
                let value = object.remove().expect("this thread's own");
                value.write(8);
            },
            visit,
        );
    });
}

/// Two visit the value while its thread takes it out: the last one wakes it.
#[test]
fn per_thread_remove_against_two_visitors() {
    model_of_three("per_thread_remove_against_two_visitors", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        object.with(Whole::read);
        let visitors = [1, 2].map(|_| {
            let object = Arc::clone(&object);
            thread::spawn(move || visit(&object))
        });
        object.remove().expect("this thread's own").write(8);
        for visitor in visitors {
            visitor.join().unwrap();
        }
    });
}

impl Resource for Whole {
    type Error = ();

    fn commit(&mut self) -> Result<(), ()> {
        self.write(7);
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), ()> {
        unreachable!()
    }
}

/// Visitors see the value before or after the unit of work, or not at all.
#[test]
fn per_thread_scope_against_visitor() {
    model("per_thread_scope_against_visitor", || {
        let maker = Maker::default();
        let object = Arc::new(object(&maker, 7));
        two(
            &object,
            |object| {
                object.with(Whole::read);
                let done: Result<(), _> = object.scope(|value| {
                    value.write(8);
                    Ok::<_, ()>(())
                });
                assert!(done.is_ok());
            },
            visit,
        );
    });
}
