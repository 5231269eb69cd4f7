//! `Registry`: nobody sees half a registration or part of a batch, and nothing moves while the
//! registry is shared.
//!
//! | module | question |
//! |---|---|
//! | [`panics`], [`reentry`], [`drops`] | what if `Hash`, `Eq`, a destructor or a closure panics, or uses the registry? |
//! | [`refusals`] | who gets a batch's values if nothing comes of it? |
//! | [`builtins`] | the first access: who loads, what if that fails? |
//! | [`registering`], [`sealing`], [`texts`] | what is registered, what is refused, and in which words? |
//! | [`batches`] | several changes at once, and several for one key |
//! | [`order`], [`snapshots`], [`versions`] | what is seen, in which order, as of when? |
//! | [`compacting`] | what is dropped, and what stays? |
//! | [`looking`], [`large`] | borrowed keys, collisions, very many, and those without a size |
//! | [`racing`], [`storm`] | many threads |

mod batches;
mod builtins;
mod compacting;
mod drops;
mod large;
mod looking;
mod order;
mod panics;
mod racing;
mod reentry;
mod refusals;
mod registering;
mod sealing;
mod snapshots;
mod storm;
mod texts;
mod versions;

use onset::Registry;

use crate::support::{Item, Ledger};

/// Keys and values that are counted, and do what a test asks for.
type Items = Registry<Item, Item>;

/// Key and value of one number.
fn pair(ledger: &'static Ledger, id: u64) -> (Item, Item) {
    (Item::new(ledger, id), Item::new(ledger, id * 10))
}

/// A registry of these keys, whose values are ten times as large.
fn items(ledger: &'static Ledger, ids: impl IntoIterator<Item = u64>) -> Items {
    let registry = Registry::new();
    for id in ids {
        let (key, value) = pair(ledger, id);
        registry.register(key, value).unwrap();
    }
    registry
}

/// What is registered, in order, by key and value; each one is found, too.
#[track_caller]
fn all(registry: &Items) -> Vec<(u64, u64)> {
    let all: Vec<_> = registry.iter().map(|(k, v)| (k.id(), v.id())).collect();
    for (key, value) in &all {
        assert_eq!(registry.get(key).map(Item::id), Some(*value));
    }
    assert_eq!(
        (registry.len(), registry.is_empty()),
        (all.len(), all.is_empty())
    );
    all
}
