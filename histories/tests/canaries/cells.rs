use std::{
    marker::PhantomData,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use histories::{
    subject::{Pause, Subject},
    subjects::{PlaceModel, PlaceOp, PlaceOutcome as Outcome, TakeModel, TakeOp},
};

use crate::{passes, rejected};

/// What a cell holds, under a lock.
#[derive(Default)]
struct Content(Mutex<Option<u8>>);

impl Content {
    fn with<R>(&self, f: impl FnOnce(&mut Option<u8>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn get(&self) -> Option<u8> {
        self.with(|content| *content)
    }
}

/// What a kind of cell does when nothing is there.
trait Filling: Send + Sync + 'static {
    const NAME: &'static str;

    /// Puts a value there that was computed after a look found none; returns what the caller gets.
    fn publish(content: &Content, made: u8) -> u8;

    /// The content, or else `made`, which takes a while.
    fn fill(content: &Content, made: Result<u8, ()>, pause: Pause) -> Result<u8, ()> {
        if let Some(value) = content.get() {
            return Ok(value);
        }
        Ok(Self::publish(content, pause.then(made)?))
    }
}

struct Cell<F>(Content, PhantomData<F>);

impl<F: Filling> Subject for Cell<F> {
    const NAME: &'static str = F::NAME;

    type Op = PlaceOp;
    type Outcome = Outcome;
    type Model = PlaceModel;

    fn new() -> Self {
        Self(Content::default(), PhantomData)
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
            PlaceOp::GetOrInit(value) => Outcome::of_init(F::fill(&self.0, Ok(value), pause)),
            PlaceOp::GetOrFail => Outcome::of_init(F::fill(&self.0, Err(()), pause)),
            PlaceOp::Get | PlaceOp::Set(_) => Outcome::of_get(self.0.get()),
        }
    }
}

/// Not broken: what was published first stays, and everybody gets it.
struct Sound;

impl Filling for Sound {
    const NAME: &'static str = "a sound cell";

    fn publish(content: &Content, made: u8) -> u8 {
        content.with(|content| *content.get_or_insert(made))
    }
}

#[test]
fn a_sound_cell_passes() {
    passes::<Cell<Sound>>();
}

/// Publishes without a second look.
struct ChecksThenActs;

impl Filling for ChecksThenActs {
    const NAME: &'static str = "a once-cell that checks, then acts";

    fn publish(content: &Content, made: u8) -> u8 {
        content.with(|content| *content = Some(made));
        made
    }
}

#[test]
fn a_once_cell_that_checks_then_acts() {
    rejected::<Cell<ChecksThenActs>>();
}

/// One value is published, but who lost returns the value that was not.
struct LosersKeepTheirs;

impl Filling for LosersKeepTheirs {
    const NAME: &'static str = "a race cell whose losers return their own value";

    fn publish(content: &Content, made: u8) -> u8 {
        content.with(|content| *content.get_or_insert(made));
        made
    }
}

#[test]
fn a_race_cell_whose_losers_return_their_own_value() {
    rejected::<Cell<LosersKeepTheirs>>();
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
