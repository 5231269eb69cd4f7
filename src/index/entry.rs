//! A key, its value, and from when to when they are seen.

use alloc::boxed::Box;
use core::{
    mem::{self, MaybeUninit},
    ptr::NonNull,
};

use super::Watermark;
use crate::sync::{AtomicU32, Ordering, UnsafeCell, touched};

/// No place: the entry is not gone, or there is no older one.
pub(super) const NONE: u32 = u32::MAX;

/// What the table needs to know of a key, taken once from the user's hasher.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hash(pub(super) u32);

impl Hash {
    /// Whichever half of its 64 bits a hasher filled with care, it ends up in the 32 that are used.
    #[inline]
    pub(crate) fn new(hash: u64) -> Self {
        Self((hash ^ (hash >> 32)) as u32)
    }

    /// One of so many, a power of two.
    pub(crate) const fn among(self, number: usize) -> usize {
        self.0 as usize & (number - 1)
    }
}

pub(crate) struct Entry<K, V> {
    pub(super) hash: Hash,
    /// The place in the order: readers see the entry from the watermark after it on.
    pub(super) number: u32,
    /// The place of the change that replaced or removed it.
    gone: AtomicU32,
    /// The place of the entry that this one replaced.
    pub(super) older: u32,
    key: K,
    value: UnsafeCell<MaybeUninit<V>>,
}

impl<K, V> Entry<K, V> {
    /// An entry that gets its value later, and must not stand in an index before.
    pub(crate) fn without_value(hash: Hash, key: K) -> NonNull<Self> {
        let entry = Box::new(Self {
            hash,
            number: NONE,
            gone: touched(AtomicU32::new(NONE)),
            older: NONE,
            key,
            value: UnsafeCell::new(MaybeUninit::uninit()),
        });
        NonNull::from(Box::leak(entry))
    }

    #[inline]
    pub(crate) fn key(&self) -> &K {
        &self.key
    }

    /// The key of an entry whose other parts somebody may be writing to.
    ///
    /// # Safety
    ///
    /// `entry` is alive for `'e`, and nobody writes to its key.
    pub(crate) unsafe fn key_of<'e>(entry: NonNull<Self>) -> &'e K {
        // SAFETY: the caller's promise ([FLIGHT-KEY]).
        unsafe { &(*entry.as_ptr()).key }
    }

    /// # Safety
    ///
    /// The entry stands in an index, and this thread found it there.
    #[inline]
    pub(super) unsafe fn value(&self) -> &V {
        self.value.with(|value| {
            // SAFETY: [INDEX-ENTRY] nobody writes the value of an entry that stands in an index.
            let value = unsafe { &*value };
            // SAFETY: [INDEX-ENTRY] it is there.
            unsafe { value.assume_init_ref() }
        })
    }

    /// Gives the entry its value.
    ///
    /// # Safety
    ///
    /// `entry` is alive and [`without_value`](Self::without_value), and only this thread fills it.
    pub(crate) unsafe fn fill(entry: NonNull<Self>, value: V) {
        // SAFETY: the caller's promise ([WHOLE], [FLIGHT-OWNER]); a reference to this field alone,
        // since others may look at the key.
        let place = unsafe { &(*entry.as_ptr()).value };
        place.with_mut(|place| {
            // SAFETY: as above.
            let place = unsafe { &mut *place };
            place.write(value);
        });
    }

    /// The key, and the value without a look at whether it is there.
    pub(crate) fn into_parts(self) -> (K, MaybeUninit<V>) {
        let Self { key, value, .. } = self;
        (key, value.into_inner())
    }

    #[inline]
    pub(super) fn is_seen_by(&self, seen: Watermark) -> bool {
        self.number < seen.places() && seen.places() <= self.gone()
    }

    /// The place of the change that made it invisible, or [`NONE`].
    #[inline]
    fn gone(&self) -> u32 {
        // Relaxed: whoever sees a watermark behind the place sees the mark, which was set before
        // that was published; and before it, mark or no mark make no difference.
        self.gone.load(Ordering::Relaxed)
    }

    /// Whether it is there as far as a writer knows, who holds the lock.
    pub(super) fn is_live(&self) -> bool {
        self.gone() == NONE
    }

    /// Gives an entry that is not gone another place, and no older one.
    pub(super) fn renumber(&mut self, number: u32) {
        self.number = number;
        self.older = NONE;
    }

    pub(super) fn set_gone(&self, place: u32) {
        // Relaxed: as above.
        self.gone.store(place, Ordering::Relaxed);
    }
}

/// An entry that has its value and stands in no index yet.
pub(crate) struct Whole<K, V>(NonNull<Entry<K, V>>);

impl<K, V> Whole<K, V> {
    pub(crate) fn new(hash: Hash, key: K, value: V) -> Self {
        let entry = Entry::without_value(hash, key);
        // SAFETY: [WHOLE] it was just made, and is ours.
        unsafe { Entry::fill(entry, value) };
        // SAFETY: [WHOLE] it is ours.
        unsafe { Self::from_raw(entry) }
    }

    /// # Safety
    ///
    /// [WHOLE] the entry comes from a box, has its value, is the caller's to give, and nobody writes
    /// to it; others may look at its key.
    pub(crate) unsafe fn from_raw(entry: NonNull<Entry<K, V>>) -> Self {
        Self(entry)
    }

    pub(crate) fn hash(&self) -> Hash {
        // SAFETY: [WHOLE]
        unsafe { (*self.0.as_ptr()).hash }
    }

    pub(crate) fn key(&self) -> &K {
        // SAFETY: [WHOLE]
        unsafe { &(*self.0.as_ptr()).key }
    }

    pub(crate) fn into_parts(self) -> (K, V) {
        let entry = self.into_raw();
        // SAFETY: [WHOLE] it was ours.
        unsafe { parts(entry) }
    }

    pub(super) fn into_raw(self) -> NonNull<Entry<K, V>> {
        let entry = self.0;
        mem::forget(self);
        entry
    }
}

impl<K, V> Drop for Whole<K, V> {
    fn drop(&mut self) {
        // SAFETY: [WHOLE] it was ours.
        drop(unsafe { parts(self.0) });
    }
}

/// Takes an entry apart.
///
/// # Safety
///
/// It comes from a box, has its value, and is the caller's alone.
pub(super) unsafe fn parts<K, V>(entry: NonNull<Entry<K, V>>) -> (K, V) {
    // SAFETY: the caller's promise ([WHOLE], or [INDEX-ENTRY] of one that stands there no longer).
    let entry = unsafe { Box::from_raw(entry.as_ptr()) };
    let (key, value) = (*entry).into_parts();
    // SAFETY: as above.
    (key, unsafe { value.assume_init() })
}
