//! Who computes a key's value, and who waits.
//!
//! # Protocol
//!
//! * **open**: look the key up, as of a watermark that was seen before; then, under the lock of the
//!   hash's list, if no flight has the key and nothing that hashes alike was published since, add
//!   a flight of one's own, whose gate is claimed. So a key has at most one flight.
//! * **join**: if there is a flight of the same hash, take part in it, give the lock back, and only
//!   then compare the keys (user code). If they are equal, wait until its gate's claim is over,
//!   and begin anew; otherwise remember that it is another key's.
//! * **publish**: complete the entry and add it to the index, under the lock of that; then take the
//!   flight off its list. Then the gate is done.
//! * **fail**: take the flight off its list; then give the claim back. Whoever waited looks again, finds
//!   neither value nor flight, and one of them opens his own.
//! * **await**: say under the list's lock that a key of this hash is awaited, and only then look the key
//!   up. Whoever publishes one takes those off the list, after that, who entered before, and wakes
//!   them. Who would wait for ever, and may be waited for, joins the key's flight instead, if there
//!   is one, so that a cycle is seen; and whoever opens a flight takes those off the list who
//!   entered before, and wakes them: they look again, and find it.
//!
//! # Invariant
//!
//! * [MAP-CURRENT] a key is added only by whoever knows that it is not there: in a `RaceMap` under the
//!   lock of the index, because nothing that hashes alike was published since it looked; in a
//!   `OnceMap` because it has the key's flight. That one was opened when no other had the key; and
//!   a flight leaves the list after its value was published, so that whoever finds no flight sees
//!   the publication, if he looks at the watermark after the list.

use alloc::vec::Vec;
use core::mem;

use equivalent::Equivalent;

use super::{
    Flights, Published,
    flight::{Awaited, Flight, Room},
};
use crate::{
    index::{Found, Hash, Watermark},
    sync::{Arc, Deadline},
    wait::computing::{self, Site},
};

impl<K, V, S> Published<K, V, S, Flights<K, V>> {
    /// The value of a key, which was not there as of `seen`: computed by `f`, or by somebody else,
    /// for whom this thread waits; then the key comes back.
    pub(crate) fn compute<E>(
        &self,
        site: Site,
        seen: Watermark,
        hash: Hash,
        key: K,
        f: impl FnOnce(&K) -> Result<V, E>,
    ) -> Result<(Found<'_, K, V>, Option<K>), E>
    where
        K: Eq,
    {
        let own = Arc::new(Flight::new(hash, key));
        let claim = own.gate.try_claim().expect("nobody else knows it yet");
        let awaited = match self.open(&own, seen, site) {
            Opened::Found(found) => {
                drop(claim);
                return Ok((found, Flight::into_key(own)));
            }
            Opened::Own { awaited } => awaited,
        };
        // Dropped before the claim: whoever waited does not find the flight any more.
        let listed = Listed {
            map: self,
            flight: &own,
        };
        if let Some(number) = awaited {
            self.wake(hash, |awaited| awaited.is_to_look_at(number));
        }
        let value = claim.compute(site, || f(own.key()))?;
        let (found, is_awaited) = listed.publish(value);
        claim.finish();
        if is_awaited {
            self.wake(hash, |awaited| awaited.entered <= found.number());
        }
        Ok((found, None))
    }

    /// Opens the flight, unless the key is published first.
    fn open(&self, own: &Arc<Flight<K, V>>, mut seen: Watermark, site: Site) -> Opened<'_, K, V>
    where
        K: Eq,
    {
        let mut strangers = Vec::new();
        let mut room = Room::NONE;
        loop {
            match self.try_open(own, seen, &strangers, &mut room) {
                Attempt::Opened { awaited } => return Opened::Own { awaited },
                Attempt::Moved => {}
                Attempt::Joined(other) if other.key() == own.key() => {
                    other.gate.wait_for_claim(site);
                }
                Attempt::Joined(stranger) => {
                    strangers.push(stranger);
                    continue;
                }
                Attempt::Cramped(len) => {
                    room = Room::after(len);
                    continue;
                }
            }
            match self.find(own.hash, own.key()) {
                Ok(found) => return Opened::Found(found),
                Err(now) => seen = now,
            }
        }
    }

    fn try_open(
        &self,
        own: &Arc<Flight<K, V>>,
        seen: Watermark,
        strangers: &[Arc<Flight<K, V>>],
        room: &mut Room<Flight<K, V>>,
    ) -> Attempt<K, V> {
        let mut underway = self.beside.lock(own.hash);
        if let Some(other) = underway.alike(own.hash, strangers) {
            return Attempt::Joined(other);
        }
        // After the look at the list: see [MAP-CURRENT].
        if !self.index.nothing_new(seen, self.index.seen(), own.hash) {
            return Attempt::Moved;
        }
        match underway.open(Arc::clone(own), room) {
            Ok(number) => Attempt::Opened {
                awaited: underway.anybody_waits().then_some(number),
            },
            Err(len) => Attempt::Cramped(len),
        }
    }

    /// Waits until a key is published, but no longer than to the deadline; computes nothing.
    pub(crate) fn wait<Q>(
        &self,
        site: Site,
        hash: Hash,
        key: &Q,
        deadline: Option<Deadline>,
    ) -> Option<Found<'_, K, V>>
    where
        Q: Equivalent<K> + ?Sized,
    {
        // Nobody waits for one who holds nobody up: he is in no circle.
        let joins = deadline.is_none() && !computing::holds_nobody_up();
        loop {
            let waiting = Waiting::enter(self, hash, joins);
            if let Ok(found) = self.find(hash, key) {
                return Some(found);
            }
            if joins {
                if let Some(flight) = self.flight(hash, key) {
                    drop(waiting);
                    flight.gate.wait_for_claim(site);
                    continue;
                }
            }
            if !waiting.awaited.gate.wait_done(deadline, site) {
                return self.find(hash, key).ok();
            }
        }
    }

    /// The flight of a key, if there is any at the moment.
    fn flight<Q>(&self, hash: Hash, key: &Q) -> Option<Arc<Flight<K, V>>>
    where
        Q: Equivalent<K> + ?Sized,
    {
        let mut strangers = Vec::new();
        loop {
            let other = self.beside.lock(hash).alike(hash, &strangers)?;
            if key.equivalent(other.key()) {
                return Some(other);
            }
            strangers.push(other);
        }
    }

    /// Wakes those who await a key of this hash, if that concerns them.
    fn wake(&self, hash: Hash, concerns: impl Fn(&Awaited) -> bool) {
        let concerned = |awaited: &Arc<Awaited>| awaited.hash == hash && concerns(awaited);
        let next = || self.beside.lock(hash).awaited(concerned);
        while let Some(awaited) = next() {
            awaited.gate.finish();
        }
    }
}

/// What became of a key that was not there.
enum Opened<'m, K, V> {
    /// The flight is open; its number, if anybody awaits any key.
    Own { awaited: Option<u64> },
    /// It is there by now.
    Found(Found<'m, K, V>),
}

/// What became of an attempt to open a flight.
enum Attempt<K, V> {
    Opened {
        awaited: Option<u64>,
    },
    /// Something that hashes alike was published since the key was looked up.
    Moved,
    /// There is a flight of the same hash: of this key, or of another one.
    Joined(Arc<Flight<K, V>>),
    /// The list is so long, and there is no room for more.
    Cramped(usize),
}

/// An open flight. Dropped without `publish` it has failed.
struct Listed<'m, 'f, K, V, S> {
    map: &'m Published<K, V, S, Flights<K, V>>,
    flight: &'f Arc<Flight<K, V>>,
}

impl<'m, K, V, S> Listed<'m, '_, K, V, S> {
    /// Publishes the value; says besides whether anybody waits for any key.
    fn publish(self, value: V) -> (Found<'m, K, V>, bool) {
        let mut change = self.map.index.lock(1);
        // SAFETY: [FLIGHT-OWNER] we opened it, and add the entry.
        let entry = unsafe { self.flight.complete(value) };
        // SAFETY: [MAP-CURRENT] we have the key's flight, and there is room.
        let found = unsafe { change.append(entry, None) };
        drop(change);
        let mut underway = self.map.beside.lock(self.flight.hash);
        let off = underway.close(self.flight);
        let is_awaited = underway.anybody_waits();
        drop(underway);
        drop(off);
        mem::forget(self);
        (found, is_awaited)
    }
}

impl<K, V, S> Drop for Listed<'_, '_, K, V, S> {
    fn drop(&mut self) {
        let mut underway = self.map.beside.lock(self.flight.hash);
        let off = underway.close(self.flight);
        drop(underway);
        drop(off);
    }
}

/// Somebody who awaits a key of some hash; no longer than this lives.
struct Waiting<'m, K, V, S> {
    map: &'m Published<K, V, S, Flights<K, V>>,
    awaited: Arc<Awaited>,
}

impl<'m, K, V, S> Waiting<'m, K, V, S> {
    fn enter(map: &'m Published<K, V, S, Flights<K, V>>, hash: Hash, joins: bool) -> Self {
        let mut room = Room::NONE;
        loop {
            let entered = map.index.seen().places();
            let mut awaited = Awaited::new(hash, entered, joins);
            let mut underway = map.beside.lock(hash);
            let waits = underway.wait(&mut awaited, &mut room);
            drop(underway);
            match waits {
                Ok(()) => return Self { map, awaited },
                Err(len) => room = Room::after(len),
            }
        }
    }
}

impl<K, V, S> Drop for Waiting<'_, K, V, S> {
    fn drop(&mut self) {
        let mut underway = self.map.beside.lock(self.awaited.hash);
        let off = underway.awaited(|other| Arc::ptr_eq(other, &self.awaited));
        drop(underway);
        drop(off);
    }
}
