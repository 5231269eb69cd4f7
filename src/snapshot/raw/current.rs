//! The current value, its generation, and who waits for the next one.

use alloc::{rc::Rc, sync::Arc};
use core::mem;

use super::cache::{Cache, Guarded};
use crate::{
    per_thread::raw::{Found, Slots},
    sync::{Atomic64, Deadline, Mutex, Ordering, lock},
    wait::{
        computing::{Key, Site},
        lot::{self, Wait},
    },
};

/// A value, and which one it is of all that the cell has had.
pub(crate) struct Version<T> {
    pub(crate) generation: u64,
    pub(crate) value: Arc<T>,
}

impl<T> Clone for Version<T> {
    fn clone(&self) -> Self {
        Self {
            generation: self.generation,
            value: Arc::clone(&self.value),
        }
    }
}

/// The value that is published at the moment, if there ever was one.
pub(crate) struct Current<T> {
    /// Of the published value; zero before the first one. Written under the mutex.
    generation: Atomic64,
    published: Mutex<Published<T>>,
    caches: Slots<Cache<T>>,
}

struct Published<T> {
    value: Option<Arc<T>>,
    /// Of that value; `Current::generation` shows it to those who do not lock.
    generation: u64,
    /// Whether somebody may stand in the lot, waiting for the next generation.
    awaited: bool,
}

impl<T> Current<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            generation: Atomic64::new(0),
            published: Mutex::new(Published {
                value: None,
                generation: 0,
                awaited: false,
            }),
            caches: Slots::new(),
        }
    }

    pub(crate) const fn full(value: Arc<T>) -> Self {
        Self {
            generation: Atomic64::new(1),
            published: Mutex::new(Published {
                value: Some(value),
                generation: 1,
                awaited: false,
            }),
            caches: Slots::new(),
        }
    }

    /// The generation that a cached copy must have to be current.
    #[inline]
    pub(crate) fn glimpse(&self) -> u64 {
        // Relaxed: the value itself comes through the mutex, now or when the copy was made.
        self.generation.load(Ordering::Relaxed)
    }

    pub(crate) fn generation(&self) -> u64 {
        // Acquire: pairs with the Release in `publish_if`. The value does not need it; it is for what
        // the publisher did besides.
        self.generation.load(Ordering::Acquire)
    }

    /// The value and its generation, under the mutex.
    pub(crate) fn version(&self) -> Option<Version<T>> {
        let published = lock(&self.published);
        let value = Arc::clone(published.value.as_ref()?);
        Some(Version {
            generation: published.generation,
            value,
        })
    }

    /// Publishes `new`, if `condition` holds for what is published; returns that.
    pub(crate) fn publish_if(
        &self,
        condition: impl FnOnce(Option<&Arc<T>>) -> bool,
        new: Arc<T>,
    ) -> Result<Option<Arc<T>>, Arc<T>> {
        let mut published = lock(&self.published);
        if !condition(published.value.as_ref()) {
            return Err(new);
        }
        let old = published.value.replace(new);
        published.generation += 1;
        // Release: pairs with the Acquire in `generation`.
        self.generation
            .store(published.generation, Ordering::Release);
        let awaited = mem::take(&mut published.awaited);
        drop(published);
        if awaited {
            lot::release(self.key(), || true);
        }
        Ok(old)
    }

    fn key(&self) -> Key {
        core::ptr::from_ref(&self.generation).addr()
    }

    /// Waits until the generation is another one than `seen`, and returns it.
    ///
    /// A waiter announces itself under the mutex, inside the lot's critical section, if the
    /// generation still is the one that it saw. So whoever publishes the next one finds `awaited`
    /// set, and then the waiter in the lot; or the waiter finds the generation changed.
    pub(crate) fn wait_for_change(
        &self,
        seen: u64,
        deadline: Option<Deadline>,
        site: Site,
    ) -> Option<u64> {
        let announce = || {
            let mut published = lock(&self.published);
            let same = published.generation == seen;
            published.awaited |= same;
            same
        };
        let mut wait = Wait::Over;
        loop {
            let now = self.generation();
            if now != seen {
                return Some(now);
            }
            if wait == Wait::Expired {
                return None;
            }
            wait = lot::park(self.key(), site, deadline, announce);
        }
    }
}

impl<T: Send + Sync + 'static> Current<T> {
    /// The value, by the calling thread's copy.
    #[inline]
    pub(crate) fn load(&self) -> Option<Guarded<'_, T>> {
        let copy = self.cache().and_then(|cache| cache.get(self.glimpse()));
        match copy {
            Some(copy) => Some(Guarded::new(copy)),
            None => self.refresh(),
        }
    }

    #[inline]
    fn cache(&self) -> Option<&Cache<T>> {
        // SAFETY: [CACHE-STAYS] and the thread, which borrows the cell, is not gone.
        unsafe { self.caches.peek() }
    }

    #[cold]
    #[inline(never)]
    fn refresh(&self) -> Option<Guarded<'_, T>> {
        let version = self.version()?;
        if let Some(cache) = self.cache() {
            let (copy, old) = cache.renew(version);
            // Not at the end of the block: what is returned by then leaks if a destructor panics
            // (rust-lang/rust 47949).
            drop(old);
            return Some(Guarded::new(copy));
        }
        let copy = Rc::new(version);
        // A thread that is being torn down keeps no copy.
        if let Ok(Found::Nothing(vacant)) = self.caches.find_or_vacant() {
            vacant.fill(Cache::new(Rc::clone(&copy)));
        }
        Some(Guarded::new(copy))
    }
}
