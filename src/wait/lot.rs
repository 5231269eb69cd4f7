//! Where threads park, and the search for cycles among them.
//!
//! One table for the whole program, behind one mutex, which only threads take that are about to
//! park or have somebody to wake. No user code runs under it.
//!
//! # Protocol
//!
//! * A waiter **parks** in one critical section: it announces itself in the gate's word (the gate's
//!   `WAITERS` bit) and, if the word still is what it wants to wait for, enters the table. Then it
//!   parks until its `released` flag is set.
//! * Whoever moves on a word with the `WAITERS` bit **releases** in one critical section: it
//!   changes the word and takes the gate's waiters out of the table. Then, outside, it sets their
//!   flags and unparks them.
//!
//! Both sections exclude each other, so either the waiter's announcement comes first, and the
//! release finds the waiter in the table; or the release comes first, and the announcement finds
//! the word changed. There is no third case, hence no lost wake-up. A waiter whose deadline passes
//! takes itself out, or finds that it was released in the meantime.
//!
//! The `released` flag is `Relaxed`: it carries nothing. What the waiter wants to see stands behind
//! the gate's word, which it reads again with `Acquire`; and the flag's store is seen after the
//! wake-up because `unpark` comes before the return of `park`.
//!
//! # Cycles
//!
//! Each parked thread's entry lists what it holds up: what it is computing, and whom it visits. A
//! thread that is about to park without a deadline, while it holds up something itself, follows the
//! chain: who holds up what I need, and what does he wait for? Usually that is one thread; a value
//! may have several visitors, and its thread waits for each of them, so each way is followed. If
//! one ends at something of its own, nobody in the circle could ever go on, so it panics, its own
//! cell becomes free, and the others go on. All threads of a circle but the last are in the table
//! when the last one looks, so the last one finds it. And it finds nothing else: an entry stands in
//! the table only until its wait is over (the two sections above), a thread that stands in it holds
//! up what it held up when it parked, and what one thread holds up is moved on by nobody else. One
//! exception is known: a `set` from outside could free a circle through a `HedgedCell` whose
//! patience is endless, and so could a `store` through a lazy `SnapshotCell`; both are taken for
//! circles all the same.
//!
//! What anybody may bring about is held up by nobody, and so in no circle: the value of a cell that
//! is awaited and that no thread computes, a key of a `OnceMap` likewise, the next generation of a
//! `SnapshotCell`. Nor is anything known here of locks, channels and joins of others.

use core::fmt::Write as _;
use std::{collections::BTreeMap, string::String, sync::Arc, vec::Vec};

use super::computing::{self, Held, Key, Site};
use crate::sync::{
    self, AtomicBool, Deadline, Mutex, MutexGuard, Ordering, Thread, current, global,
    park as park_thread, touched,
};

/// How a wait in the lot ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The word is another one, or was: look again.
    Over,
    /// The deadline has passed, and the word is what it was.
    Expired,
}

struct Parked {
    released: AtomicBool,
    thread: Thread,
}

struct Waiter {
    parked: Arc<Parked>,
    site: Site,
    /// Whether only a release ends the wait.
    endless: bool,
    holds_up: Vec<Held>,
}

/// The waiters of each gate, in the order in which they came.
type Table = BTreeMap<Key, Vec<Waiter>>;

global! {
    static LOT: Mutex<Table> = Mutex::new(Table::new());
}

fn lock() -> MutexGuard<'static, Table> {
    sync::lock(&LOT)
}

/// Parks until the gate is released, if `announce` says that there is something to wait for.
///
/// # Panics
///
/// If the wait has no deadline and would close a cycle.
pub(crate) fn park(
    key: Key,
    site: Site,
    deadline: Option<Deadline>,
    announce: impl FnOnce() -> bool,
) -> Wait {
    try_park(key, site, deadline, announce).unwrap_or_else(|deadlock| deadlock.report())
}

/// The same, for those who have something to mend before they panic.
pub(crate) fn try_park(
    key: Key,
    site: Site,
    deadline: Option<Deadline>,
    announce: impl FnOnce() -> bool,
) -> Result<Wait, Deadlock> {
    let holds_up: Vec<Held> = computing::held().collect();
    let parked = Arc::new(Parked {
        released: touched(AtomicBool::new(false)),
        thread: current(),
    });
    let mut table = lock();
    if !announce() {
        return Ok(Wait::Over);
    }
    let waits_for_ever = deadline.is_none();
    let cycle = waits_for_ever
        .then(|| find_cycle(&table, key, &holds_up))
        .flatten();
    if let Some(cycle) = cycle {
        return Err(Deadlock { site, cycle });
    }
    table.entry(key).or_default().push(Waiter {
        parked: Arc::clone(&parked),
        site,
        endless: waits_for_ever,
        holds_up,
    });
    drop(table);
    if parked.until_released(deadline) || !leave(key, &parked) {
        Ok(Wait::Over)
    } else {
        Ok(Wait::Expired)
    }
}

impl Parked {
    /// `false` if the deadline came first.
    fn until_released(&self, deadline: Option<Deadline>) -> bool {
        // Relaxed: pairs with the store in `release`, through `unpark` and `park`; it carries
        // nothing.
        while !self.released.load(Ordering::Relaxed) {
            match deadline {
                None => park_thread(),
                Some(deadline) if !deadline.park() => return false,
                Some(_) => {}
            }
        }
        true
    }
}

/// Takes a waiter whose deadline has passed out of the table; `false` if it was released before.
fn leave(key: Key, parked: &Arc<Parked>) -> bool {
    let mut table = lock();
    let Some(waiters) = table.get_mut(&key) else {
        return false;
    };
    let Some(place) = waiters.iter().position(|w| Arc::ptr_eq(&w.parked, parked)) else {
        return false;
    };
    drop(waiters.remove(place));
    if waiters.is_empty() {
        table.remove(&key);
    }
    true
}

/// Changes the gate's word by `change` and, if that says so, wakes everybody who waits for the
/// gate.
pub(crate) fn release(key: Key, change: impl FnOnce() -> bool) {
    let mut table = lock();
    let waiters = if change() { table.remove(&key) } else { None };
    drop(table);
    for waiter in waiters.into_iter().flatten() {
        // Relaxed: see `until_released`.
        waiter.parked.released.store(true, Ordering::Relaxed);
        waiter.parked.thread.unpark();
    }
}

/// A thread in a cycle: what it holds up that others need, and what it waits for.
struct Link {
    parked: Arc<Parked>,
    holds_up: Held,
    waits_for: Site,
}

struct Cycle {
    others: Vec<Link>,
    own: Held,
}

/// Something that has to happen before this thread goes on.
struct Needed<'t> {
    key: Key,
    /// Who needs it, if that is not this thread: a parked thread, and what that holds up of what
    /// is needed for something that stands further ahead in the list.
    by: Option<(&'t Waiter, Held, usize)>,
}

/// A way from `key` over a thread that holds it up, what that waits for, and so on, to one of `own`.
fn find_cycle(table: &Table, key: Key, own: &[Held]) -> Option<Cycle> {
    if own.is_empty() {
        // There is no way back to us.
        return None;
    }
    let mut needed = Vec::from([Needed { key, by: None }]);
    let mut next = 0;
    while let Some(&Needed { key, .. }) = needed.get(next) {
        if let Some(&own) = own.iter().find(|held| held.key == key) {
            let others = way_to(&needed, next);
            return Some(Cycle { others, own });
        }
        for (waiter, held, waits_for) in who_holds_up(table, key) {
            if needed.iter().all(|known| known.key != waits_for) {
                let by = Some((waiter, held, next));
                needed.push(Needed { key: waits_for, by });
            }
        }
        next += 1;
    }
    None
}

/// The parked threads that hold up what is `wanted`, and for what they wait.
fn who_holds_up(table: &Table, wanted: Key) -> impl Iterator<Item = (&Waiter, Held, Key)> {
    let parked = table
        .iter()
        .flat_map(|(&waits_for, waiters)| waiters.iter().map(move |waiter| (waiter, waits_for)));
    parked
        .filter(|(waiter, _)| waiter.endless)
        .filter_map(move |(waiter, waits_for)| {
            let held = waiter.holds_up.iter().find(|held| held.key == wanted)?;
            Some((waiter, *held, waits_for))
        })
}

/// The threads that led to what stands there in the list.
fn way_to(needed: &[Needed<'_>], mut place: usize) -> Vec<Link> {
    let mut way = Vec::new();
    while let Some((waiter, holds_up, before)) = needed[place].by {
        way.push(Link {
            parked: Arc::clone(&waiter.parked),
            holds_up,
            waits_for: waiter.site,
        });
        place = before;
    }
    way.reverse();
    way
}

/// A wait that would never end: it was not begun.
pub(crate) struct Deadlock {
    site: Site,
    cycle: Cycle,
}

impl Deadlock {
    #[cold]
    pub(crate) fn report(self) -> ! {
        let Self { site, cycle } = self;
        let mut circle = String::new();
        let mut remedy = cycle.own.site.remedy_in_a_circle();
        for Link {
            parked,
            holds_up: Held { site, .. },
            waits_for,
        } in &cycle.others
        {
            remedy = remedy.or(site.remedy_in_a_circle());
            // Writing to a string cannot fail.
            let _ = write!(
                circle,
                "thread `{}` {} {site} (since {}) and waits for {waits_for} (at {}); ",
                parked.thread.name().unwrap_or("unnamed"),
                site.does(),
                site.place(),
                waits_for.place(),
            );
        }
        let own = cycle.own.site;
        panic!(
            "a cycle of initialisers that wait for each other: this thread {} {own} (since {}) and needs \
             {site} (at {}); {circle}remedy: {}",
            own.does(),
            own.place(),
            site.place(),
            remedy.unwrap_or(
                "initialise one of them before the other, or use a `RaceCell`, which never waits"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::computing::Kind;
    use super::*;
    use core::time::Duration;

    fn waiters_of(key: Key) -> usize {
        lock().get(&key).map_or(0, Vec::len)
    }

    /// Nothing else would notice: a waiter that is left behind only takes up memory.
    #[test]
    fn a_waiter_whose_deadline_passes_leaves_nothing_behind() {
        let own = 0_u8;
        let key = core::ptr::from_ref(&own).addr();
        let wait = park(
            key,
            Site::of::<u8>(const { &Kind::cell("Test") }),
            Deadline::after(Duration::ZERO),
            || true,
        );
        assert!(wait == Wait::Expired);
        assert_eq!(waiters_of(key), 0);
        assert!(!lock().contains_key(&key), "nor an empty list");
    }

    #[test]
    fn who_finds_the_word_changed_does_not_enter() {
        let own = 0_u8;
        let key = core::ptr::from_ref(&own).addr();
        let wait = park(
            key,
            Site::of::<u8>(const { &Kind::cell("Test") }),
            None,
            || false,
        );
        assert!(wait == Wait::Over);
        assert_eq!(waiters_of(key), 0);
    }
}
