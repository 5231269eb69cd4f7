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
//! Each parked thread's entry lists what it is computing. A thread that is about to park without a
//! deadline, while it computes something itself, follows the chain: who computes what I need, and
//! what does he wait for? If that ends at something of its own, nobody in the circle could ever go
//! on, so it panics, its own cell becomes free, and the others go on. All threads of a circle but
//! the last are in the table when the last one looks, so the last one finds it. And it finds
//! nothing else: an entry stands in the table only until its gate is done or its claim has failed
//! (the two sections above), a thread that stands in it computes what it computed when it parked,
//! and a gate that one thread computes is moved on by nobody else. One exception is known: a `set`
//! from outside could free a circle through a `HedgedCell` whose patience is endless, and so could
//! a `store` through a lazy `SnapshotCell`; both are taken for circles all the same.

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
    computes: Vec<Held>,
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
    let computes: Vec<Held> = computing::held().collect();
    let parked = Arc::new(Parked {
        released: touched(AtomicBool::new(false)),
        thread: current(),
    });
    let mut table = lock();
    if !announce() {
        return Wait::Over;
    }
    let waits_for_ever = deadline.is_none();
    let cycle = waits_for_ever
        .then(|| find_cycle(&table, key, &computes))
        .flatten();
    if let Some(cycle) = cycle {
        drop(table);
        deadlock(site, &cycle);
    }
    table.entry(key).or_default().push(Waiter {
        parked: Arc::clone(&parked),
        site,
        endless: waits_for_ever,
        computes,
    });
    drop(table);
    if parked.until_released(deadline) || !leave(key, &parked) {
        Wait::Over
    } else {
        Wait::Expired
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

/// A thread in a cycle: what it computes that others need, and what it waits for.
struct Link {
    parked: Arc<Parked>,
    computes: Held,
    waits_for: Site,
}

struct Cycle {
    others: Vec<Link>,
    own: Held,
}

/// The way from `key` over its computing thread, what that waits for, and so on, to one of `own`.
fn find_cycle(table: &Table, key: Key, own: &[Held]) -> Option<Cycle> {
    let mut others = Vec::new();
    let mut wanted = key;
    // Without anything of our own there is no way back to us.
    while !own.is_empty() {
        if let Some(&own) = own.iter().find(|held| held.key == wanted) {
            return Some(Cycle { others, own });
        }
        let (next, link) = who_computes(table, wanted)?;
        wanted = next;
        others.push(link);
    }
    None
}

/// The parked thread that computes `wanted`, and the key for which it waits.
fn who_computes(table: &Table, wanted: Key) -> Option<(Key, Link)> {
    table.iter().find_map(|(&waits_for, waiters)| {
        waiters
            .iter()
            .filter(|waiter| waiter.endless)
            .find_map(|waiter| {
                let computes = *waiter.computes.iter().find(|held| held.key == wanted)?;
                Some((
                    waits_for,
                    Link {
                        parked: Arc::clone(&waiter.parked),
                        computes,
                        waits_for: waiter.site,
                    },
                ))
            })
    })
}

#[cold]
fn deadlock(wanted: Site, cycle: &Cycle) -> ! {
    let mut circle = String::new();
    for Link {
        parked,
        computes,
        waits_for,
    } in &cycle.others
    {
        // Writing to a string cannot fail.
        let _ = write!(
            circle,
            "thread `{}` initialises {} (since {}) and waits for {waits_for} (at {}); ",
            parked.thread.name().unwrap_or("unnamed"),
            computes.site,
            computes.site.place(),
            waits_for.place(),
        );
    }
    panic!(
        "a cycle of initialisers that wait for each other: this thread initialises {} (since {}) and needs \
         {wanted} (at {}); {circle}remedy: initialise one of them before the other, or use a `RaceCell`, \
         which never waits",
        cycle.own.site,
        cycle.own.site.place(),
        wanted.place(),
    )
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
