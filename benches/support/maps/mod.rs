//! Maps from names to numbers, which many threads look up.
//!
//! All maps of a table hash by the same state. A looking thread has a handle of its own where the
//! peer has such a thing, made before the clock starts. Ids are for ever:
//! `map_hit/hit_1000/onset_once_map/2`.

mod field;
mod first_use;
mod handles;
mod hashing;
mod names;
mod onset;

use std::{cell::RefCell, hint::black_box, sync::atomic::Ordering, time::Duration};

use crossbeam_utils::CachePadded;

use super::{
    rounds::{Named, Turn},
    team::Seat,
};
pub(crate) use field::CLONED;
pub(crate) use first_use::{Computing, Keys, computing};
pub(crate) use hashing::Hashing;
use names::{Entry, Walk};
pub(crate) use names::{Queries, entries, name};

/// How many look-ups go before those that are timed: whatever the others left in the cache is gone.
const WARM_UP: u64 = 8_192;

/// A map of any make, while somebody fills it.
pub(crate) trait Map: Send + Sync + Sized + 'static {
    type Hasher: Hashing;
    type Reader<'m>: LookUp
    where
        Self: 'm;

    /// An empty map. Only one that cannot do without uses the number of entries that are to come.
    fn empty(hasher: Self::Hasher, to_come: usize) -> Self;

    /// Adds an entry that others see from then on.
    fn add(&mut self, name: String, number: u64);

    /// What one looking thread keeps.
    fn reader(&self) -> Self::Reader<'_>;

    fn filled(entries: Vec<Entry>) -> Self {
        let mut map = Self::empty(Self::Hasher::shared(), entries.len());
        for (name, number) in entries {
            map.add(name, number);
        }
        map
    }
}

pub(crate) trait LookUp {
    /// Always inlined, so that every call that is left is the peer's own.
    fn number(&mut self, name: &str) -> Option<u64>;
}

/// A filled map of any make. The loop stands inside the call, so that finding the map isn't timed.
pub(crate) trait Filled: Send + Sync {
    /// The time that the first thread takes for its look-ups, while the others look up too.
    fn look_ups(&self, queries: &Queries, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;
}

/// Neighbours in memory share no cache line.
impl<M: Map> Filled for CachePadded<M> {
    fn look_ups(&self, queries: &Queries, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let map: &M = black_box(self);
        let mut look_up = Looking {
            reader: map.reader(),
            walk: queries.walk(),
        };
        let found = look_up.times(WARM_UP);
        assert_eq!(
            found,
            queries.found(WARM_UP),
            "the map holds something else"
        );
        let look_up = RefCell::new(look_up);
        turn.time(
            seat,
            |times| _ = look_up.borrow_mut().times(times),
            |stop| {
                let mut look_up = look_up.borrow_mut();
                while !stop.load(Ordering::Relaxed) {
                    look_up.times(64);
                }
            },
        )
    }
}

/// A thread that looks up names.
struct Looking<'q, R> {
    reader: R,
    walk: Walk<'q>,
}

impl<R: LookUp> Looking<'_, R> {
    /// How many of so many names were found.
    #[inline(always)]
    fn times(&mut self, times: u64) -> u64 {
        let mut found = 0;
        for _ in 0..times {
            let number = black_box(self.reader.number(black_box(self.walk.next())));
            found += u64::from(number.is_some());
        }
        found
    }
}

/// One row of every table.
#[derive(Clone, Copy)]
pub(crate) struct Contestant {
    id: &'static str,
    fill: fn(Vec<Entry>) -> Box<dyn Filled>,
    register: fn(Vec<Entry>, &Seat<'_>, &Turn<'_>) -> Option<Duration>,
}

impl Contestant {
    const fn new<M: Map>(id: &'static str) -> Self {
        Self {
            id,
            fill: |entries| Box::new(CachePadded::new(M::filled(entries))),
            register: register::<M>,
        }
    }

    pub(crate) fn filled(&self, entries: Vec<Entry>) -> Box<dyn Filled> {
        (self.fill)(entries)
    }

    /// The time that one thread takes to add the entries to an empty map one by one.
    pub(crate) fn register(
        &self,
        entries: Vec<Entry>,
        seat: &Seat<'_>,
        turn: &Turn<'_>,
    ) -> Option<Duration> {
        (self.register)(entries, seat, turn)
    }
}

fn register<M: Map>(entries: Vec<Entry>, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
    let mut map = M::empty(M::Hasher::shared(), entries.len());
    let add = |_| {
        for (name, number) in entries {
            map.add(name, number);
        }
    };
    turn.time(seat, add, |_| ())
}

impl Named for Contestant {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// Everyone who is filled one by one; the first is what the others are compared with.
pub(crate) fn growing<S: Hashing>() -> Vec<Contestant> {
    let (field, own) = (field::maps::<S>(), S::only_by_it());
    [&field[..], own, &onset::maps::<S>()].concat()
}

/// Everyone who is looked up.
pub(crate) fn looked_up<S: Hashing>() -> Vec<Contestant> {
    [growing::<S>(), handles::maps::<S>()].concat()
}

/// Maps that are looked up through a plain reference.
macro_rules! maps {
    ($(
        $map:ty,
        |$hasher:ident, $to_come:pat_param| $empty:expr,
        |$into:ident, $name:ident, $number:ident| $insert:expr,
        |$from:ident, $asked:ident| $get:expr;
    )*) => {$(
        impl<S: Hashing> Map for $map {
            type Hasher = S;
            type Reader<'m> = &'m Self;

            fn empty($hasher: S, $to_come: usize) -> Self {
                $empty
            }

            fn add(&mut self, $name: String, $number: u64) {
                let $into = self;
                let _ = $insert;
            }

            fn reader(&self) -> &Self {
                self
            }
        }

        impl<S: Hashing> LookUp for &$map {
            #[inline(always)]
            fn number(&mut self, $asked: &str) -> Option<u64> {
                let $from = *self;
                $get
            }
        }
    )*};
}
use maps;
