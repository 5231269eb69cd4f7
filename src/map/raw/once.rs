//! Who computes a key's value, and who waits.
//!
//! # Protocol
//!
//! * **open**: look the key up, as of a watermark that was seen before; then, under the lock of the
//!   index, if nothing that hashes alike was published since and no flight has the key, add a flight
//!   of one's own, whose gate is claimed. So a key has at most one flight, and none if it is published.
//! * **join**: if there is a flight of the same hash, take part in it, give the lock back, and only
//!   then compare the keys (user code). If they are equal, wait until its gate's claim is over,
//!   and begin anew; otherwise remember that it is another key's.
//! * **publish**: under the lock, complete the entry, add it to the index and take the flight off the
//!   list; both are seen at once, when the lock is given back. Then the gate is done.
//! * **fail**: under the lock, take the flight off the list; then give the claim back. Whoever
//!   waited looks again, finds neither value nor flight, and one of them opens his own.
//! * **await**: say under the lock that a key of this hash is awaited, and only then look the key up.
//!   Whoever publishes one takes those off the list who entered before that, and wakes them. Who
//!   would wait for ever joins the key's flight instead, if there is one: then a cycle is seen.
//!
//! # Invariant
//!
//! * [MAP-CURRENT] a key is added only under the lock, by whoever knows that it is not there: because
//!   nothing that hashes alike was published since it looked, or because it has the key's flight.

use alloc::vec::Vec;
use core::{hash::BuildHasher, mem};

use equivalent::Equivalent;

use super::{
    Flights, Published,
    flight::{Awaited, Flight, List, Room},
};
use crate::{
    index::{Found, Hash, Watermark},
    sync::{Arc, Deadline},
    wait::{
        computing::Site,
        gate::{Endless, Gate},
    },
};

impl<K, V, S> Published<K, V, S, Flights<K, V>> {
    /// The value of a key, which was not there as of `seen`, computed by `f` or by somebody else, for whom this thread waits; then the
    /// key comes back.
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
        if let Some(found) = self.open(&own, seen, site) {
            drop(claim);
            return Ok((found, Flight::into_key(own)));
        }
        // Dropped before the claim: whoever waited does not find the flight any more.
        let listed = Listed {
            map: self,
            flight: &own,
        };
        let value = claim.compute(site, || f(own.key()))?;
        let (found, is_awaited) = listed.publish(value);
        claim.finish();
        if is_awaited {
            self.announce(hash, found);
        }
        Ok((found, None))
    }

    /// Opens the flight; or returns the entry, if the key is published first.
    fn open(
        &self,
        own: &Arc<Flight<K, V>>,
        mut seen: Watermark,
        site: Site,
    ) -> Option<Found<'_, K, V>>
    where
        K: Eq,
    {
        let mut strangers = Vec::new();
        // As a rule, nobody has made room for the first flight.
        let mut room = Room::before(seen);
        loop {
            match self.try_open(own, seen, &strangers, &mut room) {
                Attempt::Opened => return None,
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
                Ok(found) => return Some(found),
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
        let mut change = self.index.lock(0);
        if !change.nothing_new(seen, &[own.hash]) {
            return Attempt::Moved;
        }
        let running = &mut change.extra().running;
        match alike(running, own.hash, strangers) {
            Some(other) => Attempt::Joined(other),
            None => match running.push(Arc::clone(own), room) {
                Ok(()) => Attempt::Opened,
                Err(len) => Attempt::Cramped(len),
            },
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
        S: BuildHasher,
    {
        loop {
            let waiting = Waiting::enter(self, hash);
            if let Ok(found) = self.find(hash, key) {
                return Some(found);
            }
            if deadline.is_none() {
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
            let running = |flights: &mut Flights<K, V>| alike(&flights.running, hash, &strangers);
            let other = running(self.index.lock(0).extra())?;
            if key.equivalent(other.key()) {
                return Some(other);
            }
            strangers.push(other);
        }
    }

    /// Wakes those who waited for a key of this hash before this one was published.
    fn announce(&self, hash: Hash, published: Found<'_, K, V>) {
        let next = || {
            let mut change = self.index.lock(0);
            let waited = |awaited: &Arc<Awaited>| {
                awaited.hash == hash && awaited.entered <= published.number()
            };
            change.extra().awaited.take(waited)
        };
        while let Some(awaited) = next() {
            awaited.gate.finish();
        }
    }
}

/// A flight of this hash that is none of the strangers.
fn alike<K, V>(
    running: &List<Flight<K, V>>,
    hash: Hash,
    strangers: &[Arc<Flight<K, V>>],
) -> Option<Arc<Flight<K, V>>> {
    let is_stranger = |other: &Arc<_>| strangers.iter().any(|known| Arc::ptr_eq(known, other));
    running.find(|other| other.hash == hash && !is_stranger(other))
}

/// What became of an attempt to open a flight.
enum Attempt<K, V> {
    Opened,
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
        let flights = change.extra();
        let off = flights.running.remove(self.flight);
        let is_awaited = !flights.awaited.is_empty();
        drop(change);
        drop(off);
        mem::forget(self);
        (found, is_awaited)
    }
}

impl<K, V, S> Drop for Listed<'_, '_, K, V, S> {
    fn drop(&mut self) {
        let off = self.map.index.lock(0).extra().running.remove(self.flight);
        drop(off);
    }
}

/// Somebody who awaits a key of some hash; no longer than this lives.
struct Waiting<'m, K, V, S> {
    map: &'m Published<K, V, S, Flights<K, V>>,
    awaited: Arc<Awaited>,
}

impl<'m, K, V, S> Waiting<'m, K, V, S> {
    fn enter(map: &'m Published<K, V, S, Flights<K, V>>, hash: Hash) -> Self {
        let mut room = Room::NONE;
        loop {
            let entered = map.index.seen().places();
            let awaited = Arc::new(Awaited {
                gate: Gate::shared(Endless),
                hash,
                entered,
            });
            let mut change = map.index.lock(0);
            let pushed = change.extra().awaited.push(Arc::clone(&awaited), &mut room);
            drop(change);
            match pushed {
                Ok(()) => return Self { map, awaited },
                Err(len) => room = Room::after(len),
            }
        }
    }
}

impl<K, V, S> Drop for Waiting<'_, K, V, S> {
    fn drop(&mut self) {
        let off = self.map.index.lock(0).extra().awaited.remove(&self.awaited);
        drop(off);
    }
}
