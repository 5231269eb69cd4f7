//! A key's value that nobody has computed yet.
//!
//! Every computation is the same [`initialise`] that the cells' first use has. Each map is asked
//! as its documentation says for a value that is dear: none is looked up first.

use std::{
    collections::HashMap,
    convert::Infallible,
    mem,
    sync::Mutex,
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;
use dashmap::DashMap;
use elsa::sync::FrozenMap;
use onset::{OnceMap, RaceMap};

use super::{field::SOUND, names::name};
use crate::support::{
    peers::{self, Peer, Policy},
    rounds::Named,
    team::Seat,
    work::{self, Work, initialise},
};

type Quick = quick_cache::sync::Cache<String, u64>;

/// A map, or none, that computes the values of its keys.
trait Compute: Send + Sync + Sized + 'static {
    fn empty() -> Self;

    /// The value of a key; the first callers compute it. Always inlined, so that every call that
    /// is left is the map's own.
    fn value_of(&self, name: String) -> u64;
}

macro_rules! compute {
    ($($map:ty, $empty:expr, |$from:ident, $name:ident| $value:expr;)*) => {$(
        impl Compute for $map {
            fn empty() -> Self {
                $empty
            }

            #[inline(always)]
            fn value_of(&self, $name: String) -> u64 {
                let $from = self;
                $value
            }
        }
    )*};
}

/// Everyone computes for themselves.
struct NoMap;

compute! {
    NoMap, Self, |_map, name| { drop(name); initialise() };
    OnceMap<String, u64>, Self::new(), |map, name| *map.get_or_init(name, |_| initialise());
    RaceMap<String, u64>, Self::new(), |map, name| *map.get_or_init(name, |_| initialise());
    once_map::OnceMap<String, u64>, Self::new(),
        |map, name| map.insert_cloned(name, |_| initialise());
    DashMap<String, u64>, Self::new(), |map, name| *map.entry(name).or_insert_with(initialise);
    papaya::HashMap<String, u64>, Self::new(),
        |map, name| *map.pin().get_or_insert_with(name, initialise);
    scc::HashMap<String, u64>, Self::new(),
        |map, name| *map.entry_sync(name).or_insert_with(initialise).get();
    FrozenMap<String, u64>, Self::new(), |map, name| map.get_copy_or_insert_with(name, initialise);
    Quick, Self::new(4_096), |map, name| {
        let Ok(value) = map.get_or_insert_with(&name, || Ok::<_, Infallible>(initialise()));
        value
    };
    moka::sync::Cache<String, u64>, Self::builder().build(),
        |map, name| map.get_with(name, initialise);
    Mutex<HashMap<String, u64>>, Self::default(),
        |map, name| *map.lock().expect(SOUND).entry(name).or_insert_with(initialise);
}

/// One row of the tables of distinct keys.
#[derive(Clone, Copy)]
pub(crate) struct Computing {
    /// As it stands in the race for one key.
    pub(crate) racer: peers::Contestant,
    empty: fn() -> Box<dyn Empty>,
}

impl Computing {
    const fn new<C: Compute>(id: &'static str, policy: Policy) -> Self {
        Self {
            racer: peers::Contestant::new::<OneKey<C>>(id, policy),
            empty: || Box::new(CachePadded::new(C::empty())),
        }
    }

    /// A map for so many threads, each of which has so many keys of its own.
    pub(crate) fn keys(&self, threads: usize, count: usize) -> Keys {
        let own = |thread| {
            let keys = thread * count..(thread + 1) * count;
            Mutex::new(Own {
                names: keys.map(name).collect(),
                span: None,
            })
        };
        Keys {
            map: (self.empty)(),
            threads: (0..threads).map(own).collect(),
        }
    }
}

impl Named for Computing {
    fn id(&self) -> &'static str {
        self.racer.id
    }
}

/// Everyone; the first is what the others are compared with.
pub(crate) fn computing() -> Vec<Computing> {
    use Policy::{Control, Locking, Racing};
    vec![
        Computing::new::<NoMap>("no_map", Control),
        Computing::new::<OnceMap<String, u64>>("onset_once_map", Locking),
        Computing::new::<RaceMap<String, u64>>("onset_race_map", Racing),
        Computing::new::<once_map::OnceMap<String, u64>>("once_map", Locking),
        Computing::new::<moka::sync::Cache<String, u64>>("moka", Locking),
        Computing::new::<Quick>("quick_cache", Locking),
        Computing::new::<papaya::HashMap<String, u64>>("papaya", Racing),
        Computing::new::<DashMap<String, u64>>("dashmap", Locking),
        Computing::new::<scc::HashMap<String, u64>>("scc", Locking),
        Computing::new::<FrozenMap<String, u64>>("elsa", Locking),
        Computing::new::<Mutex<HashMap<String, u64>>>("mutex_hash_map", Locking),
    ]
}

/// A map as a cell: everyone asks for the same key.
struct OneKey<C>(C);

impl<C: Compute> Peer for OneKey<C> {
    fn fresh() -> Self {
        Self(C::empty())
    }

    #[inline(always)]
    fn value(&self) -> u64 {
        self.0.value_of(String::from("key_000000"))
    }
}

/// A map of any make. The loop stands inside the call, so that finding the map isn't timed.
trait Empty: Send + Sync {
    fn compute(&self, names: Vec<String>);
}

/// Neighbours in memory share no cache line.
impl<C: Compute> Empty for CachePadded<C> {
    fn compute(&self, names: Vec<String>) {
        for name in names {
            assert_eq!(
                self.value_of(name),
                work::VALUE,
                "the map holds something else"
            );
        }
    }
}

/// An empty map, and what each thread does with it.
pub(crate) struct Keys {
    map: Box<dyn Empty>,
    threads: Vec<Mutex<Own>>,
}

/// The keys that a thread asks for, and from when until when it did.
struct Own {
    names: Vec<String>,
    span: Option<(Instant, Instant)>,
}

impl Keys {
    /// The time from when the first thread that has keys begins until the last has their values:
    /// if only one were timed, the other might be done before it got a core.
    pub(crate) fn compute(&self, work: Work, seat: &Seat<'_>) -> Option<Duration> {
        work::prepare(work, work::take_numbers(1));
        let own = self.threads.get(seat.index);
        let own = own.map(|own| own.lock().expect(SOUND));
        seat.line_up();
        if let Some(mut own) = own {
            let (names, start) = (mem::take(&mut own.names), Instant::now());
            self.map.compute(names);
            own.span = Some((start, Instant::now()));
        }
        seat.line_up();
        let spans = self.threads.iter().map(|own| own.lock().expect(SOUND).span);
        let (starts, ends): (Vec<_>, Vec<_>) = spans.flatten().unzip();
        Some(*ends.iter().max()? - *starts.iter().min()?)
    }
}
