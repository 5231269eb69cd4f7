//! Random sequences of operations on one thread, now and then on another one, against a plain model,
//! with every value accounted for.
//!
//! No pause ends during a test: there is none, or it is endless, or there were so many failures that
//! it takes hours (see `back_off`).

use std::{thread, time::Duration};

use onset::{Guard, Reload, Stale};
use proptest::{collection::vec, prelude::*};

use super::{
    BOTH, Why, World,
    world::{INCOMPARABLE, Says},
};
use crate::support::{Ledger, Tracked, watchdog};
use model::{Model, Pauses};

mod model;

/// How many failures make the pause longer than any test.
const WEARY: u32 = 20;

#[derive(Clone, Copy, Debug)]
enum Op {
    /// From now on the world says this.
    World(Says, Says),
    Get,
    GetElsewhere,
    /// The value, which is kept.
    Keep,
    /// What has been kept for longest.
    LetGo,
    Invalidate,
}

fn says(most: u64, special: u64) -> impl Strategy<Value = Says> {
    prop_oneof![
        6 => (0..most).prop_map(Says::Is),
        1 => Just(Says::Is(special)),
        2 => (0..3_u64).prop_map(Says::Fails),
        1 => Just(Says::Panics),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (says(4, INCOMPARABLE), says(4, 7)).prop_map(|(stamp, value)| Op::World(stamp, value)),
        6 => Just(Op::Get),
        2 => Just(Op::GetElsewhere),
        2 => Just(Op::Keep),
        1 => Just(Op::LetGo),
        2 => Just(Op::Invalidate),
    ]
}

/// The reload, its model, and the guards that are kept.
struct Pair<'r> {
    reload: &'r Reload<World>,
    model: Model,
    guards: Vec<Guard<'r, Tracked>>,
    world: (Says, Says),
}

impl<'r> Pair<'r> {
    fn set_world(&mut self, world: (Says, Says)) {
        self.world = world;
        self.model.world = world;
        self.reload.source().says(world.0, world.1);
    }

    /// Before a `get` that may fail: so many failures that the pause is long.
    fn tire(&mut self) {
        let well =
            matches!(self.world, (Says::Is(version), Says::Is(_)) if version != INCOMPARABLE);
        if self.model.pauses != Pauses::Long || well || self.model.failures >= WEARY {
            return;
        }
        let world = self.world;
        for version in 100..100 + u64::from(WEARY) {
            self.set_world((Says::Is(version), Says::Fails(version)));
            let _ = self.get();
        }
        self.set_world(world);
    }

    fn get(&mut self) -> Option<Guard<'r, Tracked>> {
        let value = self.reload.get();
        let seen = value
            .as_ref()
            .map(|value| (value.id(), Guard::generation(value)));
        let seen = seen.map_err(|error| Why::from(error.clone()));
        assert_eq!(seen, self.model.get(true));
        value.ok()
    }

    fn get_elsewhere(&mut self) {
        let get = || match self.reload.get() {
            Ok(value) => Ok((value.id(), Guard::generation(&value))),
            Err(error) => Err(Why::from(error)),
        };
        let seen = thread::scope(|s| s.spawn(get).join().unwrap());
        assert_eq!(seen, self.model.get(false));
    }

    fn carry_out(&mut self, op: Op) {
        match op {
            Op::World(stamp, value) => self.set_world((stamp, value)),
            Op::Invalidate => {
                self.reload.invalidate();
                self.model.invalidate();
            }
            Op::LetGo => drop((!self.guards.is_empty()).then(|| self.guards.remove(0))),
            Op::Get | Op::GetElsewhere | Op::Keep => self.tire(),
        }
        match op {
            Op::Get => drop(self.get()),
            Op::Keep => {
                let guard = self.get();
                self.guards.extend(guard);
            }
            Op::GetElsewhere => self.get_elsewhere(),
            _ => {}
        }
    }

    /// That nothing can tell the two apart.
    fn compare(&self, ledger: &Ledger) {
        let (status, model) = (self.reload.status(), &self.model);
        assert_eq!(status.generation, model.generation());
        assert_eq!(status.error.map(Why::from), model.error);
        assert_eq!(status.failures, model.failures);
        assert_eq!(status.loaded.is_some(), model.generation() > 0);
        assert_eq!(status.checked.is_some(), model.asked > 0);
        assert_eq!(self.reload.source().calls(), (model.asked, model.loads));
        let kept = self.guards.iter().map(Guard::generation);
        assert_eq!(ledger.alive(), model.alive(kept));
    }
}

fn follows_the_model(pauses: Pauses, stale: Stale, ops: &[Op]) {
    let (_watch, ledger) = (watchdog(), Ledger::new());
    let (every, back_off) = match pauses {
        Pauses::None => (Duration::ZERO, Duration::ZERO),
        Pauses::Endless => (Duration::MAX, Duration::MAX),
        Pauses::Long => (Duration::ZERO, Duration::MAX),
    };
    let reload = Reload::new(World::of(ledger)).stale(stale);
    let reload = reload.check_every(every).back_off(back_off);
    let world = (Says::Is(1), Says::Is(1));
    let mut pair = Pair {
        reload: &reload,
        model: Model::new(pauses, world),
        guards: Vec::new(),
        world,
    };
    for op in ops {
        pair.carry_out(*op);
        pair.compare(ledger);
    }
    drop(pair);
    drop(reload);
    assert_eq!(ledger.alive(), 0);
}

macro_rules! properties {
    ($($name:ident: $pauses:ident;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig {
                cases: if cfg!(miri) { 8 } else { 300 },
                failure_persistence: None,
                ..ProptestConfig::default()
            })]
            $(#[test]
            fn $name(ops in vec(op(), 0..40), wait in 0..2_usize) {
                follows_the_model(Pauses::$pauses, BOTH[wait], &ops);
            })*
        }
    };
}

properties! {
    asked_always_without_pauses: None;
    asked_when_invalidated: Endless;
    asked_always_with_long_pauses: Long;
}
