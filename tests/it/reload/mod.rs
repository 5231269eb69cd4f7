//! `Reload`: a snapshot that is loaded on first use and looked after.
//!
//! | module | question |
//! |---|---|
//! | [`first_load`], [`at_exit`] | the first value, and values for a thread that is being torn down |
//! | [`checking`], [`times`], [`ready`] | when is the source asked, when is it loaded from? |
//! | [`stale`], [`one_reloader`] | what do the others do meanwhile? |
//! | [`failing`], [`changing_luck`], [`back_off`], [`panics`], [`status`] | what if it does not go well? |
//! | [`invalidate`] | what is known is forgotten, also while somebody loads |
//! | [`recursion`], [`cycles`] | sources that need what they load |
//! | [`letting_go`], [`held_up`] | who drops what was replaced, and what may that do? |
//! | [`file_source`] | real files |
//! | [`property`] | random sequences of operations against a plain model |
//! | [`texts`] | what errors say, and what `Debug` shows |
//! | [`world`] | a source that the test controls |
//!
//! No test depends on how long it takes: it asks at every `get` (`eager`), or only when it is told
//! to (`patient`).

use std::{
    sync::Arc,
    thread::{Scope, ScopedJoinHandle},
    time::Duration,
};

use onset::{LoadError, Reload, Source, Stale};

use crate::support::{Stall, Tally, settle};
use world::{Fault, World};

mod at_exit;
mod back_off;
mod changing_luck;
mod checking;
mod cycles;
mod failing;
mod file_source;
mod first_load;
mod held_up;
mod invalidate;
mod letting_go;
mod one_reloader;
mod panics;
mod property;
mod ready;
mod recursion;
mod stale;
mod status;
mod texts;
mod times;
mod world;

const BOTH: [Stale; 2] = [Stale::Serve, Stale::Wait];

/// Asks at every `get`, and tries again at every one.
fn eager<V>(world: World<V>, stale: Stale) -> Reload<World<V>> {
    let reload = Reload::new(world).stale(stale);
    reload.check_every(Duration::ZERO).back_off(Duration::ZERO)
}

/// Asks once, and from then on only when it is invalidated.
fn patient<V>(world: World<V>, stale: Stale) -> Reload<World<V>> {
    let reload = Reload::new(world).stale(stale);
    reload.check_every(Duration::MAX).back_off(Duration::MAX)
}

/// The number of the value that a `get` gives.
#[track_caller]
fn got(reload: &Reload<World>) -> u64 {
    reload.get().expect("there is a value").id()
}

/// Why something failed, in a form that can be compared.
#[derive(Clone, Debug, PartialEq)]
enum Why {
    Failed(u64),
    Panicked(String),
}

impl From<LoadError<Fault>> for Why {
    fn from(error: LoadError<Fault>) -> Self {
        match error {
            LoadError::Failed(fault) => Self::Failed(fault.0),
            LoadError::Panicked(text) => Self::Panicked(text.to_string()),
        }
    }
}

/// Why a `get` gives nothing.
#[track_caller]
fn refused<V: Send + Sync + 'static>(reload: &Reload<World<V>>) -> Why {
    let outcome = reload.get().map(drop);
    outcome.expect_err("there is no value").into()
}

/// How many values there were, and what is wrong now.
fn state<V>(reload: &Reload<World<V>>) -> (u64, Option<Why>) {
    let status = reload.status();
    (status.generation, status.error.map(Why::from))
}

/// Has the next load stand, after it has looked, until the test lets it go on.
fn stall_load<V>(reload: &Reload<World<V>>) -> Arc<Stall> {
    let stall = Arc::new(Stall::new());
    let at_load = Arc::clone(&stall);
    reload.source().at_load(move || at_load.stand());
    stall
}

/// Threads that ask while another one is inside the source. None of them has an answer before that
/// one is let go.
fn ask_meanwhile<'s, R: Send + 's>(
    s: &'s Scope<'s, '_>,
    ask: impl Fn() -> R + Copy + Send + 's,
) -> [ScopedJoinHandle<'s, R>; 5] {
    let asking = Arc::new(Tally::new());
    let others = [(); 5].map(|()| {
        let asking = Arc::clone(&asking);
        s.spawn(move || {
            asking.add();
            ask()
        })
    });
    asking.wait_for(5);
    settle();
    assert!(others.iter().all(|t| !t.is_finished()), "an early answer");
    others
}

/// A source made of two closures, for stamps and values that a `World` does not have.
struct By<S, L>(S, L);

impl<S, L, P, V, E> Source for By<S, L>
where
    S: Fn() -> Result<P, E>,
    L: Fn() -> Result<V, E>,
    P: PartialEq,
{
    type Value = V;
    type Stamp = P;
    type Error = E;

    fn stamp(&self) -> Result<P, E> {
        self.0()
    }

    fn load(&self) -> Result<V, E> {
        self.1()
    }
}
