use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use histories::{
    subject::{Pause, Subject},
    subjects::{PlaceModel, PlaceOp, PlaceOutcome as Outcome, TakeModel, TakeOp},
};

use crate::{passes, rejected};

/// A cell under a lock, with one method that says what it does wrong.
trait Slot: Default + Send + Sync + 'static {
    const NAME: &'static str;

    fn content(&self) -> &Mutex<Option<u8>>;

    /// The content, or else `made`, which takes a while.
    fn fill(&self, made: Result<u8, ()>, pause: Pause) -> Result<u8, ()>;

    fn with<R>(&self, f: impl FnOnce(&mut Option<u8>) -> R) -> R {
        f(&mut self
            .content()
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    fn get(&self) -> Option<u8> {
        self.with(|content| *content)
    }
}

struct AsCell<S>(S);

impl<S: Slot> Subject for AsCell<S> {
    const NAME: &'static str = S::NAME;

    type Op = PlaceOp;
    type Outcome = Outcome;
    type Model = PlaceModel;

    fn new() -> Self {
        Self(S::default())
    }

    /// All but `Set`.
    fn op(dice: &mut fastrand::Rng, fresh: u8) -> PlaceOp {
        match PlaceOp::any(dice, fresh) {
            PlaceOp::Set(_) => PlaceOp::Get,
            op => op,
        }
    }

    fn apply(&self, op: &PlaceOp, pause: Pause) -> Outcome {
        match *op {
            PlaceOp::GetOrInit(value) => Outcome::of_init(self.0.fill(Ok(value), pause)),
            PlaceOp::GetOrFail => Outcome::of_init(self.0.fill(Err(()), pause)),
            PlaceOp::Get | PlaceOp::Set(_) => Outcome::of_get(self.0.get()),
        }
    }
}

/// Not broken: computes under its lock.
#[derive(Default)]
struct Sound(Mutex<Option<u8>>);

impl Slot for Sound {
    const NAME: &'static str = "a sound cell";

    fn content(&self) -> &Mutex<Option<u8>> {
        &self.0
    }

    fn fill(&self, made: Result<u8, ()>, pause: Pause) -> Result<u8, ()> {
        self.with(|content| match *content {
            Some(value) => Ok(value),
            None => pause.then(made).inspect(|value| *content = Some(*value)),
        })
    }
}

#[test]
fn a_sound_cell_passes() {
    passes::<AsCell<Sound>>();
}

/// Checks, computes, and publishes without a second look.
#[derive(Default)]
struct ChecksThenActs(Mutex<Option<u8>>);

impl Slot for ChecksThenActs {
    const NAME: &'static str = "a once-cell that checks, then acts";

    fn content(&self) -> &Mutex<Option<u8>> {
        &self.0
    }

    fn fill(&self, made: Result<u8, ()>, pause: Pause) -> Result<u8, ()> {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let made = pause.then(made)?;
        self.with(|content| *content = Some(made));
        Ok(made)
    }
}

#[test]
fn a_once_cell_that_checks_then_acts() {
    rejected::<AsCell<ChecksThenActs>>();
}

/// One value is published, but who lost returns the value that was not.
#[derive(Default)]
struct LosersKeepTheirs(Mutex<Option<u8>>);

impl Slot for LosersKeepTheirs {
    const NAME: &'static str = "a race cell whose losers return their own value";

    fn content(&self) -> &Mutex<Option<u8>> {
        &self.0
    }

    fn fill(&self, made: Result<u8, ()>, pause: Pause) -> Result<u8, ()> {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let made = pause.then(made)?;
        self.with(|content| *content.get_or_insert(made));
        Ok(made)
    }
}

#[test]
fn a_race_cell_whose_losers_return_their_own_value() {
    rejected::<AsCell<LosersKeepTheirs>>();
}

/// Looks whether the value is there, and then takes it.
struct TakesTwice(AtomicBool);

impl Subject for TakesTwice {
    const NAME: &'static str = "a take cell that looks, then takes";

    type Op = TakeOp;
    type Outcome = bool;
    type Model = TakeModel;

    fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    fn op(dice: &mut fastrand::Rng, _fresh: u8) -> TakeOp {
        if dice.bool() {
            TakeOp::Take
        } else {
            TakeOp::IsTaken
        }
    }

    fn apply(&self, op: &TakeOp, pause: Pause) -> bool {
        let is_taken = self.0.load(Ordering::Acquire);
        if *op == TakeOp::IsTaken {
            return is_taken;
        }
        pause.pause();
        self.0.store(true, Ordering::Release);
        !is_taken
    }
}

#[test]
fn a_take_cell_that_looks_then_takes() {
    rejected::<TakesTwice>();
}
