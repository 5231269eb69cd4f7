//! What the owner of an index does, alone.

use alloc::vec::Vec;
use core::ptr::NonNull;

use super::{
    Index, Watermark,
    entry::{Entry, Hash, parts},
    table::Table,
};
use crate::sync::{Ordering, lock};

impl<K, V, X> Index<K, V, X> {
    /// Takes out the entry of a key. Its place stays empty until there are more empty places than
    /// others.
    pub(crate) fn take(&mut self, hash: Hash, is_key: impl FnMut(&K) -> bool) -> Option<(K, V)> {
        let seen = self.seen();
        let place = self.find(seen, hash, is_key)?.entry().number;
        let entry = self.leave(place)?;
        let mut writer = lock(&self.writer.0);
        // SAFETY: [INDEX-ENTRY] it is alive.
        writer.table.remove(unsafe { entry.as_ref() });
        drop(writer);
        self.publish(Watermark::new(seen.places(), seen.live() - 1));
        if seen.places() / 2 > seen.live() {
            // Nothing was replaced here, so nothing comes out.
            drop(self.compact());
        }
        // SAFETY: [INDEX-ALONE] it no longer stands in the index.
        Some(unsafe { parts(entry) })
    }

    /// Takes out everything, in order.
    pub(crate) fn drain(&mut self) -> Vec<(K, V)> {
        let mut all = Vec::with_capacity(self.seen().places() as usize);
        all.extend((0..self.seen().places()).filter_map(|place| self.pop(place)));
        self.renumber(0);
        all
    }

    /// Closes the gaps in the order, and takes out what is gone: it comes back, so that the user's
    /// destructors run when the index is whole again.
    pub(crate) fn compact(&mut self) -> Vec<(K, V)> {
        let gone: Vec<_> = (0..self.seen().places())
            .filter_map(|place| {
                // SAFETY: [INDEX-ORDER] the place is published.
                let entry = unsafe { self.order.get(place) }?;
                // SAFETY: [INDEX-ENTRY]
                let is_live = unsafe { entry.as_ref() }.is_live();
                if is_live { None } else { self.pop(place) }
            })
            .collect();
        self.renumber(self.seen().live());
        gone
    }

    /// Gives the entries that are left, so many, none of which is gone, the first places and a new
    /// table.
    fn renumber(&mut self, left: u32) {
        let before = self.seen().places();
        let mut places = 0;
        let mut table = Table::NONE;
        if left > 0 {
            table = Table::with_groups(table.groups_for(left as usize));
        }
        for place in 0..before {
            if let Some(mut entry) = self.leave(place) {
                // SAFETY: [INDEX-ALONE] `&mut self` is alone.
                let at = unsafe { entry.as_mut() };
                at.renumber(places);
                table.insert(at.hash, entry);
                // SAFETY: [INDEX-ORDER] it is no later than the place that it had.
                unsafe { self.order.set(places, Some(entry)) };
                places += 1;
            }
        }
        self.order.truncate(places);
        // Relaxed: `&mut self` is alone.
        self.table.store(table.groups(), Ordering::Relaxed);
        lock(&self.writer.0).table = table;
        self.publish(Watermark::new(places, places));
    }

    /// Takes the entry out of its place in the order, and leaves it to the caller.
    fn leave(&mut self, place: u32) -> Option<NonNull<Entry<K, V>>> {
        // SAFETY: [INDEX-ORDER] the place is published.
        let entry = unsafe { self.order.get(place) }?;
        // SAFETY: as above, and `&mut self` is alone.
        unsafe { self.order.set(place, None) };
        Some(entry)
    }

    /// Takes the key and the value out of their place; the table, which still names the entry, must
    /// not be asked any more.
    fn pop(&mut self, place: u32) -> Option<(K, V)> {
        let entry = self.leave(place)?;
        // SAFETY: [INDEX-ALONE] it no longer stands in the index.
        Some(unsafe { parts(entry) })
    }
}

/// Drops what is left, from `next` on. If a destructor panics the others run all the same, as they
/// do in a `Vec`.
struct Rest<'i, K, V, X> {
    index: &'i mut Index<K, V, X>,
    next: u32,
}

impl<K, V, X> Rest<'_, K, V, X> {
    fn run(&mut self) {
        while self.next < self.index.seen().places() {
            let place = self.next;
            self.next += 1;
            drop(self.index.pop(place));
        }
    }
}

impl<K, V, X> Drop for Rest<'_, K, V, X> {
    fn drop(&mut self) {
        self.run();
    }
}

impl<K, V, X> Drop for Index<K, V, X> {
    fn drop(&mut self) {
        Rest {
            index: self,
            next: 0,
        }
        .run();
    }
}
