//! A pointer that is published once, whole.
//!
//! # Protocol
//!
//! The pointer is null until somebody publishes, and never changes again while the slot is shared:
//!
//! * **publish**: one compare-exchange from null, with `Release` on success: everything that the
//!   publisher did before, the value's construction above all, comes before whatever a reader does
//!   after its `Acquire` load has returned the pointer. With `Acquire` on failure: the loser is
//!   about to return the winner's value, so it is a reader too.
//! * **get**: one `Acquire` load. `Consume` would do on every processor, and costs the same where
//!   it matters; the language has none.
//! * **take**, **drop**: through `&mut`, so there is nobody to order with; the load is `Relaxed`
//!   and no plain access, because a plain one would be the same instruction.
//!
//! No stronger order is needed: there is one location, so there is nothing that two threads could
//! see in different orders. The success order needs no `Acquire`: the winner read null, and null
//! was not released by anybody.
//!
//! # Invariants
//!
//! * [SLOT-OWN] a non-null pointer came from `P::into_raw`, and the slot owns it until it is taken
//!   out through `&mut`, by an `OwningSlot`'s drop at the latest.
//! * [SLOT-ONCE] while the slot is shared the pointer goes from null to non-null once, and stays.

#[cfg(feature = "alloc")]
use core::ops::{Deref, DerefMut};
use core::{marker::PhantomData, mem::ManuallyDrop, ptr};

use crate::sync::{AtomicPtr, Ordering};

/// An owning pointer that survives the way through an `AtomicPtr`.
///
/// # Safety
///
/// `into_raw` returns a non-null pointer through which the target may be read until `from_raw` is
/// called on it; `from_raw` undoes `into_raw`. Moving `Self` moves no target.
pub(crate) unsafe trait Owner {
    type Target;
    fn into_raw(self) -> *mut Self::Target;
    /// # Safety
    ///
    /// `raw` came from `into_raw`, and ownership comes with it.
    unsafe fn from_raw(raw: *mut Self::Target) -> Self;
}

// SAFETY: [SLOT-OWN] a box's pointer is valid and non-null until the box is made again.
#[cfg(feature = "alloc")]
unsafe impl<T> Owner for alloc::boxed::Box<T> {
    type Target = T;
    fn into_raw(self) -> *mut T {
        Self::into_raw(self)
    }
    unsafe fn from_raw(raw: *mut T) -> Self {
        // SAFETY: [SLOT-OWN] the caller's promise.
        unsafe { Self::from_raw(raw) }
    }
}

// SAFETY: [SLOT-OWN] one strong count stands behind the pointer until the `Arc` is made again.
#[cfg(feature = "alloc")]
unsafe impl<T> Owner for alloc::sync::Arc<T> {
    type Target = T;
    fn into_raw(self) -> *mut T {
        Self::into_raw(self).cast_mut()
    }
    unsafe fn from_raw(raw: *mut T) -> Self {
        // SAFETY: [SLOT-OWN] the caller's promise.
        unsafe { Self::from_raw(raw) }
    }
}

// SAFETY: [SLOT-OWN] a reference is valid for `'a`, and nobody has to give it back.
unsafe impl<'a, T> Owner for &'a T {
    type Target = T;
    fn into_raw(self) -> *mut T {
        ptr::from_ref(self).cast_mut()
    }
    unsafe fn from_raw(raw: *mut T) -> &'a T {
        // SAFETY: [SLOT-OWN] the pointer came from a `&'a T`.
        unsafe { &*raw }
    }
}

pub(crate) struct Slot<P: Owner> {
    pointer: AtomicPtr<P::Target>,
    /// The slot owns a `P`.
    owns: PhantomData<P>,
    /// The slot is invariant in `P`: `publish` takes one through `&self`.
    takes: PhantomData<fn(P) -> P>,
}

// SAFETY: [SLOT-OWN] sending the slot sends the `P`.
unsafe impl<P: Owner + Send> Send for Slot<P> {}
// SAFETY: [SLOT-OWN] through `&Slot` a `P` comes in from one thread and is dropped or taken on
// another (hence `Send`), and `&P::Target`, or a clone of `P`, goes out to all of them (hence
// `Sync`).
unsafe impl<P: Owner + Send + Sync> Sync for Slot<P> {}

impl<P: Owner> Slot<P> {
    pub(crate) const fn empty() -> Self {
        Self {
            pointer: AtomicPtr::new(ptr::null_mut()),
            owns: PhantomData,
            takes: PhantomData,
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn full(value: P) -> Self {
        Self {
            pointer: AtomicPtr::new(value.into_raw()),
            owns: PhantomData,
            takes: PhantomData,
        }
    }

    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn get(&self) -> Option<&P::Target> {
        // Acquire: pairs with the Release in `publish`; the value's construction comes first.
        let raw = self.pointer.load(Ordering::Acquire);
        // SAFETY: [SLOT-OWN], [SLOT-ONCE] the target stays while `self` is borrowed.
        unsafe { raw.as_ref() }
    }

    /// Another owner of the published target.
    #[inline]
    pub(crate) fn get_owner(&self) -> Option<P>
    where
        P: Clone,
    {
        // Acquire: pairs with the Release in `publish`.
        let raw = self.pointer.load(Ordering::Acquire);
        // SAFETY: [SLOT-OWN] the owner is only borrowed from the slot: it is not dropped here.
        (!raw.is_null()).then(|| P::clone(&*unsafe { borrow_owner::<P>(raw) }))
    }

    /// Publishes `value` if nothing was published before; otherwise hands it back beside what was.
    pub(crate) fn publish(&self, value: P) -> Result<&P::Target, (&P::Target, P)> {
        let raw = value.into_raw();
        // Release: pairs with the Acquire in `get` and `get_owner`, and with the failure order
        // here. Acquire on failure: pairs with the winner's Release; the caller reads its
        // value.
        match self.pointer.compare_exchange(
            ptr::null_mut(),
            raw,
            Ordering::Release,
            Ordering::Acquire,
        ) {
            // SAFETY: [SLOT-OWN], [SLOT-ONCE] the target stays while `self` is borrowed.
            Ok(_) => Ok(unsafe { &*raw }),
            Err(winner) => {
                // SAFETY: [SLOT-OWN], [SLOT-ONCE] as above; the exchange fails only on a pointer.
                let published = unsafe { &*winner };
                // SAFETY: [SLOT-OWN] the slot did not take it, so it is still ours.
                Err((published, unsafe { P::from_raw(raw) }))
            }
        }
    }

    pub(crate) fn take(&mut self) -> Option<P> {
        // Relaxed: `&mut self` is alone.
        let raw = self.pointer.load(Ordering::Relaxed);
        self.pointer.store(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: [SLOT-OWN] the slot gives its ownership away, and forgot the pointer above.
        (!raw.is_null()).then(|| unsafe { P::from_raw(raw) })
    }
}

impl<'a, T> Slot<&'a T> {
    pub(crate) const fn full_reference(value: &'a T) -> Self {
        let pointer = AtomicPtr::new(ptr::from_ref(value).cast_mut());
        Self {
            pointer,
            owns: PhantomData,
            takes: PhantomData,
        }
    }
}

#[cfg(feature = "alloc")]
impl<T> Slot<alloc::boxed::Box<T>> {
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // Relaxed: `&mut self` is alone.
        let raw = self.pointer.load(Ordering::Relaxed);
        // SAFETY: [SLOT-OWN] a box owns its target alone, and `&mut self` is the only way to it.
        unsafe { raw.as_mut() }
    }
}

#[cfg(feature = "alloc")]
impl<T> Slot<alloc::sync::Arc<T>> {
    /// `None` too while the target has other owners.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        // Relaxed: `&mut self` is alone.
        let raw = self.pointer.load(Ordering::Relaxed);
        if raw.is_null() {
            return None;
        }
        // SAFETY: [SLOT-OWN] the owner is only borrowed from the slot: it is not dropped here.
        let mut owner = unsafe { borrow_owner::<alloc::sync::Arc<T>>(raw) };
        alloc::sync::Arc::get_mut(&mut owner)?;
        // SAFETY: [SLOT-OWN] the slot's is the only owner, and `&mut self` the only way to it.
        Some(unsafe { &mut *raw })
    }
}

/// The slot's own owner, as long as nobody drops it.
///
/// # Safety
///
/// `raw` came from `P::into_raw`, and its owner outlives the result.
unsafe fn borrow_owner<P: Owner>(raw: *mut P::Target) -> ManuallyDrop<P> {
    // SAFETY: [SLOT-OWN] the caller's promise.
    ManuallyDrop::new(unsafe { P::from_raw(raw) })
}

/// A slot that drops what it owns. A slot of references does not, and so need not outlive what they
/// refer to.
#[cfg(feature = "alloc")]
pub(crate) struct OwningSlot<P: Owner>(pub(crate) Slot<P>);

#[cfg(feature = "alloc")]
impl<P: Owner> Deref for OwningSlot<P> {
    type Target = Slot<P>;
    #[inline]
    fn deref(&self) -> &Slot<P> {
        &self.0
    }
}

#[cfg(feature = "alloc")]
impl<P: Owner> DerefMut for OwningSlot<P> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Slot<P> {
        &mut self.0
    }
}

#[cfg(feature = "alloc")]
impl<P: Owner> Drop for OwningSlot<P> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}
