//! What an object knows: the nodes of all threads, behind its mutex.

use alloc::{boxed::Box, vec, vec::Vec};
use core::{marker::PhantomData, mem, ops::Deref, ptr::NonNull};

use super::{
    index::Index,
    node::Node,
    table::{Exits, HomeKey, Place},
};
use crate::{
    sync::{Mutex, MutexGuard, lock},
    wait::{
        computing::{Key, Site},
        lot::{self, Deadlock},
    },
};

pub(crate) struct Home<T> {
    list: Mutex<List<T>>,
    place: Place,
}

struct List<T> {
    nodes: Vec<NonNull<Node<T>>>,
    /// The object was borrowed exclusively, for its values, and may still be: exiting threads leave
    /// theirs. The next one to use the object knows that it is not any more.
    frozen: bool,
    /// The object's place in the tables, until the home is closed.
    index: Option<Index>,
}

// SAFETY: [NODE-LIST] values come in from their threads and are dropped on others, hence `T: Send`;
// what else is in a node is guarded by the mutex or left to its thread.
unsafe impl<T: Send> Send for Home<T> {}
// SAFETY: [NODE-LIST] as above; whoever reads other threads' values asks for `T: Sync` himself.
unsafe impl<T: Send> Sync for Home<T> {}

impl<T> List<T> {
    /// Puts a node in that is its thread's.
    fn add(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: [NODE-LIST] it is the caller's, and so it is alive.
        let listed = &unsafe { node.as_ref() }.listed;
        listed.place.set(self.nodes.len());
        self.nodes.push(node);
    }

    /// Takes the node out; freeing it is the caller's business from now on.
    fn remove(&mut self, node: &Node<T>) {
        let place = node.listed.place.get();
        self.nodes.swap_remove(place);
        if let Some(moved) = self.nodes.get(place) {
            // SAFETY: [NODE-LIST] it is in the list.
            unsafe { moved.as_ref() }.listed.place.set(place);
        }
    }

    fn living(&self) -> impl Iterator<Item = NonNull<Node<T>>> {
        let is_living = |node: &NonNull<Node<T>>| {
            // SAFETY: [NODE-LIST] it is in the list.
            !unsafe { node.as_ref() }.listed.gone.get()
        };
        self.nodes.iter().copied().filter(is_living)
    }

    /// Takes out the nodes whose threads have exited while the list was frozen. To be called by one
    /// who uses the object, and so knows that nobody has borrowed it exclusively.
    fn thaw(&mut self) -> Vec<Box<Node<T>>> {
        let mut left = Vec::new();
        self.frozen = false;
        let mut place = 0;
        while let Some(node) = self.nodes.get(place).copied() {
            // SAFETY: [NODE-LIST] it is in the list.
            let node_ref = unsafe { node.as_ref() };
            if node_ref.listed.gone.get() {
                self.remove(node_ref);
                // SAFETY: [NODE-LIST] we have taken it out, and it is not pinned: pins are let go
                // of before the object can be borrowed exclusively, and whoever pins thaws first.
                left.push(unsafe { Box::from_raw(node.as_ptr()) });
            } else {
                place += 1;
            }
        }
        left
    }
}

impl<T> Home<T> {
    pub(super) fn new() -> Self {
        let index = Index::new();
        Self {
            place: Place::of(index.get()),
            list: Mutex::new(List {
                nodes: Vec::new(),
                frozen: false,
                index: Some(index),
            }),
        }
    }

    /// Its place in the tables.
    #[inline]
    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// What names this home in the tables [HOME-KEY].
    pub(super) fn key(&self) -> HomeKey {
        const { assert!(align_of::<Self>() >= 4, "below are the tables' marks") };
        core::ptr::from_ref(self).addr()
    }

    fn lock(&self) -> MutexGuard<'_, List<T>> {
        lock(&self.list)
    }

    /// To be called by one who uses the object, before he does anything else: threads that exited
    /// while it was borrowed exclusively have left their values. Dropping those may panic, or use
    /// the object.
    pub(super) fn thaw(&self) {
        let mut list = self.lock();
        if list.frozen {
            let left = list.thaw();
            drop(list);
            drop(left);
        }
    }

    pub(super) fn insert(&self, node: Box<Node<T>>) -> NonNull<Node<T>> {
        let node = NonNull::from(Box::leak(node));
        self.lock().add(node);
        node
    }

    /// Takes the calling thread's node out, and waits until nobody visits it.
    ///
    /// # Safety
    ///
    /// [NODE-TABLE] The node stood in the calling thread's table, at this home, and does no longer.
    ///
    /// # Errors
    ///
    /// If waiting would close a cycle. Then the node is in the list again.
    pub(super) unsafe fn detach(
        &self,
        node: NonNull<Node<T>>,
        site: Site,
    ) -> Result<Box<Node<T>>, Deadlock> {
        let mut list = self.lock();
        // SAFETY: [NODE-TABLE] the home is not closed while its object is borrowed.
        let detached = unsafe { node.as_ref() };
        list.remove(detached);
        let visited = detached.listed.pins.get() > 0;
        drop(list);
        if visited {
            if let Err(deadlock) = self.wait_for_visitors(detached, site) {
                let mut list = self.lock();
                detached.listed.awaited.set(false);
                list.add(node);
                return Err(deadlock);
            }
        }
        // SAFETY: [NODE-LIST] we have taken it out, and it is not pinned.
        Ok(unsafe { Box::from_raw(node.as_ptr()) })
    }

    /// Waits until nobody visits the node.
    fn wait_for_visitors(&self, node: &Node<T>, site: Site) -> Result<(), Deadlock> {
        let mut visited = true;
        while visited {
            lot::try_park(Self::lot_key(node), site, None, || {
                let _list = self.lock();
                visited = node.listed.pins.get() > 0;
                node.listed.awaited.set(visited);
                visited
            })?;
        }
        Ok(())
    }

    /// What a node's thread waits for while it is visited.
    fn lot_key(node: &Node<T>) -> Key {
        // Not the node's own address: that may be the address of a cell in the value, which others
        // wait for by the same.
        core::ptr::from_ref(&node.listed).addr()
    }

    /// Pins the values of all living threads.
    pub(super) fn visit(&self) -> Vec<Pinned<'_, T>> {
        let list = self.lock();
        let pin = |node: NonNull<Node<T>>| {
            // SAFETY: [NODE-LIST] it is in the list.
            let pins = &unsafe { node.as_ref() }.listed.pins;
            pins.set(pins.get() + 1);
            Pinned { home: self, node }
        };
        list.living().map(pin).collect()
    }

    /// The number of living threads that have a value.
    pub(super) fn len(&self) -> usize {
        self.lock().living().count()
    }

    fn unpin(&self, node: NonNull<Node<T>>) {
        let mut list = self.lock();
        // SAFETY: [NODE-LIST] it is pinned.
        let pinned = unsafe { node.as_ref() };
        let listed = &pinned.listed;
        listed.pins.set(listed.pins.get() - 1);
        if listed.pins.get() > 0 {
            return;
        }
        if listed.gone.get() {
            list.remove(pinned);
            drop(list);
            // SAFETY: [NODE-LIST] we have taken it out, and it is not pinned any more.
            drop(unsafe { Box::from_raw(node.as_ptr()) });
        } else if listed.awaited.get() {
            let key = Self::lot_key(pinned);
            drop(list);
            lot::release(key, || true);
        }
    }

    /// The values of all living threads, for the one who has borrowed the object exclusively.
    pub(super) fn freeze(&self) -> Members<'_, T> {
        let mut list = self.lock();
        list.frozen = true;
        let nodes: Vec<_> = list.living().collect();
        Members {
            nodes: nodes.into_iter(),
            values: PhantomData,
        }
    }

    /// Empties the list, for the owner of the object: exiting threads have nothing to do here any
    /// more. Returns the values of the threads that live.
    pub(super) fn close(&self) -> Vec<Box<Node<T>>> {
        let mut list = self.lock();
        let index = list.index.take();
        let left = list.thaw();
        let nodes = mem::take(&mut list.nodes).into_iter().map(|node| {
            // SAFETY: [NODE-LIST] we have taken it out, and nobody visits: the object is not
            // borrowed.
            unsafe { Box::from_raw(node.as_ptr()) }
        });
        let nodes = nodes.collect();
        drop(list);
        drop(index);
        drop(left);
        nodes
    }
}

impl<T: Send> Exits for Home<T> {
    fn exit(&self, node: NonNull<()>) {
        let mut list = self.lock();
        if list.index.is_none() {
            // Closed: the node is gone, or about to go.
            return;
        }
        let node: NonNull<Node<T>> = node.cast();
        // SAFETY: [NODE-TABLE] the home is not closed.
        let exiting = unsafe { node.as_ref() };
        if exiting.is_read_unnoted() {
            // The object goes after the last of them has ended.
            return;
        }
        if list.frozen || exiting.listed.pins.get() > 0 {
            exiting.listed.gone.set(true);
            return;
        }
        list.remove(exiting);
        drop(list);
        // SAFETY: [NODE-LIST] we have taken it out, and it is not pinned.
        drop(unsafe { Box::from_raw(node.as_ptr()) });
    }
}

/// A value that is visited; it is not freed meanwhile.
pub(crate) struct Pinned<'a, T> {
    home: &'a Home<T>,
    node: NonNull<Node<T>>,
}

impl<T> Pinned<'_, T> {
    /// For what the value's thread waits if it wants to take it out.
    pub(crate) fn key(&self) -> Key {
        // SAFETY: [NODE-LIST] it is pinned.
        Home::lot_key(unsafe { self.node.as_ref() })
    }
}

impl<T: Sync> Deref for Pinned<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: [NODE-LIST] it is pinned.
        let value = unsafe { self.node.as_ref() }.value();
        // SAFETY: [NODE-LENT] nobody writes the value of a node in the list, nor of a pinned one.
        unsafe { &*value }
    }
}

impl<T> Drop for Pinned<'_, T> {
    fn drop(&mut self) {
        self.home.unpin(self.node);
    }
}

/// The values of the living threads, while the object is borrowed exclusively.
///
/// The references live as long as that, and the list stays frozen: until the next use of the
/// object.
pub(crate) struct Members<'a, T> {
    nodes: vec::IntoIter<NonNull<Node<T>>>,
    values: PhantomData<&'a mut T>,
}

// SAFETY: [NODE-LIST] it is a `&mut` to values that are `Send`.
unsafe impl<T: Send> Send for Members<'_, T> {}
// SAFETY: [NODE-LIST] `&self` reaches no value.
unsafe impl<T: Send> Sync for Members<'_, T> {}

impl<'a, T> Iterator for Members<'a, T> {
    type Item = &'a mut T;

    fn next(&mut self) -> Option<&'a mut T> {
        let node = self.nodes.next()?;
        // SAFETY: [NODE-LIST] it was in the list, and the list is frozen while the object is borrowed.
        let value = unsafe { node.as_ref() }.value_in_place();
        // SAFETY: [NODE-LENT] the object is borrowed exclusively, so its threads do not read; each
        // node is given out once.
        Some(unsafe { &mut *value })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}
