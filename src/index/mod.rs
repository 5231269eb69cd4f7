//! An append-only index: many values at stable addresses, found by key, seen in order.
//!
//! # The parts
//!
//! * [`entry`]: a key and its value, boxed once and never moved.
//! * [`order`]: the entries in the order in which they came.
//! * [`table`]: where the newest entry of a key is. When it is full, a larger one takes its keys
//!   over; the old one stays as long as the index, since somebody may still look at it.
//! * [`change`]: what writers do, one at a time, under a short lock; [`room`] is made before.
//!
//! # Protocol
//!
//! Each change takes a **place** in the order: an added entry stands there, a removal leaves it
//! empty. The **watermark** is the number of places that are published, and beside it, in the same
//! word, the number of keys that are there. A watermark is all that a snapshot needs: an entry
//! is seen by it if its own place is before the watermark, and the place of the change that replaced
//! or removed it is not.
//!
//! * **see**: load the watermark (`Acquire`: pairs with *publish*).
//! * **find**: then load the table (`Acquire`: pairs with the `Release` of *grow*) and look the key
//!   up. The table has every key before the watermark, because it was loaded after it, and may have
//!   newer entries; from those a chain leads to the older ones of the key.
//! * **change**: under the lock, fill places and table. Readers who come across these entries do not
//!   see them, since their places are not before the watermark.
//! * **grow**: under the lock, fill a larger table and store it (`Release`).
//! * **publish**: store the new watermark (`Release`), then give back the lock. All that a change
//!   did becomes visible here, by one store.
//!
//! User code (`Hash`, `Eq`, closures, destructors) never runs under the lock, and nothing is
//! allocated or freed there: a writer looks its keys up and allocates beforehand, and begins anew if
//! something that hashes as one of them was published when it has the lock.
//!
//! # Invariants
//!
//! * [INDEX-ENTRY] an entry that stands in the index has its key and its value, and lives at its
//!   address until somebody has `&mut` to the index. Nobody writes to it, but for its `gone` mark.
//! * [INDEX-ORDER] each place before the watermark, and each that a visible entry names, has its
//!   chunk.
//! * [INDEX-TABLE] if a place is published, there is a table, and it holds the newest entry of each
//!   key.
//! * [INDEX-ALONE] entries, chunks and tables are freed only by `&mut self` or by the owner.

mod change;
mod entry;
mod exclusive;
mod iter;
mod order;
mod room;
mod table;

use core::{
    panic::{RefUnwindSafe, UnwindSafe},
    ptr,
};

pub use self::iter::Iter;
pub(crate) use self::{
    change::Change,
    entry::{Entry, Hash, Whole},
};
use self::{
    change::Writer,
    entry::NONE,
    order::Order,
    table::{Groups, Table},
};
use crate::sync::{Atomic64, AtomicPtr, Mutex, Ordering};

/// How many places are published, and how many keys are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watermark(u64);

impl Watermark {
    const NOTHING: Self = Self(0);

    fn new(places: u32, live: u32) -> Self {
        Self(u64::from(places) << u32::BITS | u64::from(live))
    }

    #[inline]
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    #[inline]
    pub(crate) fn places(self) -> u32 {
        (self.0 >> u32::BITS) as u32
    }

    #[inline]
    pub(crate) fn live(self) -> u32 {
        self.0 as u32
    }
}

/// `X` is what its owner keeps under the same lock. What readers need comes first, so that it shares
/// no cache line with the lock.
#[repr(C)]
pub(crate) struct Index<K, V, X> {
    watermark: Atomic64,
    table: AtomicPtr<Groups<K, V>>,
    order: Order<K, V>,
    writer: Apart<Mutex<Writer<K, V, X>>>,
}

/// On a cache line of its own.
#[repr(align(64))]
struct Apart<T>(T);

// SAFETY: [INDEX-ALONE] whoever owns the index owns its entries (hence `Send` of both), and what
// stands beside them.
unsafe impl<K: Send, V: Send, X: Send> Send for Index<K, V, X> {}
// SAFETY: [INDEX-ENTRY] `&K` and `&V` go out to all threads (hence `Sync`); entries come in from one
// thread and are dropped on another (hence `Send`); `X` is guarded by the lock.
unsafe impl<K: Send + Sync, V: Send + Sync, X: Send> Sync for Index<K, V, X> {}

// Entries are never half done, so it is as safe to unwind past as they are.
impl<K: UnwindSafe, V: UnwindSafe, X> UnwindSafe for Index<K, V, X> {}
impl<K, V, X> RefUnwindSafe for Index<K, V, X>
where
    K: UnwindSafe + RefUnwindSafe,
    V: UnwindSafe + RefUnwindSafe,
{
}

impl<K, V, X> Index<K, V, X> {
    pub(crate) const fn new(extra: X) -> Self {
        Self {
            watermark: Atomic64::new(Watermark::NOTHING.0),
            table: AtomicPtr::new(ptr::null_mut()),
            order: Order::new(),
            writer: Apart(Mutex::new(Writer {
                table: Table::NONE,
                extra,
            })),
        }
    }

    /// What is published at the moment.
    #[inline]
    pub(crate) fn seen(&self) -> Watermark {
        // Acquire: pairs with the Release in `publish`.
        Watermark(self.watermark.load(Ordering::Acquire))
    }

    fn publish(&self, watermark: Watermark) {
        // Release: pairs with the Acquire in `seen`.
        self.watermark.store(watermark.0, Ordering::Release);
    }

    /// The entry of a key, as of `seen`.
    #[inline]
    pub(crate) fn find(
        &self,
        seen: Watermark,
        hash: Hash,
        is_key: impl FnMut(&K) -> bool,
    ) -> Option<Found<'_, K, V>> {
        let newest = self.newest(seen, hash, is_key)?;
        if newest.0.is_seen_by(seen) {
            Some(newest)
        } else {
            self.older(newest, seen)
        }
    }

    /// The newest entry of a key, seen or not.
    #[inline]
    pub(crate) fn newest(
        &self,
        seen: Watermark,
        hash: Hash,
        mut is_key: impl FnMut(&K) -> bool,
    ) -> Option<Found<'_, K, V>> {
        self.find_entry(seen, hash, |entry| is_key(entry.key()))
    }

    /// The entry for which `is_it` holds, if it is the newest one of its key.
    #[inline]
    fn find_entry(
        &self,
        seen: Watermark,
        hash: Hash,
        is_it: impl FnMut(&Entry<K, V>) -> bool,
    ) -> Option<Found<'_, K, V>> {
        if seen.is_nothing() {
            return None;
        }
        // Acquire: pairs with the Release in `grow`.
        let table = self.table.load(Ordering::Acquire);
        // SAFETY: [INDEX-TABLE] there is one, and it lives as long as `self` is borrowed.
        unsafe { &*table }.find(hash, is_it).map(Found)
    }

    /// Whether nothing was published between two watermarks that hashes as `own`: then an entry that
    /// was the newest of such a key still is, though it may have been removed, and where there was
    /// none there is none. What is about to be published may count, too.
    pub(crate) fn nothing_new(&self, from: Watermark, to: Watermark, own: Hash) -> bool {
        let is_new = |entry: &Entry<K, V>| entry.hash == own && entry.number >= from.places();
        from == to || self.find_entry(to, own, is_new).is_none()
    }

    /// The older entry of the same key that is seen by `seen`.
    #[cold]
    fn older<'i>(&'i self, newest: Found<'i, K, V>, seen: Watermark) -> Option<Found<'i, K, V>> {
        let mut entry = newest.0;
        while entry.number >= seen.places() {
            if entry.older == NONE {
                return None;
            }
            // SAFETY: [INDEX-ORDER] an entry names it.
            let older = unsafe { self.order.get(entry.older) }?;
            // SAFETY: [INDEX-ENTRY]
            entry = unsafe { older.as_ref() };
        }
        entry.is_seen_by(seen).then_some(Found(entry))
    }
}

/// An entry that was found in an index, and so has its value.
pub(crate) struct Found<'i, K, V>(&'i Entry<K, V>);

impl<K, V> Clone for Found<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Found<'_, K, V> {}

impl<'i, K, V> Found<'i, K, V> {
    pub(crate) fn is_seen_by(self, seen: Watermark) -> bool {
        self.0.is_seen_by(seen)
    }

    /// Whether it was neither replaced nor removed; to be asked under the lock.
    pub(crate) fn is_live(self) -> bool {
        self.0.is_live()
    }

    /// Its place in the order.
    pub(crate) fn number(self) -> u32 {
        self.0.number
    }

    pub(crate) fn entry(self) -> &'i Entry<K, V> {
        self.0
    }

    #[inline]
    pub(crate) fn key(self) -> &'i K {
        self.0.key()
    }

    #[inline]
    pub(crate) fn value(self) -> &'i V {
        // SAFETY: [INDEX-ENTRY] it stands in an index, and we found it there.
        unsafe { self.0.value() }
    }
}
