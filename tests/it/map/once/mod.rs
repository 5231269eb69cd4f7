//! What is true of `OnceMap` alone: for each key one computes, the others wait, and nobody waits
//! for himself.

use std::{hash::BuildHasher, thread};

use onset::OnceMap;

use super::{
    keys::{Books, Key, Value},
    subject::{Colliding, Shared},
};
use crate::support::{self, Held, Stall, catch};

mod collisions;
mod cycles;
mod inserting;
mod recursion;
mod wait;
mod waiting;
mod waking;

type TestMap = OnceMap<Key, Value>;
type CollidingMap = OnceMap<Key, Value, Colliding>;

/// Computes the value of a key, on a thread of its own, which stands until the test lets it go on;
/// then it is what `end` says.
fn hold<'s, S: BuildHasher + Shared, E: Send + 's>(
    s: &'s thread::Scope<'s, '_>,
    map: &'s OnceMap<Key, Value, S>,
    key: Key,
    stall: &'s Stall,
    end: impl FnOnce() -> Result<Value, E> + Send + 's,
) -> Held<'s, thread::Result<Result<u64, E>>> {
    let compute = move |_: &_| {
        stall.stand();
        end()
    };
    let run = move || catch(|| map.get_or_try_init(key, compute).map(Value::id));
    support::hold(s, stall, run)
}

/// As [`hold`], and what it computes is this value.
fn hold_value<'s, S: BuildHasher + Shared>(
    s: &'s thread::Scope<'s, '_>,
    map: &'s OnceMap<Key, Value, S>,
    books: Books,
    id: u64,
    stall: &'s Stall,
) -> Held<'s, thread::Result<Result<u64, ()>>> {
    hold(s, map, books.key(id), stall, move || Ok(books.value(id)))
}
