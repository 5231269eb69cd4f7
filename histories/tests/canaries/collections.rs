use std::{
    marker::PhantomData,
    sync::{Mutex, MutexGuard, PoisonError},
};

use histories::{
    subject::{Pause, Subject},
    subjects::{
        Change, PendingModel, PendingOp, PendingOutcome, RegistryModel, RegistryOp, RegistryOutcome,
    },
};

use crate::rejected;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A registry that is the model itself, under a lock.
#[derive(Default)]
struct Locked(Mutex<RegistryModel>);

impl Locked {
    fn change(&self, change: Change) -> RegistryOutcome {
        let mut model = lock(&self.0);
        let (outcome, next) = model.change(change);
        *model = next;
        outcome
    }

    fn apply(&self, op: RegistryOp) -> RegistryOutcome {
        match op {
            RegistryOp::Change(change) => self.change(change),
            _ => lock(&self.0).look(op),
        }
    }
}

/// What a registry does wrong.
trait Mistake: Send + Sync + 'static {
    const NAME: &'static str;

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp;

    fn apply(registry: &Locked, op: RegistryOp, pause: Pause) -> RegistryOutcome;
}

struct Registry<M>(Locked, PhantomData<M>);

impl<M: Mistake> Subject for Registry<M> {
    const NAME: &'static str = M::NAME;

    type Op = RegistryOp;
    type Outcome = RegistryOutcome;
    type Model = RegistryModel;

    fn new() -> Self {
        Self(Locked::default(), PhantomData)
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        M::op(dice, fresh)
    }

    fn apply(&self, op: &RegistryOp, pause: Pause) -> RegistryOutcome {
        M::apply(&self.0, *op, pause)
    }
}

/// Its batches appear one change after the other.
struct OneByOne;

/// So that a batch is not refused.
fn forced(change: Change) -> Change {
    match change {
        Change::Register(key, value) => Change::Replace(key, value),
        change => change,
    }
}

impl Mistake for OneByOne {
    const NAME: &'static str = "a registry whose batches appear one by one";

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        match RegistryOp::any(dice, fresh) {
            RegistryOp::Batch(one, two) => RegistryOp::Batch(forced(one), forced(two)),
            op => op,
        }
    }

    fn apply(registry: &Locked, op: RegistryOp, pause: Pause) -> RegistryOutcome {
        let RegistryOp::Batch(first, second) = op else {
            return registry.apply(op);
        };
        registry.change(first);
        pause.pause();
        registry.change(second);
        RegistryOutcome::Made
    }
}

#[test]
fn a_registry_whose_batches_appear_one_by_one() {
    rejected::<Registry<OneByOne>>();
}

/// Its snapshots are two looks.
struct TwoLooks;

impl Mistake for TwoLooks {
    const NAME: &'static str = "a registry whose snapshots change";

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        match RegistryOp::any(dice, fresh) {
            RegistryOp::Batch(one, _) => RegistryOp::Change(one),
            op => op,
        }
    }

    fn apply(registry: &Locked, op: RegistryOp, pause: Pause) -> RegistryOutcome {
        let RegistryOp::GetBoth(a, b) = op else {
            return registry.apply(op);
        };
        let get = |key| match registry.apply(RegistryOp::Get(key)) {
            RegistryOutcome::Value(value) => value,
            outcome => panic!("{outcome:?} is no answer to a look"),
        };
        let first = get(a);
        pause.pause();
        RegistryOutcome::Both(first, get(b))
    }
}

#[test]
fn a_registry_whose_snapshots_change() {
    rejected::<Registry<TwoLooks>>();
}

/// What is added while everything is taken is lost.
struct Loses(Mutex<Vec<u8>>);

impl Subject for Loses {
    const NAME: &'static str = "a `take_all` that loses an item";

    type Op = PendingOp;
    type Outcome = PendingOutcome;
    type Model = PendingModel;

    fn new() -> Self {
        Self(Mutex::default())
    }

    fn op(dice: &mut fastrand::Rng, _fresh: u8) -> PendingOp {
        PendingOp::any(dice)
    }

    fn apply(&self, op: &PendingOp, pause: Pause) -> PendingOutcome {
        match *op {
            PendingOp::Add(item) => {
                let mut items = lock(&self.0);
                let is_new = !items.contains(&item);
                items.extend(is_new.then_some(item));
                PendingOutcome::Added(is_new)
            }
            PendingOp::Len => PendingOutcome::Len(lock(&self.0).len()),
            PendingOp::TakeAll => {
                let taken = lock(&self.0).clone();
                pause.pause();
                lock(&self.0).clear();
                PendingOutcome::Taken(taken)
            }
        }
    }
}

#[test]
fn a_take_all_that_loses_an_item() {
    rejected::<Loses>();
}
