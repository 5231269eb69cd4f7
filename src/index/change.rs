//! The writer's side: a change is prepared in private, made under the lock, and published when the
//! lock is given back.

use alloc::boxed::Box;

use super::{
    Found, Index, Watermark,
    entry::{NONE, Whole},
    order::{Chunk, PLACES},
    table::Table,
};
use crate::sync::{MutexGuard, Ordering, lock};

/// What the lock guards: the table, and whatever else the owner of the index changes together with
/// it.
pub(super) struct Writer<K, V, X> {
    pub(super) table: Option<Box<Table<K, V>>>,
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

/// What was allocated outside the lock.
struct Spare<K, V> {
    chunk: Option<Chunk<K, V>>,
    table: Option<Box<Table<K, V>>>,
}

/// What the index needs, besides what it has.
enum Lack {
    Chunk(usize),
    Table { keys: usize },
}

impl<K, V, X> Index<K, V, X> {
    /// Locks the index, with room for so many changes.
    ///
    /// # Panics
    ///
    /// If it is full: no more than 2³² changes fit.
    pub(crate) fn lock(&self, more: usize) -> Change<'_, K, V, X> {
        let mut spare = Spare {
            chunk: None,
            table: None,
        };
        loop {
            let mut writer = lock(&self.writer);
            let seen = self.seen();
            self.install(&mut writer, &mut spare, more);
            match self.lack(&writer, seen, more) {
                Ok(None) => {
                    return Change {
                        index: self,
                        before: seen,
                        after: seen,
                        writer,
                        _unused: spare,
                    };
                }
                Ok(Some(lack)) => {
                    drop(writer);
                    spare.provide(&lack);
                }
                Err(Full) => {
                    drop(writer);
                    full();
                }
            }
        }
    }

    fn lack(
        &self,
        writer: &Writer<K, V, X>,
        seen: Watermark,
        more: usize,
    ) -> Result<Option<Lack>, Full> {
        let end = u64::from(seen.places()) + more as u64;
        if end > PLACES {
            return Err(Full);
        }
        if end == 0 {
            return Ok(None);
        }
        if let Some(chunk) = self.order.missing(end as u32) {
            return Ok(Some(Lack::Chunk(chunk)));
        }
        let keys = match &writer.table {
            Some(table) if table.has_room(more) => return Ok(None),
            Some(table) => table.taken() + more,
            None => more,
        };
        Ok(Some(Lack::Table { keys }))
    }

    /// Makes what was allocated part of the index.
    fn install(&self, writer: &mut Writer<K, V, X>, spare: &mut Spare<K, V>, more: usize) {
        spare.chunk = spare.chunk.take().and_then(|chunk| self.order.add(chunk));
        // Somebody else may have grown the table meanwhile, or filled the one for which the spare
        // one was large enough.
        let table = writer.table.as_ref();
        let taken = table.map_or(0, |table| table.taken());
        if table.is_none_or(|table| !table.has_room(more)) {
            let table = spare.table.take_if(|table| table.has_room(taken + more));
            if let Some(table) = table {
                self.grow(writer, table);
            }
        }
    }

    fn grow(&self, writer: &mut Writer<K, V, X>, mut table: Box<Table<K, V>>) {
        if let Some(old) = writer.table.take() {
            table.outgrow(old);
        }
        // Release: pairs with the Acquire in `find`.
        self.table.store(table.header(), Ordering::Release);
        writer.table = Some(table);
    }
}

struct Full;

#[cold]
fn full() -> ! {
    panic!("no more than 2^32 changes fit; remedy: `compact` from time to time")
}

impl<K, V> Spare<K, V> {
    fn provide(&mut self, lack: &Lack) {
        match *lack {
            Lack::Chunk(number) => self.chunk = Some(Chunk::new(number)),
            Lack::Table { keys } => self.table = Some(Table::with_room(keys)),
        }
    }
}

impl<'i, K, V, X> Change<'i, K, V, X> {
    /// What was published before this change.
    pub(crate) fn seen(&self) -> Watermark {
        self.before
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
        let table = self.writer.table.as_mut().expect("there is room");
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
