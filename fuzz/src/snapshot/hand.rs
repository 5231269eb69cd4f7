//! A thread with what it holds of the cell.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use onset::{Guard, Reader, SnapshotCell};

use super::{
    Out,
    model::{Deed, End, FIRST_VALUE, Goes, INSIDE, Init, STORED_BY_DROP, STORED_BY_INIT},
};
use crate::{
    item::{Item, Ledger},
    panics::{Panic, catch, planned},
    plan::{self, Act, Moment},
};

/// How an operation starts: the first number of its values, and what goes wrong.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) first: u64,
    pub(super) init: Init,
    pub(super) goes: Goes,
}

/// A thread holds so many at most.
const SLOTS: usize = 6;

thread_local! {
    /// What the initialiser does, which knows nothing but its thread.
    static INIT: RefCell<Option<Box<dyn FnOnce() -> Item>>> = const { RefCell::new(None) };
}

/// The initialiser of lazy cells.
pub(super) fn first() -> Item {
    let init = INIT.with_borrow_mut(Option::take);
    init.expect("each operation brings one")()
}

/// What became of a deed: whether a destructor did as planned, and what the slot held.
type Done = (Out, bool, Option<u64>);

enum Holds<'c> {
    Guard(Guard<'c, Item>),
    Value(Arc<Item>),
    Reader(Reader<'c, Item>),
}

impl Holds<'_> {
    fn value(&self) -> &Item {
        match self {
            Self::Guard(guard) => guard,
            Self::Value(value) => value,
            Self::Reader(_) => unreachable!("a reader is asked for its value"),
        }
    }
}

/// What a thread holds.
pub(super) struct Own<'c> {
    cell: &'c Arc<SnapshotCell<Item>>,
    ledger: Ledger,
    /// With the number that each has for as long as it lives.
    slots: Vec<(u64, Holds<'c>)>,
}

impl<'c> Own<'c> {
    pub(super) const fn new(cell: &'c Arc<SnapshotCell<Item>>, ledger: Ledger) -> Self {
        let slots = Vec::new();
        Self {
            cell,
            ledger,
            slots,
        }
    }

    pub(super) fn obey(&mut self, deed: Deed, start: Start) -> Done {
        let slot = match deed {
            Deed::Read(slot)
            | Deed::Drop(slot)
            | Deed::Clone(slot)
            | Deed::CompareAndSwap(slot) => usize::from(slot).checked_rem(self.slots.len()),
            _ => None,
        };
        let held = slot.map(|slot| self.slots[slot].0);
        self.arm(start);
        let out = match catch(|| self.act(deed, slot, start)) {
            Ok(out) => out,
            Err(Panic::Planned) => Out::Panicked,
            Err(Panic::Refused) => Out::Refused,
        };
        let is_faulty = !plan::disarm() && !matches!(start.goes, Goes::Well);
        INIT.take();
        for (id, holds) in &self.slots {
            if !matches!(holds, Holds::Reader(_)) {
                assert_eq!(holds.value().id(), *id, "what is held stays the same");
            }
        }
        // Of a reader the slot's number is that of its last load.
        let read = matches!(deed, Deed::Read(_)).then(|| slot.map(|slot| self.slots[slot].0));
        (out, is_faulty, read.unwrap_or(held))
    }

    fn arm(&self, start: Start) {
        let (cell, ledger) = (Arc::clone(self.cell), self.ledger.clone());
        let act: Box<dyn FnOnce()> = match start.goes {
            Goes::Well => Box::new(|| {}),
            Goes::Panics(_) => Box::new(|| planned()),
            Goes::Loads(_) => Box::new(move || {
                let _ = catch(|| cell.load().id());
            }),
            Goes::Stores(_) => {
                Box::new(move || cell.store(ledger.item(start.first + STORED_BY_DROP)))
            }
        };
        if let Goes::Panics(others) | Goes::Loads(others) | Goes::Stores(others) = start.goes {
            plan::arm(Moment::Drop, others % 4, Act::Do(act));
        }
        let (cell, ledger) = (Arc::clone(self.cell), self.ledger.clone());
        INIT.set(Some(Box::new(move || {
            match start.init {
                Init::Well => {}
                Init::Panics => planned(),
                Init::Loads => drop(cell.load()),
                Init::Stores => cell.store(ledger.item(start.first + STORED_BY_INIT)),
            }
            ledger.item(start.first + FIRST_VALUE)
        })));
    }

    fn keep(&mut self, holds: Holds<'c>, id: u64) -> Out {
        if self.slots.len() == SLOTS {
            drop(self.slots.remove(0));
        }
        self.slots.push((id, holds));
        Out::Value(id)
    }

    fn act(&mut self, deed: Deed, slot: Option<usize>, start: Start) -> Out {
        let new = |number| self.ledger.item(start.first + number);
        match (deed, slot) {
            (Deed::Load, _) => {
                let guard = self.cell.load();
                let id = guard.id();
                self.keep(Holds::Guard(guard), id)
            }
            (Deed::LoadFull, _) => {
                let value = self.cell.load_full();
                let id = value.id();
                self.keep(Holds::Value(value), id)
            }
            (Deed::Reader, _) => {
                let mut reader = self.cell.reader();
                let id = reader.load().id();
                self.keep(Holds::Reader(reader), id)
            }
            (Deed::Store, _) => {
                self.cell.store(new(0));
                Out::Nothing
            }
            (Deed::Swap, _) => Out::Value(self.cell.swap(new(0)).id()),
            (Deed::Update(stores, end), _) => self.update(stores, end, start),
            (Deed::Wait, _) => {
                let now = self.cell.generation();
                assert_eq!(self.cell.wait_for_change(now, Duration::ZERO), None);
                let seen = self.cell.wait_for_change(now + 1, Duration::ZERO);
                Out::Value(seen.expect("another one"))
            }
            (Deed::Read(_), Some(slot)) => self.read(slot),
            (Deed::Drop(_), Some(slot)) => {
                drop(self.slots.swap_remove(slot));
                Out::Nothing
            }
            (Deed::Clone(_), Some(slot)) => {
                let (id, holds) = &self.slots[slot];
                let (id, copy) = match holds {
                    Holds::Guard(guard) => (*id, Holds::Guard(guard.clone())),
                    Holds::Value(value) => (*id, Holds::Value(Arc::clone(value))),
                    Holds::Reader(reader) => (*id, Holds::Reader(reader.clone())),
                };
                self.keep(copy, id)
            }
            (Deed::CompareAndSwap(_), Some(slot)) => {
                let seen = match &self.slots[slot].1 {
                    Holds::Reader(reader) => &reader.to_arc(),
                    holds => holds.value(),
                };
                match self.cell.compare_and_swap(seen, Arc::new(new(0))) {
                    Ok(old) => Out::Value(old.id()),
                    Err(changed) => Out::Changed(changed.current.id(), changed.new.id()),
                }
            }
            (_, None) => Out::Nothing,
        }
    }

    fn read(&mut self, slot: usize) -> Out {
        let current = self.cell.load_full();
        let (id, holds) = &mut self.slots[slot];
        if let Holds::Reader(reader) = holds {
            *id = reader.load().id();
            assert_eq!(*id, current.id(), "a reader reads what is current");
        }
        Out::Value(*id)
    }

    fn update(&self, stores: u8, end: End, start: Start) -> Out {
        let mut inside = 0..u64::from(stores % 3);
        let updated = self.cell.try_update(|value| {
            value.id();
            if let Some(n) = inside.next() {
                self.cell.store(self.ledger.item(start.first + INSIDE + n));
                return Ok(self.ledger.item(start.first));
            }
            match end {
                End::Well => Ok(self.ledger.item(start.first)),
                End::Fails => Err(()),
                End::Panics => planned(),
            }
        });
        updated.map_or(Out::Failed, |value| Out::Value(value.id()))
    }
}

/// A thread of its own.
pub(super) struct Hand {
    deeds: Sender<(Deed, Start)>,
    done: Receiver<Done>,
    thread: JoinHandle<()>,
}

impl Hand {
    pub(super) fn new(cell: &Arc<SnapshotCell<Item>>, ledger: &Ledger) -> Self {
        let ((deeds, to_do), (tell, done)) = (channel(), channel());
        let (cell, ledger) = (Arc::clone(cell), ledger.clone());
        let thread = thread::spawn(move || {
            let mut own = Own::new(&cell, ledger);
            for (deed, start) in to_do {
                tell.send(own.obey(deed, start)).expect("it is awaited");
            }
        });
        Self {
            deeds,
            done,
            thread,
        }
    }

    pub(super) fn obey(&self, deed: Deed, start: Start) -> Done {
        self.deeds.send((deed, start)).expect("it works");
        self.done.recv().expect("it answers")
    }

    /// What it holds is dropped, and its copy.
    pub(super) fn exit(self) {
        drop(self.deeds);
        self.thread.join().expect("it ends well");
    }
}
