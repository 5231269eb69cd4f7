//! What a thread knows: a table with a place for each object, which nobody else touches.
//!
//! The table lies in a thread-local with a destructor. Looking at such a thread-local costs a test
//! whether it is alive; so a second one, without a destructor, mirrors where the table's buffer
//! lies, and the fast path reads that.

use alloc::{sync::Arc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    panic::AssertUnwindSafe,
    ptr::{self, NonNull},
};
use std::panic::catch_unwind;

use crate::sync::local;

/// A home, as the table sees it: whatever the type of its values.
pub(super) trait Exits {
    /// The thread of this node exits.
    fn exit(&self, node: NonNull<()>);
}

/// The address of a home: it names the home for as long as that lives, and is never followed.
pub(super) type HomeKey = usize;

/// The thread's place for one object.
///
/// | key | meaning |
/// |---|---|
/// | `VACANT` | the thread has no value |
/// | a home's | the thread's value is in `node` |
/// | a home's with the bit `TAKEN_OUT` | the thread's value is taken out, for a scope |
pub(super) struct Entry {
    key: Cell<HomeKey>,
    node: Cell<NonNull<()>>,
    /// Keeps the home alive, and its address its own.
    owner: Cell<Option<Arc<dyn Exits>>>,
}

/// No home's address, nor that of an object that has no home yet, which is zero.
const VACANT: HomeKey = 1;
/// Homes are aligned to more than a byte, so no home's address has it.
const TAKEN_OUT: HomeKey = 1;

/// What the thread has of a home.
pub(super) enum Holding {
    Nothing,
    Node(NonNull<()>),
    TakenOut,
}

impl Entry {
    const fn vacant() -> Self {
        Self {
            key: Cell::new(VACANT),
            node: Cell::new(NonNull::dangling()),
            owner: Cell::new(None),
        }
    }

    #[inline]
    pub(super) fn node_of(&self, home: HomeKey) -> Option<NonNull<()>> {
        (self.key.get() == home).then(|| self.node.get())
    }

    pub(super) fn holding(&self, home: HomeKey) -> Holding {
        match self.key.get() {
            key if key == home => Holding::Node(self.node.get()),
            key if key == home | TAKEN_OUT => Holding::TakenOut,
            _ => Holding::Nothing,
        }
    }

    /// Puts a node of `owner` here. Returns what stood here: the home of an object that is gone.
    pub(super) fn fill(
        &self,
        home: HomeKey,
        node: NonNull<()>,
        owner: Arc<dyn Exits>,
    ) -> Option<Arc<dyn Exits>> {
        self.key.set(home);
        self.node.set(node);
        self.owner.replace(Some(owner))
    }

    pub(super) fn take_out(&self) {
        self.key.set(self.key.get() | TAKEN_OUT);
    }

    pub(super) fn put_back(&self, home: HomeKey, node: NonNull<()>) {
        self.key.set(home);
        self.node.set(node);
    }

    pub(super) fn clear(&self) -> Option<Arc<dyn Exits>> {
        self.key.set(VACANT);
        self.owner.take()
    }

    /// Emptied before the value's destructor runs, which may look here.
    fn exit(&self) {
        let in_place = self.key.get() & TAKEN_OUT == 0;
        if let (Some(owner), true) = (self.clear(), in_place) {
            owner.exit(self.node.get());
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Unavailable {
    /// The thread's storage is being torn down.
    TornDown,
    /// The thread's value is lent, or taken out.
    InUse,
}

struct Table {
    entries: RefCell<Vec<Entry>>,
}

struct Mirror {
    entries: Cell<*const Entry>,
    len: Cell<usize>,
}

local! {
    static TABLE: Table = Table { entries: RefCell::new(Vec::new()) };
}
local! {
    static MIRROR: Mirror = Mirror { entries: Cell::new(ptr::null()), len: Cell::new(0) };
}

impl Mirror {
    fn show(entries: &[Entry]) {
        // In a model the mirror may be gone before the table is; then nobody looks any more.
        let _ = MIRROR.try_with(|mirror| {
            mirror.entries.set(entries.as_ptr());
            mirror.len.set(entries.len());
        });
    }
}

/// The calling thread's place, if the table is so long and not yet torn down. `f` runs no user
/// code.
#[inline]
pub(super) fn entry<R>(index: usize, f: impl FnOnce(&Entry) -> R) -> Option<R> {
    MIRROR
        .try_with(|mirror| {
            if index >= mirror.len.get() {
                return None;
            }
            // SAFETY: [TABLE-MIRROR] the buffer has so many entries.
            let entry = unsafe { mirror.entries.get().add(index) };
            // SAFETY: [TABLE-MIRROR] it lives; entries are only ever borrowed shared.
            Some(f(unsafe { &*entry }))
        })
        .ok()
        .flatten()
}

/// Sees to it that the calling thread has the place, and that its values will be dropped when it
/// exits.
pub(super) fn reserve(index: usize) -> Result<(), Unavailable> {
    TABLE
        .try_with(|table| {
            let mut entries = table.entries.borrow_mut();
            if index >= entries.len() {
                let len = (index + 1).next_power_of_two();
                entries.resize_with(len, Entry::vacant);
                Mirror::show(&entries);
            }
        })
        .map_err(|_| Unavailable::TornDown)
}

impl Drop for Table {
    /// The values' destructors may use the values that are left, but get no new ones.
    ///
    /// A destructor that panics has been reported by the panic hook; the others run all the same.
    fn drop(&mut self) {
        for entry in self.entries.get_mut().iter() {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| entry.exit())) {
                // Its destructor might panic as well.
                core::mem::forget(payload);
            }
        }
        Mirror::show(&[]);
    }
}
