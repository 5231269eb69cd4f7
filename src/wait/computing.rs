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
//! * [FRAME] every pointer in the chain points to a frame in a call of [`enter`] or [`visit`] that has
//!   begun on this thread and not ended, and whose keys are borrowed as long: it links its frame,
//!   and takes it out before it returns or unwinds. Not in the order of a stack: a coroutine may be
//!   suspended inside, so that a frame leaves from the middle of the chain.

use core::{cell::Cell, fmt, panic::Location, ptr};

use crate::sync::local;

/// What sort of thing is held up, by what, and what to do if an initialiser needs its own.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What a thread that holds it up is doing: "thread `a` initialises `OnceCell<u8>`".
    pub(crate) does: &'static str,
    pub(crate) remedy: &'static str,
    /// What to do about a circle of which it is a part, if that is anything special.
    pub(crate) remedy_in_a_circle: Option<&'static str>,
}

impl Kind {
    pub(crate) const fn cell(name: &'static str) -> Self {
        let remedy = "compute the value without asking the cell for it, or use a `RaceCell`, \
                      whose inner value wins";
        Self::initialised(name, remedy)
    }

    pub(crate) const fn initialised(name: &'static str, remedy: &'static str) -> Self {
        Self {
            name,
            does: "initialises",
            remedy,
            remedy_in_a_circle: None,
        }
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

    pub(crate) fn remedy_in_a_circle(&self) -> Option<&'static str> {
        self.kind.remedy_in_a_circle
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
    computes: bool,
    outer: Cell<Chain>,
}

/// Without the lifetime of the keys, which is that of the frame [FRAME].
type Chain = *const Frame<'static>;

local! {
    static INNERMOST: Cell<Chain> = Cell::new(ptr::null());
}

impl Frame<'_> {
    fn link(&self) -> Leave {
        let own: Chain = ptr::from_ref(self).cast();
        INNERMOST.with(|innermost| self.outer.set(innermost.replace(own)));
        Leave(own)
    }
}

struct Leave(Chain);

impl Drop for Leave {
    fn drop(&mut self) {
        // SAFETY: [FRAME] it is the frame of the call that ends here.
        let outer = unsafe { (*self.0).outer.get() };
        INNERMOST.with(|innermost| {
            if innermost.get() == self.0 {
                innermost.set(outer);
            } else if let Some(inner) = frames().find(|frame| frame.outer.get() == self.0) {
                inner.outer.set(outer);
            }
        });
    }
}

/// Runs `f` as the computation of the gate `key`.
pub(crate) fn enter<R>(key: Key, site: Site, f: impl FnOnce() -> R) -> R {
    let frame = Frame {
        keys: &[key],
        site,
        computes: true,
        outer: Cell::new(ptr::null()),
    };
    let _leave = frame.link();
    f()
}

/// Runs `f` as a visit, which holds up whoever waits for any of the keys. They are no gates' keys.
pub(crate) fn visit<R>(keys: &[Key], site: Site, f: impl FnOnce() -> R) -> R {
    let frame = Frame {
        keys,
        site,
        computes: false,
        outer: Cell::new(ptr::null()),
    };
    let _leave = frame.link();
    f()
}

/// The innermost first. Not to be kept.
fn frames() -> impl Iterator<Item = &'static Frame<'static>> {
    let mut chain = INNERMOST.with(Cell::get);
    core::iter::from_fn(move || {
        // SAFETY: [FRAME] null, or a frame of a call that has not ended.
        let frame = unsafe { chain.as_ref() }?;
        chain = frame.outer.get();
        Some(frame)
    })
}

fn held_by(frame: &'static Frame<'static>) -> impl Iterator<Item = Held> {
    let site = frame.site;
    frame.keys.iter().map(move |&key| Held { key, site })
}

/// What this thread holds up, the innermost first.
pub(crate) fn held() -> impl Iterator<Item = Held> {
    frames().flat_map(held_by)
}

/// Whether nobody could be waiting for this thread.
pub(crate) fn holds_nobody_up() -> bool {
    held().next().is_none()
}

/// Panics if this thread is computing the gate already: it would wait for itself for ever.
pub(crate) fn forbid_recursion(key: Key, site: Site) {
    // Who visits many values has as many keys: they are not looked at.
    let mut computed = frames().filter(|frame| frame.computes).flat_map(held_by);
    if let Some(own) = computed.find(|held| held.key == key) {
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

// Under loom they would need a model around them.
#[cfg(all(test, not(onset_loom)))]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// As coroutines do that are suspended in their initialisers.
    #[test]
    fn frames_leave_in_every_order() {
        let site = Site::of::<u8>(const { &Kind::cell("Test") });
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let frames = [&[1], &[2], &[3]].map(|keys| Frame {
                keys,
                site,
                computes: true,
                outer: Cell::new(ptr::null()),
            });
            let mut linked = frames.each_ref().map(|frame| Some(frame.link()));
            let mut left = Vec::from([3, 2, 1]);
            for leaves in order {
                assert_eq!(held().map(|held| held.key).collect::<Vec<_>>(), left);
                linked[leaves] = None;
                left.retain(|&key| key != leaves + 1);
            }
            assert!(holds_nobody_up());
        }
    }
}
