//! Each thread's copy of the current value, and the guards that keep a copy.

use alloc::{rc::Rc, sync::Arc};
use core::{
    cell::{Cell, UnsafeCell},
    marker::PhantomData,
    mem,
    ops::Deref,
};

use super::Version;

/// A copy that guards of this thread hold, and the thread's cache. It lives no longer than the
/// cell, and does not leave its thread.
pub(crate) struct Guarded<'a, T> {
    copy: Rc<Version<T>>,
    cell: PhantomData<&'a T>,
}

impl<T> Guarded<'_, T> {
    #[inline]
    pub(super) const fn new(copy: Rc<Version<T>>) -> Self {
        Self {
            copy,
            cell: PhantomData,
        }
    }
}

/// Empty, but not useless: it makes the compiler hold the cell's borrow until the guard is dropped,
/// and not only until its last use. Otherwise the cell could be sent away and dropped there while
/// the guard still lets go of its count.
impl<T> Drop for Guarded<'_, T> {
    #[inline]
    fn drop(&mut self) {}
}

impl<T> Clone for Guarded<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        Self::new(Rc::clone(&self.copy))
    }
}

impl<T> Deref for Guarded<'_, T> {
    type Target = Version<T>;

    #[inline]
    fn deref(&self) -> &Version<T> {
        &self.copy
    }
}

/// The calling thread's copy.
pub(super) struct Cache<T> {
    generation: Cell<u64>,
    copy: UnsafeCell<Rc<Version<T>>>,
}

// SAFETY: [CACHE-OWN] it is made on its thread, and dropped there or by the one who drops the cell.
// The value goes with it, hence `T: Send + Sync`, as for an `Arc`.
unsafe impl<T: Send + Sync> Send for Cache<T> {}

impl<T> Cache<T> {
    pub(super) fn new(copy: Rc<Version<T>>) -> Self {
        Self {
            generation: Cell::new(copy.generation),
            copy: UnsafeCell::new(copy),
        }
    }

    /// The copy, if it is of this generation.
    #[inline]
    pub(super) fn get(&self, generation: u64) -> Option<Rc<Version<T>>> {
        if self.generation.get() != generation {
            return None;
        }
        // SAFETY: [CACHE-COPY] the reference ends with the clone.
        Some(Rc::clone(unsafe { &*self.copy.get() }))
    }

    /// Makes `version` the copy, in place if no guard holds the old one. Returns what the cache
    /// kept until now, to be dropped by the caller: that may run a destructor, which may look here.
    pub(super) fn renew(&self, version: Version<T>) -> (Rc<Version<T>>, Old<T>) {
        // SAFETY: [CACHE-COPY] no code of others runs before the reference ends.
        let copy = unsafe { &mut *self.copy.get() };
        let generation = version.generation;
        let old = match Rc::get_mut(copy) {
            Some(in_place) => Old::Value(mem::replace(in_place, version).value),
            None => Old::Guarded(mem::replace(copy, Rc::new(version))),
        };
        // Last: should the allocation panic, the copy is still the old one, and has to look so.
        self.generation.set(generation);
        (Rc::clone(copy), old)
    }
}

/// What a cache kept. Only dropped.
pub(super) enum Old<T> {
    Value(#[expect(dead_code, reason = "only dropped")] Arc<T>),
    Guarded(#[expect(dead_code, reason = "only dropped")] Rc<Version<T>>),
}
