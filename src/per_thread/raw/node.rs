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
    /// Where it is noted that the node is lent. Of nested loans, the first one to be taken has it,
    /// and is the last one to end.
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
    /// [NODE-TABLE] The node was just found in this thread's table, and is noted there as lent: for
    /// this loan, or for one that encloses it.
    #[inline]
    pub(super) const unsafe fn new(node: NonNull<Node<T>>, noted: Option<Note>) -> Self {
        Self {
            node,
            noted,
            slots: PhantomData,
        }
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
            // SAFETY: [TABLE-MIRROR] entries stay where they are until the thread exits.
            unsafe { entry.as_ref() }.give_back(key);
        }
    }
}
