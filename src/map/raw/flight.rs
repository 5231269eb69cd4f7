//! A computation that others may join.
//!
//! # Invariants
//!
//! * [FLIGHT-KEY] a flight's key can be read for as long as somebody has the flight: its entry goes
//!   with the flight, or, if it was published, with the map, which is borrowed as long.
//! * [FLIGHT-OWNER] only the thread that opened a flight fills its entry, publishes it and says so;
//!   whoever drops the flight last sees that (the count of the `Arc` orders it).

use alloc::{boxed::Box, vec::Vec};
use core::{mem, ptr::NonNull};

use crate::{
    index::{Entry, Hash, Whole},
    limits::SHARDS,
    sync::{Arc, Mutex, MutexGuard, UnsafeCell, lock},
    wait::gate::{Endless, Gate},
};

/// The computation of one key's value.
pub(super) struct Flight<K, V> {
    /// Claimed by the thread that computes; given back when it is over, well or badly.
    pub(super) gate: Gate<Endless>,
    pub(super) hash: Hash,
    entry: NonNull<Entry<K, V>>,
    published: UnsafeCell<bool>,
}

impl<K, V> Flight<K, V> {
    pub(super) fn new(hash: Hash, key: K) -> Self {
        Self {
            gate: Gate::shared(Endless),
            hash,
            entry: Entry::without_value(hash, key),
            published: UnsafeCell::new(false),
        }
    }

    pub(super) fn key(&self) -> &K {
        // SAFETY: [FLIGHT-KEY] and nobody writes to the key.
        unsafe { Entry::key_of(self.entry) }
    }

    /// The key of a flight that was never opened.
    pub(super) fn into_key(flight: Arc<Self>) -> Option<K> {
        let mut flight = Arc::try_unwrap(flight).ok()?;
        // The entry is no longer the flight's.
        *flight.published.get_mut() = true;
        // SAFETY: [FLIGHT-OWNER] it is in no map, and nobody else has the flight.
        let entry = unsafe { Box::from_raw(flight.entry.as_ptr()) };
        Some((*entry).into_parts().0)
    }

    /// Completes the entry, which from now on is the caller's.
    ///
    /// # Safety
    ///
    /// The caller opened the flight, calls this once, and puts the entry into the map.
    pub(super) unsafe fn complete(&self, value: V) -> Whole<K, V> {
        // SAFETY: [FLIGHT-OWNER]
        unsafe { Entry::fill(self.entry, value) };
        self.published.with_mut(|published| {
            // SAFETY: [FLIGHT-OWNER]
            unsafe { *published = true };
        });
        // SAFETY: [WHOLE] it has its value now, and goes into the map.
        unsafe { Whole::from_raw(self.entry) }
    }
}

impl<K, V> Drop for Flight<K, V> {
    fn drop(&mut self) {
        if !*self.published.get_mut() {
            // SAFETY: [FLIGHT-OWNER] it is in no map, and nobody has the flight any more.
            drop(unsafe { Box::from_raw(self.entry.as_ptr()) });
        }
    }
}

/// Somebody who waits for a key that nobody need compute yet.
pub(super) struct Awaited {
    /// Done when a key of this hash was published.
    pub(super) gate: Gate<Endless>,
    pub(super) hash: Hash,
    /// How many places were published before.
    pub(super) entered: u32,
    /// Whether whoever waits wants to know of flights: he would wait for ever, and others may wait
    /// for him.
    joins: bool,
    /// How many flights were opened before.
    flights: u64,
}

impl Awaited {
    pub(super) fn new(hash: Hash, entered: u32, joins: bool) -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::shared(Endless),
            hash,
            entered,
            joins,
            flights: 0,
        })
    }

    /// Whether the flight of that number was opened while he stood here: it may be the one that he
    /// has to join.
    pub(super) fn is_to_look_at(&self, flight: u64) -> bool {
        self.joins && self.flights < flight
    }
}

/// What is computed and awaited at the moment, by hash: threads that compute different keys meet only
/// where they publish them.
pub(crate) struct Flights<K, V>([Shard<K, V>; SHARDS]);

/// Neighbours share no cache line.
#[repr(align(64))]
struct Shard<K, V>(Mutex<Underway<K, V>>);

pub(super) struct Underway<K, V> {
    /// As a rule the only one.
    first: Option<Arc<Flight<K, V>>>,
    running: List<Flight<K, V>>,
    /// How many were ever opened.
    opened: u64,
    awaited: List<Awaited>,
}

// SAFETY: [FLIGHT-KEY] flights are known to several threads only while the map is, which needs
// `Sync` for that; while it is owned there are none.
unsafe impl<K: Send, V: Send> Send for Underway<K, V> {}

impl<K, V> Flights<K, V> {
    pub(crate) const fn new() -> Self {
        Self([const { Shard(Mutex::new(Underway::NOTHING)) }; SHARDS])
    }

    /// What is under way for keys of this hash, and others.
    pub(super) fn lock(&self, hash: Hash) -> MutexGuard<'_, Underway<K, V>> {
        lock(&self.0[hash.among(SHARDS)].0)
    }
}

impl<K, V> Underway<K, V> {
    const NOTHING: Self = Self {
        first: None,
        running: List(Vec::new()),
        opened: 0,
        awaited: List(Vec::new()),
    };

    /// A flight of this hash that is none of the strangers.
    pub(super) fn alike(
        &self,
        hash: Hash,
        strangers: &[Arc<Flight<K, V>>],
    ) -> Option<Arc<Flight<K, V>>> {
        let is_stranger = |other: &Arc<_>| strangers.iter().any(|known| Arc::ptr_eq(known, other));
        let mut all = self.first.iter().chain(&self.running.0);
        all.find(|other| other.hash == hash && !is_stranger(other))
            .cloned()
    }

    /// As [`List::push`]; returns the number of the flight.
    pub(super) fn open(
        &mut self,
        flight: Arc<Flight<K, V>>,
        room: &mut Room<Flight<K, V>>,
    ) -> Result<u64, usize> {
        if self.first.is_some() {
            self.running.push(flight, room)?;
        } else {
            self.first = Some(flight);
        }
        self.opened += 1;
        Ok(self.opened)
    }

    /// As [`List::push`], of somebody whom nobody else knows yet.
    pub(super) fn wait(
        &mut self,
        awaited: &mut Arc<Awaited>,
        room: &mut Room<Awaited>,
    ) -> Result<(), usize> {
        Arc::get_mut(awaited).expect("nobody knows it").flights = self.opened;
        self.awaited.push(Arc::clone(awaited), room)
    }

    /// Takes one off of those who wait.
    pub(super) fn awaited(
        &mut self,
        is_it: impl FnMut(&Arc<Awaited>) -> bool,
    ) -> Option<Arc<Awaited>> {
        self.awaited.take(is_it)
    }

    pub(super) fn anybody_waits(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Takes the flight off.
    pub(super) fn close(&mut self, flight: &Arc<Flight<K, V>>) -> Option<Arc<Flight<K, V>>> {
        let is_it = |other: &Arc<_>| Arc::ptr_eq(other, flight);
        self.first
            .take_if(|first| is_it(first))
            .or_else(|| self.running.take(is_it))
    }
}

/// A short list that is changed under a lock, and so grows only into room that was made outside.
pub(super) struct List<T>(Vec<Arc<T>>);

/// Room for a longer list.
pub(super) struct Room<T>(Vec<Arc<T>>);

impl<T> Room<T> {
    pub(super) const NONE: Self = Self(Vec::new());

    /// Room for more than `len` items.
    pub(super) fn after(len: usize) -> Self {
        Self(Vec::with_capacity(2 * len + 4))
    }
}

impl<T> List<T> {
    /// Adds the item, into `room` if there is no other; otherwise says how long the list is.
    pub(super) fn push(&mut self, item: Arc<T>, room: &mut Room<T>) -> Result<(), usize> {
        let len = self.0.len();
        if len == self.0.capacity() {
            if len >= room.0.capacity() {
                return Err(len);
            }
            room.0.append(&mut self.0);
            mem::swap(&mut room.0, &mut self.0);
        }
        self.0.push(item);
        Ok(())
    }

    /// Takes an item out, if there is one.
    pub(super) fn take(&mut self, is_it: impl FnMut(&Arc<T>) -> bool) -> Option<Arc<T>> {
        let place = self.0.iter().position(is_it)?;
        Some(self.0.swap_remove(place))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
