//! Broken copies of `per_thread/raw`: a thread exits, or takes its value out, while the object goes
//! or somebody visits the value.

use loom::{
    cell::UnsafeCell,
    model,
    sync::{Arc, Condvar, Mutex},
    thread,
};

fn must_fail(name: &str, expected: &str, f: impl FnOnce()) {
    super::must_fail(module_path!(), name, expected, f);
}

/// What the thread that exits, or removes, gets wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// It does not ask whether the object has gone.
    WithoutAsking,
    /// It does not look whether somebody visits.
    UnderAVisitor,
}

#[derive(Default)]
struct List {
    closed: bool,
    pins: usize,
    gone: bool,
}

/// An object with the value of one thread.
struct Object {
    list: Mutex<List>,
    unpinned: Condvar,
    /// `true`: it was freed.
    value: UnsafeCell<bool>,
}

// SAFETY: [MODEL] loom checks each access.
unsafe impl Send for Object {}
// SAFETY: [MODEL] loom checks each access.
unsafe impl Sync for Object {}

impl Object {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            list: Mutex::default(),
            unpinned: Condvar::new(),
            value: UnsafeCell::new(false),
        })
    }

    fn free(&self) {
        self.value.with_mut(|freed| {
            // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
            let freed = unsafe { &mut *freed };
            assert!(!*freed, "freed twice");
            *freed = true;
        });
    }

    fn read(&self) {
        // SAFETY: [MODEL] loom reports a write that could happen at the same time.
        let freed = self.value.with(|freed| unsafe { *freed });
        assert!(!freed, "read after it was freed");
    }

    fn exit(&self, mistake: Mistake) {
        let mut list = self.list.lock().unwrap();
        if list.closed && mistake != Mistake::WithoutAsking {
            return;
        }
        if list.pins > 0 && mistake != Mistake::UnderAVisitor {
            list.gone = true;
            return;
        }
        list.closed = true;
        drop(list);
        self.free();
    }

    fn remove(&self, mistake: Mistake) {
        let mut list = self.list.lock().unwrap();
        list.closed = true;
        while list.pins > 0 && mistake != Mistake::UnderAVisitor {
            list = self.unpinned.wait(list).unwrap();
        }
        drop(list);
        self.free();
    }

    fn close(&self) {
        let mut list = self.list.lock().unwrap();
        let closed = std::mem::replace(&mut list.closed, true);
        drop(list);
        if !closed {
            self.free();
        }
    }

    fn visit(&self) {
        let mut list = self.list.lock().unwrap();
        if list.closed {
            return;
        }
        list.pins += 1;
        drop(list);
        self.read();
        let mut list = self.list.lock().unwrap();
        list.pins -= 1;
        if list.gone {
            drop(list);
            self.free();
        } else {
            self.unpinned.notify_all();
        }
    }
}

fn race(thread: fn(&Object), owner: fn(&Object)) {
    model(move || {
        let object = Object::new();
        let other = Arc::clone(&object);
        let handle = thread::spawn(move || thread(&other));
        owner(&object);
        handle.join().unwrap();
    });
}

#[test]
fn exit_as_it_is() {
    race(|object| object.exit(Mistake::None), Object::close);
    race(|object| object.exit(Mistake::None), Object::visit);
}

#[test]
fn exit_without_asking() {
    must_fail("exit_without_asking", "Causality violation", || {
        race(|object| object.exit(Mistake::WithoutAsking), Object::close);
    });
}

#[test]
fn exit_under_a_visitor() {
    must_fail("exit_under_a_visitor", "Causality violation", || {
        race(|object| object.exit(Mistake::UnderAVisitor), Object::visit);
    });
}

#[test]
fn remove_as_it_is() {
    race(|object| object.remove(Mistake::None), Object::visit);
}

#[test]
fn remove_unawaited() {
    must_fail("remove_unawaited", "Causality violation", || {
        race(
            |object| object.remove(Mistake::UnderAVisitor),
            Object::visit,
        );
    });
}
