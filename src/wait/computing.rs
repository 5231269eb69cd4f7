//! What the calling thread holds up: a chain of frames, one for each initialiser or visit that runs
//! on it.
//!
//! The chain answers one question on the slow path, "is this thread about to wait for itself?", and
//! tells the [`super::lot`] what a thread that parks holds up. Nobody else looks at it: entering
//! and leaving are two plain stores to a thread-local that has no destructor, so it works while the
//! thread's storage is torn down.
//!
//! # Invariant
//!
//! * [FRAME] every pointer in the chain points to a frame in a call of [`enter_all`] further up this
//!   thread's stack, whose keys are borrowed for as long as it stands: `enter_all` links its frame
//!   and unlinks it before it returns or unwinds, in the order of a stack.

use core::{cell::Cell, fmt, panic::Location, ptr};

use crate::sync::local;

/// What sort of thing is held up, by what, and what to do if an initialiser needs its own.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What a thread that holds it up is doing: "thread `a` initialises `OnceCell<u8>`".
    pub(crate) does: &'static str,
    pub(crate) remedy: &'static str,
}

impl Kind {
    pub(crate) const fn cell(name: &'static str) -> Self {
        let remedy = "compute the value without asking the cell for it, or use a `RaceCell`, \
                      whose inner value wins";
        Self::initialised(name, remedy)
    }

    pub(crate) const fn initialised(name: &'static str, remedy: &'static str) -> Self {
        let does = "initialises";
        Self { name, does, remedy }
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

    pub(crate) fn does(&self) -> &'static str {
        self.kind.does
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}<{}>`", self.kind.name, self.value)
    }
}

/// The address of what threads wait for: it names that among all that is borrowed at the moment.
pub(crate) type Key = usize;

/// Who waits for the key waits for this thread.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    pub(crate) key: Key,
    pub(crate) site: Site,
}

struct Frame<'k> {
    keys: &'k [Key],
    site: Site,
    outer: Chain,
}

/// Without the lifetime of the keys, which is that of the frame [FRAME].
type Chain = *const Frame<'static>;

local! {
    static INNERMOST: Cell<Chain> = Cell::new(ptr::null());
}

struct Leave(Chain);

impl Drop for Leave {
    fn drop(&mut self) {
        INNERMOST.with(|innermost| innermost.set(self.0));
    }
}

/// Runs `f` as the computation of the gate `key`.
pub(crate) fn enter<R>(key: Key, site: Site, f: impl FnOnce() -> R) -> R {
    enter_all(&[key], site, f)
}

/// Runs `f`, which holds up whoever waits for any of the keys.
pub(crate) fn enter_all<R>(keys: &[Key], site: Site, f: impl FnOnce() -> R) -> R {
    let outer = INNERMOST.with(Cell::get);
    let frame = Frame { keys, site, outer };
    INNERMOST.with(|innermost| innermost.set((&raw const frame).cast()));
    let _leave = Leave(outer);
    f()
}

/// What this thread holds up, the innermost first.
pub(crate) fn held() -> impl Iterator<Item = Held> {
    let mut chain = INNERMOST.with(Cell::get);
    let frames = core::iter::from_fn(move || {
        // SAFETY: [FRAME] null, or a frame further up this stack.
        let frame = unsafe { chain.as_ref() }?;
        chain = frame.outer;
        Some(frame)
    });
    frames.flat_map(|frame| {
        let site = frame.site;
        frame.keys.iter().map(move |&key| Held { key, site })
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
