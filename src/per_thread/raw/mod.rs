//! Every `unsafe` and every proof of the room `per_thread`.
//!
//! * [`table`]: what a thread knows: a table with a place for each object, which nobody else
//!   touches.
//! * [`home`]: what an object knows: the nodes of all threads, behind its mutex.
//! * [`node`]: one thread's value of one object, on cache lines of its own.
//! * [`index`]: which place an object has in the tables.
//!
//! # Protocol
//!
//! * **find**: the thread looks into its own table, at the object's place. If the object's own
//!   `Home` stands there, so does the object's node. Nothing shared is touched but the pointer to
//!   the `Home`, which does not change.
//! * **attach**: the thread makes a node, puts it into the home's list under the home's mutex, and
//!   then into its table.
//! * **detach**, **exit**, **close**: a node leaves the list under the mutex, and whoever takes it
//!   out owns it. Its own thread detaches it (`remove`, `scope`) or exits; the owner of the object
//!   closes the home (drop, `clear`, `into_iter`), which empties the list. An exit that finds the
//!   home closed has nothing to do, and does not look at its node.
//! * **visit**: under the mutex all nodes of the list are pinned; a pinned node is not freed. A
//!   detaching thread waits until its node is not pinned; an exiting one does not wait, but leaves
//!   the node to the last visitor.
//!
//! No user code runs under the mutex, and the mutex is the only thing that orders anything: there
//! is no atomic here but the one inside the mutex, the pointer to the home, which is a
//! [`RaceArc`](crate::RaceArc), and the place, which orders nothing.
//!
//! # Invariants
//!
//! * [HOME-KEY] the address of a home names it for as long as a table holds it: the table keeps the
//!   home itself alive, so no other home gets its address. This is why a value can be inherited
//!   neither by a new thread, which starts with an empty table, nor by a new object.
//! * [NODE-LIST] a node in the list of a home is alive. It is freed only by whoever took it out of
//!   the list under the mutex, while it is not pinned.
//! * [NODE-TABLE] a place in a table that holds a home and a node holds a node that is in that
//!   home's list, unless the home is closed; nobody finds a closed home's place, because its object
//!   has let go of it.
//! * [NODE-LENT] the value of a node in the list is only read, by its own thread and by visitors.
//!   Who reads it on its own thread has noted that in the table, or in the node's count; such a node
//!   is not detached, and an exiting thread leaves it to the object.
//! * [TABLE-MIRROR] the mirror of a table holds the chunks that the table has while it lives, and
//!   null otherwise; every place that is stored anywhere lies inside the chunk that it names, and
//!   entries do not move. A chunk with an entry that is marked as lent is not freed.

mod home;
mod index;
mod node;
mod table;
// Under loom they would need a model around them.
#[cfg(all(test, not(onset_loom)))]
mod tests;

use alloc::{boxed::Box, vec::Vec};
use core::{marker::PhantomData, ptr::NonNull};

use self::{
    home::Home,
    node::Note,
    table::{Entry, Holding, HomeKey, Place},
};
pub(crate) use self::{
    home::{Members, Pinned},
    node::{Lent, Node},
    table::Unavailable,
};
use crate::{
    RaceArc,
    sync::{AtomicUsize, Ordering},
    wait::computing::{Key, Site},
};

/// The values of one object: what [`PerThread`](crate::PerThread) and the caches of a
/// [`SnapshotCell`](crate::SnapshotCell) share.
pub(crate) struct Slots<T> {
    home: RaceArc<Home<T>>,
    /// The home's place in the tables, once it is known here; until then, any place.
    place: AtomicUsize,
}

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Self {
            home: RaceArc::new(),
            place: AtomicUsize::new(0),
        }
    }

    /// The calling thread's value, unless it is lent already.
    #[inline]
    pub(crate) fn find(&self) -> Option<Lent<'_, T>> {
        let (place, key) = self.look_at();
        let entry = table::entry(place)?;
        // SAFETY: [TABLE-MIRROR] just found.
        let node = unsafe { entry.as_ref() }.lend(key)?;
        // SAFETY: [NODE-TABLE] just found, and noted.
        Some(unsafe { Lent::noted(node.cast(), Note { entry, key }) })
    }

    /// The same, also if it is lent already.
    pub(crate) fn find_again(&self) -> Option<Lent<'_, T>> {
        self.find().or_else(|| self.home.get()?.lent_again())
    }

    /// The calling thread's value, without a note that it is lent.
    ///
    /// # Safety
    ///
    /// [NODE-LENT] The value is not taken out while the reference lives.
    #[inline]
    pub(crate) unsafe fn peek(&self) -> Option<&T> {
        let (place, key) = self.look_at();
        let node = table::at(place, |entry| entry.node_of(key))??;
        // SAFETY: [NODE-TABLE] just found.
        let node: &Node<T> = unsafe { node.cast().as_ref() };
        // SAFETY: [NODE-LENT] nobody writes the value of a node in the list.
        Some(unsafe { &*node.value() })
    }

    /// Where to look, and for what. At a wrong place stands another key.
    #[inline]
    fn look_at(&self) -> (Place, HomeKey) {
        // Relaxed: the thread's own table says what the thread has, and under which key.
        let place = Place(self.place.load(Ordering::Relaxed));
        // No home has the key zero.
        (place, self.home.get().map_or(0, Home::key))
    }

    /// The home, if there is one, for one who uses the object.
    fn used(&self) -> Option<&Home<T>> {
        let home = self.home.get()?;
        home.thaw();
        Some(home)
    }

    /// How many living threads have a value.
    pub(crate) fn len(&self) -> usize {
        self.used().map_or(0, Home::len)
    }

    /// Pins the values of all living threads.
    pub(crate) fn visit(&self) -> Vec<Pinned<'_, T>> {
        self.used().map_or_else(Vec::new, Home::visit)
    }

    /// The values of all living threads, if there ever was one.
    pub(crate) fn iter_mut(&mut self) -> Option<Members<'_, T>> {
        self.used().map(Home::freeze)
    }

    /// Takes the values of all living threads, and begins anew.
    pub(crate) fn close(&mut self) -> Vec<Box<Node<T>>> {
        self.home.take().map_or_else(Vec::new, |home| home.close())
    }

    /// Takes the calling thread's value out, if it has one; waits while others visit it.
    ///
    /// # Panics
    ///
    /// If waiting would close a cycle; then the value is where it was.
    pub(crate) fn take_out(&self, site: Site) -> Result<Option<Loan<'_, T>>, Unavailable> {
        let Some(home) = self.used() else {
            return Ok(None);
        };
        let node: NonNull<Node<T>> = match home.holding() {
            Holding::Nothing => return Ok(None),
            Holding::Lent(_) | Holding::TakenOut => return Err(Unavailable::InUse),
            Holding::Node(node) => node.cast(),
        };
        // SAFETY: [NODE-TABLE] just found.
        if unsafe { node.as_ref() }.is_read_unnoted() {
            return Err(Unavailable::InUse);
        }
        home.entry(Entry::take_out);
        // SAFETY: [NODE-TABLE] just found, and just taken out of the table.
        match unsafe { home.detach(node, site) } {
            Ok(node) => Ok(Some(Loan {
                home,
                node: Some(node),
                thread: PhantomData,
            })),
            Err(deadlock) => {
                // Before the panic, whose hook may use the value.
                home.entry(|entry| entry.put_back(home.key(), node.cast()));
                deadlock.report()
            }
        }
    }
}

impl<T: Send + 'static> Slots<T> {
    /// What the calling thread has.
    pub(crate) fn find_or_vacant(&self) -> Result<Found<'_, T>, Unavailable> {
        let home = self.home.get_or_init(Home::new);
        // Relaxed: everybody who has the home stores the same.
        self.place.store(home.place().0, Ordering::Relaxed);
        if matches!(home.holding(), Holding::Nothing) {
            // What this drops may ask for the value, and then the thread has one.
            home.thaw();
            table::reserve(home.place())?;
        }
        match home.holding() {
            Holding::Nothing => Ok(Found::Nothing(Vacant { slots: self, home })),
            Holding::TakenOut => Err(Unavailable::InUse),
            Holding::Lent(_) | Holding::Node(_) => {
                Ok(Found::Value(self.find_again().expect("it is there")))
            }
        }
    }
}

/// What the calling thread has of an object.
pub(crate) enum Found<'a, T> {
    Value(Lent<'a, T>),
    Nothing(Vacant<'a, T>),
}

impl<T> Drop for Slots<T> {
    fn drop(&mut self) {
        drop(self.close());
    }
}

impl<T> Home<T> {
    /// The calling thread's place for this home.
    fn entry<R>(&self, f: impl FnOnce(&Entry) -> R) -> Option<R> {
        table::at(self.place(), f)
    }

    fn holding(&self) -> Holding {
        self.entry(|entry| entry.holding(self.key()))
            .unwrap_or(Holding::Nothing)
    }

    /// Of a value that is lent, a further loan.
    fn lent_again(&self) -> Option<Lent<'_, T>> {
        match self.holding() {
            // SAFETY: [NODE-TABLE] just found.
            Holding::Lent(node) => Some(unsafe { Lent::unnoted(node.cast()) }),
            _ => None,
        }
    }
}

/// The calling thread has no value, but can have one.
pub(crate) struct Vacant<'a, T> {
    slots: &'a Slots<T>,
    home: &'a Home<T>,
}

impl<'a, T: Send + 'static> Vacant<'a, T> {
    /// Names the object among those that are borrowed at the moment.
    pub(crate) fn key(&self) -> Key {
        self.home.key()
    }

    pub(crate) fn fill(self, value: T) -> Lent<'a, T> {
        let owner = self.slots.home.get_arc().expect("the home stays");
        let node = self.home.insert(Node::new(value));
        let of_an_object_that_is_gone = self
            .home
            .entry(|entry| entry.fill(self.home.key(), node.cast(), owner))
            .flatten();
        drop(of_an_object_that_is_gone);
        self.slots.find().expect("it was just put there")
    }
}

/// The calling thread's value, taken out of everybody's reach. Dropped without `put_back`, the
/// thread has no value any more.
pub(crate) struct Loan<'a, T> {
    home: &'a Home<T>,
    node: Option<Box<Node<T>>>,
    /// Not `Send`: it goes back to the table that it came from.
    thread: PhantomData<*const ()>,
}

impl<T> Loan<'_, T> {
    pub(crate) fn value(&mut self) -> &mut T {
        self.node
            .as_mut()
            .expect("until it is given away")
            .value_mut()
    }

    pub(crate) fn put_back(mut self) {
        if let Some(node) = self.node.take() {
            let node = self.home.insert(node);
            self.home
                .entry(|entry| entry.put_back(self.home.key(), node.cast()));
        }
        core::mem::forget(self);
    }

    pub(crate) fn into_value(mut self) -> T {
        self.node
            .take()
            .expect("until it is given away")
            .into_value()
    }
}

impl<T> Drop for Loan<'_, T> {
    /// The place is vacant before the value's destructor runs.
    fn drop(&mut self) {
        drop(self.home.entry(Entry::clear));
    }
}
