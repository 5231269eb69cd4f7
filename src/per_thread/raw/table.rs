//! What a thread knows: a table with a place for each object, which nobody else touches.
//!
//! The table is made of chunks, each twice as long as the one before, so no entry ever moves. It
//! lies in a thread-local with a destructor. Looking at such a thread-local costs a test whether it
//! is alive; so a second one, without a destructor, mirrors where the chunks lie, and the fast path
//! reads that.

use alloc::{sync::Arc, vec::Vec};
use core::{
    cell::{Cell, OnceCell},
    mem,
    ptr::{self, NonNull},
};

use crate::{sync::local, unwind::contain};

/// A home, as the table sees it: whatever the type of its values.
pub(super) trait Exits {
    /// The thread of this node exits.
    fn exit(&self, node: NonNull<()>);
}

/// The address of a home: it names the home for as long as that lives, and is never followed.
pub(super) type HomeKey = usize;

/// The thread's place for one object.
///
/// | key | meaning |
/// |---|---|
/// | the home's | the thread's value is in `node` |
/// | `LENT` | the same, and the thread is reading it |
/// | `TAKEN_OUT` | the thread's value is taken out, for a scope |
/// | `VACANT` | the thread has no value |
///
/// Aligned so that a place has bits to spare for the number of a chunk.
#[repr(align(32))]
pub(super) struct Entry {
    key: Cell<HomeKey>,
    node: Cell<NonNull<()>>,
    /// The home. Keeps it alive, and its address its own.
    owner: Cell<Option<Arc<dyn Exits>>>,
}

// Homes are aligned to four bytes at least, so these are no home's addresses.
const VACANT: HomeKey = 1;
const LENT: HomeKey = 2;
const TAKEN_OUT: HomeKey = 3;

/// What the thread has of a home.
pub(super) enum Holding {
    Nothing,
    Node(NonNull<()>),
    Lent(NonNull<()>),
    TakenOut,
}

impl Entry {
    const fn vacant() -> Self {
        Self {
            key: Cell::new(VACANT),
            node: Cell::new(NonNull::dangling()),
            owner: Cell::new(None),
        }
    }

    /// The node, unless it is lent.
    #[inline]
    pub(super) fn node_of(&self, home: HomeKey) -> Option<NonNull<()>> {
        (self.key.get() == home).then(|| self.node.get())
    }

    /// The same, and marks it as lent.
    #[inline]
    pub(super) fn lend(&self, home: HomeKey) -> Option<NonNull<()>> {
        let node = self.node_of(home)?;
        self.key.set(LENT);
        Some(node)
    }

    /// Ends what `lend` began.
    #[inline]
    pub(super) fn give_back(&self, home: HomeKey) {
        self.key.set(home);
    }

    pub(super) fn holding(&self, home: HomeKey) -> Holding {
        match self.key.get() {
            key if key == home => Holding::Node(self.node.get()),
            LENT if self.is_of(home) => Holding::Lent(self.node.get()),
            TAKEN_OUT if self.is_of(home) => Holding::TakenOut,
            _ => Holding::Nothing,
        }
    }

    fn is_lent(&self) -> bool {
        self.key.get() == LENT
    }

    fn is_of(&self, home: HomeKey) -> bool {
        let owner = self.owner.take();
        let own = owner.as_ref().map(Arc::as_ptr);
        self.owner.set(owner);
        own.is_some_and(|own| own.addr() == home)
    }

    /// Puts a node of `owner` here. Returns what stood here: the home of an object that is gone.
    pub(super) fn fill(
        &self,
        home: HomeKey,
        node: NonNull<()>,
        owner: Arc<dyn Exits>,
    ) -> Option<Arc<dyn Exits>> {
        self.key.set(home);
        self.node.set(node);
        self.owner.replace(Some(owner))
    }

    pub(super) fn take_out(&self) {
        self.key.set(TAKEN_OUT);
    }

    pub(super) fn put_back(&self, home: HomeKey, node: NonNull<()>) {
        self.key.set(home);
        self.node.set(node);
    }

    pub(super) fn clear(&self) -> Option<Arc<dyn Exits>> {
        self.key.set(VACANT);
        self.owner.take()
    }

    /// Emptied before the value's destructor runs, which may look here.
    ///
    /// A value that is lent, or taken out, is left alone, until its object goes. Either the process
    /// ends, below the frame that uses the value, to which it never returns; but that frame may
    /// have passed the reference on to other threads. Or the frame is a coroutine's, which may be
    /// resumed by a destructor that runs later.
    fn exit(&self) {
        if matches!(self.key.get(), LENT | TAKEN_OUT) {
            return;
        }
        if let Some(owner) = self.clear() {
            owner.exit(self.node.get());
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Unavailable {
    /// The thread's storage is being torn down.
    TornDown,
    /// The thread's value is lent, or taken out.
    InUse,
}

/// Entries that share no cache line with what is not this thread's; two lines of 64 bytes, because
/// processors fetch them in pairs.
#[repr(align(128))]
struct Line([Entry; ENTRIES]);

const ENTRIES: usize = 128 / size_of::<Entry>();

/// The entries of the first chunk.
const FIRST: usize = 2 * ENTRIES;

/// With these there is a place for more objects than fit into any memory.
const CHUNKS: usize = 32;

/// Where in the tables an object has its place: the number of the chunk, and the distance from its
/// beginning in bytes, which is a multiple of an entry's size and leaves those bits free.
#[derive(Clone, Copy)]
pub(super) struct Place(pub(super) usize);

impl Place {
    pub(super) fn of(index: usize) -> Self {
        let from_first = index + FIRST;
        let chunk = (from_first / FIRST).ilog2() as usize;
        assert!(chunk < CHUNKS, "so many objects fit into no memory");
        let offset = (from_first - (FIRST << chunk)) * size_of::<Entry>();
        Self(offset + chunk)
    }

    #[inline]
    const fn chunk(self) -> usize {
        self.0 % CHUNKS
    }
}

struct Table {
    /// Not boxes: to move one would be to claim that nobody else points into it.
    chunks: [OnceCell<Vec<Line>>; CHUNKS],
}

/// Where the table's chunks lie; null for those that there are not.
///
/// Each pointer is as many bytes too low as its chunk's number says, so that a place need not be
/// taken apart to be added to it.
struct Mirror {
    chunks: [Cell<*mut Entry>; CHUNKS],
}

local! {
    static TABLE: Table = Table { chunks: [const { OnceCell::new() }; CHUNKS] };
}
local! {
    static MIRROR: Mirror = Mirror { chunks: [const { Cell::new(ptr::null_mut()) }; CHUNKS] };
}

impl Mirror {
    fn show(chunk: usize, first: *const Line) {
        let lowered = first.cast::<Entry>().cast_mut().wrapping_byte_sub(chunk);
        Self::set(chunk, lowered);
    }

    fn set(chunk: usize, lowered: *mut Entry) {
        // In a model the mirror may be gone before the table is; then nobody looks any more.
        let _ = MIRROR.try_with(|mirror| mirror.chunks[chunk].set(lowered));
    }
}

/// The entry at the calling thread's place for an object, if there is one. It stays where it is
/// until the thread exits.
#[inline]
pub(super) fn entry(place: Place) -> Option<NonNull<Entry>> {
    let lowered = MIRROR.try_with(|mirror| mirror.chunks[place.chunk()].get());
    let lowered = NonNull::new(lowered.ok()?)?.as_ptr();
    // SAFETY: [TABLE-MIRROR] it is lowered by less than the place adds, or by as much, so that the
    // sum lies inside the chunk.
    Some(unsafe { NonNull::new_unchecked(lowered.wrapping_byte_add(place.0)) })
}

/// What `f` makes of that entry. `f` runs no user code.
#[inline]
pub(super) fn at<R>(place: Place, f: impl FnOnce(&Entry) -> R) -> Option<R> {
    // SAFETY: [TABLE-MIRROR] it lives; entries are only ever borrowed shared.
    entry(place).map(|entry| f(unsafe { entry.as_ref() }))
}

/// Sees to it that the calling thread has the place, and that its values will be dropped when it
/// exits.
pub(super) fn reserve(place: Place) -> Result<(), Unavailable> {
    let chunk = place.chunk();
    let new_chunk = || {
        let line = || Line([const { Entry::vacant() }; ENTRIES]);
        let lines = (FIRST << chunk) / ENTRIES;
        core::iter::repeat_with(line).take(lines).collect()
    };
    TABLE
        .try_with(|table| {
            let lines: &[Line] = table.chunks[chunk].get_or_init(new_chunk);
            Mirror::show(chunk, lines.as_ptr());
        })
        .map_err(|_| Unavailable::TornDown)
}

impl Drop for Table {
    /// The values' destructors may use the values that are left, but get no new ones.
    ///
    /// A destructor that panics has been reported by the panic hook; the others run all the same.
    fn drop(&mut self) {
        let chunks = self.chunks.iter().filter_map(OnceCell::get);
        for entry in chunks.flatten().flat_map(|line| &line.0) {
            contain(|| entry.exit());
        }
        for (number, chunk) in self.chunks.iter_mut().enumerate() {
            Mirror::set(number, ptr::null_mut());
            let mut entries = chunk.get().into_iter().flatten().flat_map(|line| &line.0);
            if entries.any(Entry::is_lent) {
                // Whoever has lent it will note in it that it is given back.
                mem::forget(chunk.take());
            }
        }
    }
}
