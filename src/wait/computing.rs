//! What the calling thread is computing: a chain of frames, one for each initialiser that runs on
//! it.
//!
//! The chain answers one question on the slow path, "is this thread about to wait for itself?", and
//! tells the [`super::lot`] what a thread that parks holds up. Nobody else looks at it: entering
//! and leaving are two plain stores to a thread-local that has no destructor, so it works while the
//! thread's storage is torn down.
//!
//! # Invariant
//!
//! * [FRAME] every pointer in the chain points to a frame in a call of [`enter`] further up this
//!   thread's stack: `enter` links its frame and unlinks it before it returns or unwinds, in the
//!   order of a stack.

use core::{cell::Cell, fmt, panic::Location, ptr};

use crate::sync::local;

/// What sort of thing is computed, and what to do if its initialiser needs it.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) remedy: &'static str,
}

impl Kind {
    pub(crate) const fn cell(name: &'static str) -> Self {
        let remedy = "compute the value without asking the cell for it, or use a `RaceCell`, \
                      whose inner value wins";
        Self { name, remedy }
    }
}

/// Which cell, and where somebody began to compute it or to wait for it.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    kind: &'static Kind,
    value: &'static str,
    place: &'static Location<'static>,
}

impl Site {
    /// The `kind` of a `T`, entered by the caller of the public method.
    #[track_caller]
    pub(crate) fn of<T>(kind: &'static Kind) -> Self {
        Self {
            kind,
            value: core::any::type_name::<T>(),
            place: Location::caller(),
        }
    }

    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.place
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}<{}>`", self.kind.name, self.value)
    }
}

/// A gate's address: it names the gate among all that are borrowed at the moment.
pub(crate) type Key = usize;

#[derive(Clone, Copy)]
pub(crate) struct Held {
    pub(crate) key: Key,
    pub(crate) site: Site,
}

struct Frame {
    held: Held,
    outer: *const Self,
}

local! {
    static INNERMOST: Cell<*const Frame> = Cell::new(ptr::null());
}

struct Leave(*const Frame);

impl Drop for Leave {
    fn drop(&mut self) {
        INNERMOST.with(|innermost| innermost.set(self.0));
    }
}

/// Runs `f` as the computation of the gate `key`.
pub(crate) fn enter<R>(key: Key, site: Site, f: impl FnOnce() -> R) -> R {
    let outer = INNERMOST.with(Cell::get);
    let frame = Frame {
        held: Held { key, site },
        outer,
    };
    INNERMOST.with(|innermost| innermost.set(&raw const frame));
    let _leave = Leave(outer);
    f()
}

/// What this thread computes, the innermost first.
pub(crate) fn held() -> impl Iterator<Item = Held> {
    let mut next = INNERMOST.with(Cell::get);
    core::iter::from_fn(move || {
        // SAFETY: [FRAME] null, or a frame further up this stack.
        let frame = unsafe { next.as_ref() }?;
        next = frame.outer;
        Some(frame.held)
    })
}

/// Panics if this thread is computing the gate already: it would wait for itself for ever.
pub(crate) fn forbid_recursion(key: Key, site: Site) {
    if let Some(own) = held().find(|held| held.key == key) {
        recursion(own.site, site);
    }
}

#[cold]
fn recursion(began: Site, again: Site) -> ! {
    panic!(
        "{again} is needed at {} by its own initialiser, which began at {}; remedy: {}",
        again.place(),
        began.place(),
        again.kind.remedy,
    )
}
