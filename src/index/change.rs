//! The writer's side: a change is prepared in private, made under the lock, and published when the
//! lock is given back.

use super::{
    Found, Index, Watermark,
    entry::{Hash, NONE, Whole},
    room::Spare,
    table::Table,
};
use crate::sync::MutexGuard;

/// What the lock guards: the table, and whatever else the owner of the index changes together with
/// it.
pub(super) struct Writer<K, V, X> {
    pub(super) table: Table<K, V>,
    pub(super) extra: X,
}

/// The lock on an index, with room for what is to be added. Whatever was changed is published, by
/// one store of the watermark, when this is dropped; no user code runs until then.
pub(crate) struct Change<'i, K, V, X> {
    index: &'i Index<K, V, X>,
    before: Watermark,
    after: Watermark,
    writer: MutexGuard<'i, Writer<K, V, X>>,
    /// Freed after the lock was given back.
    _unused: Spare<K, V>,
}

impl<'i, K, V, X> Change<'i, K, V, X> {
    pub(super) fn new(
        index: &'i Index<K, V, X>,
        seen: Watermark,
        writer: MutexGuard<'i, Writer<K, V, X>>,
        unused: Spare<K, V>,
    ) -> Self {
        Self {
            index,
            before: seen,
            after: seen,
            writer,
            _unused: unused,
        }
    }

    /// As [`Index::nothing_new`], up to this change.
    pub(crate) fn nothing_new(&self, seen: Watermark, own: Hash) -> bool {
        self.index.nothing_new(seen, self.before, own)
    }

    pub(crate) fn extra(&mut self) -> &mut X {
        &mut self.writer.extra
    }

    /// Adds an entry, instead of the newest one of its key if there is any.
    ///
    /// # Safety
    ///
    /// There is room. `older` was the newest entry of an equal key before this change; without one,
    /// there was none.
    pub(crate) unsafe fn append(
        &mut self,
        entry: Whole<K, V>,
        older: Option<Found<'_, K, V>>,
    ) -> Found<'i, K, V> {
        let older = older.map(Found::entry);
        let number = self.after.places();
        let entry = entry.into_raw();
        let at = entry.as_ptr();
        // SAFETY: [INDEX-ENTRY] nobody else looks at this field before the entry is in the table.
        unsafe { (*at).number = number };
        // SAFETY: as above.
        unsafe { (*at).older = older.map_or(NONE, |older| older.number) };
        // SAFETY: [INDEX-ORDER] there is room, and we hold the lock.
        unsafe { self.index.order.set(number, Some(entry)) };
        let table = &mut self.writer.table;
        // SAFETY: [INDEX-ENTRY]
        let hash = unsafe { (*at).hash };
        match older {
            None => table.insert(hash, entry),
            Some(older) => table.replace(older, entry, hash),
        }
        let mut live = self.after.live();
        match older {
            Some(older) if older.is_live() => older.set_gone(number),
            _ => live += 1,
        }
        self.after = Watermark::new(number + 1, live);
        // SAFETY: [INDEX-ENTRY]
        Found(unsafe { entry.as_ref() })
    }

    /// Removes an entry, if it is there, and leaves it to those who see it.
    ///
    /// # Safety
    ///
    /// There is room. The entry was the newest one of its key before this change.
    pub(crate) unsafe fn remove(&mut self, newest: Found<'_, K, V>) {
        if newest.entry().is_live() {
            let number = self.after.places();
            newest.entry().set_gone(number);
            self.after = Watermark::new(number + 1, self.after.live() - 1);
        }
    }
}

impl<K, V, X> Drop for Change<'_, K, V, X> {
    fn drop(&mut self) {
        if self.after != self.before {
            self.index.publish(self.after);
        }
    }
}
