//! What is to be dealt with later.

use alloc::vec::Vec;
use core::{
    fmt,
    hash::{BuildHasher, Hash},
    panic::{RefUnwindSafe, UnwindSafe},
};

use crate::{
    distinct::Distinct,
    hashing::{ProcessSeeded, hash},
    wait::{
        computing::{Kind, Site},
        guarded::Guarded,
    },
};

/// Items that wait to be dealt with, each once however often it was added: what is to be registered
/// when the program is ready, files that changed, keys to be refreshed.
///
/// Each item that was added is handed out exactly once, by one [`take_all`](Self::take_all), in the
/// order in which they were added.
///
/// ```
/// use onset::Pending;
///
/// static CHANGED: Pending<&str> = Pending::new();
///
/// assert!(CHANGED.add("a.txt"));
/// assert!(!CHANGED.add("a.txt"), "it is waiting already");
/// assert_eq!(CHANGED.take_all(), ["a.txt"]);
/// assert!(CHANGED.add("a.txt"), "it changed again");
/// ```
pub struct Pending<T, S = ProcessSeeded> {
    items: Guarded<Distinct<T>>,
    hasher: S,
}

const KIND: &Kind = &Kind {
    name: "Pending",
    does: "holds",
    remedy: "an `Eq` of the items must not use the place where they wait",
    remedy_in_a_circle: None,
};

impl<T> Pending<T> {
    /// Nothing is waiting.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_hasher(ProcessSeeded::new())
    }
}

impl<T, S> Pending<T, S> {
    /// Nothing is waiting; items are hashed by `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Self {
            items: Guarded::new(Distinct::new()),
            hasher,
        }
    }

    #[track_caller]
    fn with<R>(&self, f: impl FnOnce(&mut Distinct<T>) -> R) -> R {
        self.items.with(Site::of::<T>(KIND), f)
    }

    /// Takes everything that is waiting, in the order in which it was added, at one moment: what is
    /// added later is for the next one.
    ///
    /// Blocks for as long as another thread adds or takes. Costs a lock.
    ///
    /// # Panics
    ///
    /// If called from within the `Eq` of an item that is being added.
    #[track_caller]
    pub fn take_all(&self) -> Vec<T> {
        self.with(Distinct::take)
    }

    /// How many items are waiting. Blocks and panics as [`take_all`](Self::take_all).
    #[track_caller]
    pub fn len(&self) -> usize {
        self.with(|items| items.len())
    }

    /// Whether nothing is waiting. Blocks and panics as [`take_all`](Self::take_all).
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Hash + Eq, S: BuildHasher> Pending<T, S> {
    /// Adds an item; `false` if an equal one is waiting already: then it is dropped.
    ///
    /// Blocks for as long as another thread adds or takes, and compares items that hash alike
    /// meanwhile. A `Hash` or `Eq` that panics does no harm: the item is dropped.
    ///
    /// # Panics
    ///
    /// If called from within the `Eq` of an item that is being added.
    #[track_caller]
    pub fn add(&self, item: T) -> bool {
        let hash = hash(&self.hasher, &item);
        let mut item = Some(item);
        self.with(|items| {
            let is_new = items
                .find_mut(hash, |other| item.as_ref() == Some(other))
                .is_none();
            if is_new {
                items.push(hash, item.take().expect("it is added once"));
            }
            is_new
        })
    }
}

impl<T, S: Default> Default for Pending<T, S> {
    /// Nothing is waiting.
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<T: UnwindSafe, S: UnwindSafe> UnwindSafe for Pending<T, S> {}
// An `Eq` that panics leaves it as it was.
impl<T: UnwindSafe, S: RefUnwindSafe> RefUnwindSafe for Pending<T, S> {}

/// Shows nothing of the items, for which it would have to wait.
impl<T, S> fmt::Debug for Pending<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}
