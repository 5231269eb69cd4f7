//! One thread's value of one object, on cache lines of its own.

use alloc::boxed::Box;
use core::{cell::Cell, marker::PhantomData, ops::Deref, ptr::NonNull};

use super::table::{Entry, HomeKey};
use crate::sync::UnsafeCell;

/// Two lines of 64 bytes, because processors fetch them in pairs: what a thread writes into its
/// value does not slow the other threads down.
#[repr(align(128))]
pub(crate) struct Node<T> {
    value: UnsafeCell<T>,
    /// Guarded by the mutex of the home.
    pub(super) listed: Listed,
    /// The loans that carry no note. Touched by the node's own thread only.
    unnoted: Cell<usize>,
}

/// What the home's list knows of a node.
pub(super) struct Listed {
    /// Where in the list it stands.
    pub(super) place: Cell<usize>,
    /// How many visitors hold it.
    pub(super) pins: Cell<usize>,
    /// Its thread has exited while it was held; the last one to hold it frees it.
    pub(super) gone: Cell<bool>,
    /// Its thread has taken it out of the list, and waits for the visitors.
    pub(super) awaited: Cell<bool>,
}

impl<T> Node<T> {
    pub(super) fn new(value: T) -> Box<Self> {
        let node = Box::new(Self {
            value: UnsafeCell::new(value),
            listed: Listed {
                place: Cell::new(0),
                pins: Cell::new(0),
                gone: Cell::new(false),
                awaited: Cell::new(false),
            },
            unnoted: Cell::new(0),
        });
        // A model counts accesses from the first one on, which must come before it is shared.
        let _ = node.value();
        node
    }

    /// To be read while the node is in the list.
    #[inline]
    pub(super) fn value(&self) -> *const T {
        self.value.with(|value| value)
    }

    /// Whether its own thread reads it without a note. Only to be asked on that thread.
    pub(super) fn is_read_unnoted(&self) -> bool {
        self.unnoted.get() > 0
    }

    /// To be written by whoever has the object to himself.
    pub(super) fn value_in_place(&self) -> *mut T {
        self.value.with_mut(|value| value)
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    pub(crate) fn into_value(self) -> T {
        self.value.into_inner()
    }
}

/// A node that its own thread reads.
pub(crate) struct Lent<'a, T> {
    node: NonNull<Node<T>>,
    /// Where it is noted that the node is lent. Of loans at the same time the first one to be taken
    /// has it, and the node counts the others: they need not end in the order of a stack, because a
    /// coroutine may be suspended in one of them.
    noted: Option<Note>,
    /// Neither `Send` nor `Sync`, and no longer than the object.
    slots: PhantomData<(&'a T, *const ())>,
}

#[derive(Clone, Copy)]
pub(super) struct Note {
    pub(super) entry: NonNull<Entry>,
    pub(super) key: HomeKey,
}

impl<T> Lent<'_, T> {
    /// # Safety
    ///
    /// [NODE-TABLE] The node was just found in this thread's table, and noted there as lent, for
    /// this loan.
    #[inline]
    pub(super) const unsafe fn noted(node: NonNull<Node<T>>, note: Note) -> Self {
        Self {
            node,
            noted: Some(note),
            slots: PhantomData,
        }
    }

    /// # Safety
    ///
    /// [NODE-TABLE] The node was just found in this thread's table.
    pub(super) unsafe fn unnoted(node: NonNull<Node<T>>) -> Self {
        // SAFETY: [NODE-TABLE] just found.
        let unnoted = &unsafe { node.as_ref() }.unnoted;
        unnoted.set(unnoted.get() + 1);
        Self {
            node,
            noted: None,
            slots: PhantomData,
        }
    }

    #[cold]
    fn end_unnoted(&self) {
        // SAFETY: [NODE-LENT] it stays in the list while it is lent, and the object is borrowed.
        let unnoted = &unsafe { self.node.as_ref() }.unnoted;
        unnoted.set(unnoted.get() - 1);
    }
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: [NODE-LENT] it stays in the list while it is lent, and the object is borrowed.
        let value = unsafe { self.node.as_ref() }.value();
        // SAFETY: [NODE-LENT] nobody writes the value of a node in the list.
        unsafe { &*value }
    }
}

impl<T> Drop for Lent<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(Note { entry, key }) = self.noted {
            // SAFETY: [TABLE-MIRROR] an entry that is marked as lent stays where it is.
            unsafe { entry.as_ref() }.give_back(key);
        } else {
            self.end_unnoted();
        }
    }
}
