//! Room for what is to be added: allocated outside the lock, and made part of the index under it.

use alloc::boxed::Box;
use core::mem;

use super::{
    Index, Watermark,
    change::{Change, Writer},
    order::{Chunk, PLACES},
    table::Table,
};
use crate::sync::{Ordering, lock};

/// What was allocated outside the lock.
pub(super) struct Spare<K, V> {
    chunk: Option<Chunk<K, V>>,
    table: Option<Box<Table<K, V>>>,
}

/// What the index needs besides what it has: a chunk of that number, a table with so many groups.
struct Lack {
    chunk: Option<usize>,
    groups: Option<usize>,
}

struct Full;

impl<K, V, X> Index<K, V, X> {
    /// Locks the index, with room for so many changes.
    ///
    /// # Panics
    ///
    /// If it is full: no more than 2³² changes fit.
    pub(crate) fn lock(&self, more: usize) -> Change<'_, K, V, X> {
        let mut spare = Spare::for_first(self.seen(), more);
        loop {
            let mut writer = lock(&self.writer.0);
            let seen = self.seen();
            self.install(&mut writer, &mut spare, more);
            match self.lack(&writer, seen, more) {
                Ok(Lack {
                    chunk: None,
                    groups: None,
                }) => return Change::new(self, seen, writer, spare),
                Ok(lack) => {
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

    fn lack(&self, writer: &Writer<K, V, X>, seen: Watermark, more: usize) -> Result<Lack, Full> {
        let end = u64::from(seen.places()) + more as u64;
        if end > PLACES {
            return Err(Full);
        }
        let table = &writer.table;
        let groups = (!table.has_room(more)).then(|| table.groups_for(more));
        Ok(Lack {
            chunk: self.order.missing(end as u32),
            groups,
        })
    }

    /// Makes what was allocated part of the index, if it still lacks it.
    fn install(&self, writer: &mut Writer<K, V, X>, spare: &mut Spare<K, V>, more: usize) {
        spare.chunk = spare.chunk.take().and_then(|chunk| self.order.add(chunk));
        let taken = writer.table.taken();
        if writer.table.has_room(more) {
            return;
        }
        if let Some(table) = spare.table.take_if(|table| table.has_room(taken + more)) {
            self.grow(writer, table);
        }
    }

    fn grow(&self, writer: &mut Writer<K, V, X>, mut table: Box<Table<K, V>>) {
        table.copy(&writer.table);
        mem::swap(&mut writer.table, &mut table);
        writer.table.keep(table);
        // Release: pairs with the Acquire in `newest`.
        self.table.store(writer.table.groups(), Ordering::Release);
    }
}

#[cold]
fn full() -> ! {
    panic!("no more than 2^32 changes fit; remedy: make room from time to time: `compact`, `clear`")
}

impl<K, V> Spare<K, V> {
    /// What an index lacks in which there is nothing.
    fn for_first(seen: Watermark, more: usize) -> Self {
        let mut spare = Self {
            chunk: None,
            table: None,
        };
        if seen.is_nothing() && more > 0 {
            spare.provide(&Lack {
                chunk: Some(0),
                groups: Some(Table::<K, V>::NONE.groups_for(more)),
            });
        }
        spare
    }

    fn provide(&mut self, lack: &Lack) {
        if let Some(number) = lack.chunk {
            self.chunk = Some(Chunk::new(number));
        }
        if let Some(groups) = lack.groups {
            self.table = Some(Box::new(Table::with_groups(groups)));
        }
    }
}
