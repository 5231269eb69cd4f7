use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// Its batches appear one change after the other.
struct OneByOne(Locked);

/// So that a batch is not refused.
fn forced(change: Change) -> Change {
    match change {
        Change::Register(key, value) => Change::Replace(key, value),
        change => change,
    }
}

impl Subject for OneByOne {
    const NAME: &'static str = "a registry whose batches appear one by one";

    type Op = RegistryOp;
    type Outcome = RegistryOutcome;
    type Model = RegistryModel;

    fn new() -> Self {
        Self(Locked::default())
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        match RegistryOp::any(dice, fresh) {
            RegistryOp::Batch(one, two) => RegistryOp::Batch(forced(one), forced(two)),
            op => op,
        }
    }

    fn apply(&self, op: &RegistryOp, pause: Pause) -> RegistryOutcome {
        let RegistryOp::Batch(first, second) = *op else {
            return self.0.apply(*op);
        };
        self.0.change(first);
        pause.pause();
        self.0.change(second);
        RegistryOutcome::Made
    }
}

#[test]
fn a_registry_whose_batches_appear_one_by_one() {
    rejected::<OneByOne>();
}

/// Its snapshots are two looks.
struct TwoLooks(Locked);

impl Subject for TwoLooks {
    const NAME: &'static str = "a registry whose snapshots change";

    type Op = RegistryOp;
    type Outcome = RegistryOutcome;
    type Model = RegistryModel;

    fn new() -> Self {
        Self(Locked::default())
    }

    fn op(dice: &mut fastrand::Rng, fresh: u8) -> RegistryOp {
        match RegistryOp::any(dice, fresh) {
            RegistryOp::Batch(one, _) => RegistryOp::Change(one),
            op => op,
        }
    }

    fn apply(&self, op: &RegistryOp, pause: Pause) -> RegistryOutcome {
        let RegistryOp::GetBoth(a, b) = *op else {
            return self.0.apply(*op);
        };
        let get = |key| match self.0.apply(RegistryOp::Get(key)) {
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
    rejected::<TwoLooks>();
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
