//! What goes wrong on purpose, and how it is told from what goes wrong.

use std::{
    any::Any,
    hint::spin_loop,
    panic::{self, AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    dice::Dice,
    tally::{Count, Tally},
    values::{Record, Value},
};

/// The payload of a panic that was asked for. It passes the panic hook by.
pub(crate) struct Injected;

/// The error of a closure that was asked to fail.
#[derive(Debug)]
pub(crate) struct Failed;

#[derive(Clone, Copy)]
enum Stall {
    None,
    Yield,
    Spin(Duration),
    Sleep(Duration),
}

impl Stall {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(4000) {
            0 => Self::Sleep(Duration::from_millis(50)),
            1..20 => Self::Sleep(dice.micros(1000, 5000)),
            20..200 => Self::Sleep(dice.micros(1, 500)),
            200..600 => Self::Spin(dice.micros(1, 60)),
            600..1600 => Self::Yield,
            _ => Self::None,
        }
    }

    fn happen(self, tally: &Tally) {
        match self {
            Self::None => return,
            Self::Yield => return thread::yield_now(),
            Self::Spin(time) => {
                let began = Instant::now();
                while began.elapsed() < time {
                    spin_loop();
                }
            }
            Self::Sleep(time) => thread::sleep(time),
        }
        tally.add(Count::Stalls);
    }
}

#[derive(Clone, Copy)]
enum End {
    Value,
    Bomb,
    Slow,
    Error,
    Panic,
}

/// What a closure will do.
#[derive(Clone, Copy)]
pub(crate) struct Closure {
    stall: Stall,
    end: End,
}

impl Closure {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let end = match dice.below(40) {
            0..4 => End::Error,
            4..8 => End::Panic,
            8..10 => End::Bomb,
            10 => End::Slow,
            _ => End::Value,
        };
        let stall = Stall::draw(dice);
        Self { stall, end }
    }

    /// One that returns a value, though maybe late.
    pub(crate) fn draw_reliable(dice: &mut Dice) -> Self {
        Self {
            stall: Stall::draw(dice),
            end: End::Value,
        }
    }

    /// The same, with a value whose destructor does not panic.
    pub(crate) fn without_bomb(self) -> Self {
        match self.end {
            End::Bomb => Self {
                end: End::Value,
                ..self
            },
            _ => self,
        }
    }

    /// Stalls, fails, panics, or makes a value.
    pub(crate) fn run(self, record: &Arc<Record>) -> Result<Value, Failed> {
        self.pass(record.tally)?;
        Ok(match self.end {
            End::Bomb => record.bomb(),
            End::Slow => record.slow(),
            _ => record.value(),
        })
    }

    /// Stalls, fails or panics.
    pub(crate) fn pass(self, tally: &Tally) -> Result<(), Failed> {
        self.stall.happen(tally);
        match self.end {
            End::Error => {
                tally.add(Count::Errors);
                Err(Failed)
            }
            End::Panic => inject(tally),
            End::Value | End::Bomb | End::Slow => Ok(()),
        }
    }

    /// As [`run`](Self::run), where there is no way to fail but by a panic.
    pub(crate) fn run_or_panic(self, record: &Arc<Record>) -> Value {
        self.run(record)
            .unwrap_or_else(|Failed| resume_unwind(Box::new(Injected)))
    }
}

pub(crate) fn inject(tally: &Tally) -> ! {
    tally.add(Count::Panics);
    resume_unwind(Box::new(Injected))
}

/// Why an operation did not return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caught {
    Injected,
    /// "It is needed by its own initialiser".
    Recursion,
    /// "A cycle of initialisers".
    Cycle,
    /// A violation, which was reported.
    Unexpected,
}

/// Which panics of onset's own an operation may end with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    Nothing,
    Recursion,
    Cycle,
}

fn text(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
}

fn classify(payload: &(dyn Any + Send)) -> Caught {
    if payload.is::<Injected>() {
        return Caught::Injected;
    }
    text(payload).map_or(Caught::Unexpected, classify_text)
}

pub(crate) fn classify_text(text: &str) -> Caught {
    if text.starts_with("a cycle of initialisers") {
        Caught::Cycle
    } else if text.contains(" by its own initialiser, ") {
        Caught::Recursion
    } else {
        Caught::Unexpected
    }
}

/// Runs `f`; a panic that nobody asked for is a violation.
pub(crate) fn caught<R>(
    tally: &Tally,
    allowed: Allowed,
    f: impl FnOnce() -> R,
) -> Result<R, Caught> {
    let payload = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(done) => return Ok(done),
        Err(payload) => payload,
    };
    tally.add(Count::Caught);
    let caught = classify(&*payload);
    match (caught, allowed) {
        (Caught::Injected, _) => {}
        (Caught::Recursion, Allowed::Recursion) => tally.add(Count::Recursions),
        (Caught::Cycle, Allowed::Cycle) => tally.add(Count::Cycles),
        _ => tally.violation(
            "nothing panics unasked",
            format_args!("{}", text(&*payload).unwrap_or("a payload without a text")),
        ),
    }
    Err(caught)
}

/// Runs `f`, which may end with an injected panic and with no other.
pub(crate) fn contained(tally: &Tally, f: impl FnOnce()) {
    // What was caught has been counted, or reported.
    let _ = caught(tally, Allowed::Nothing, f);
}

/// Panics of onset's that are asked for print nothing.
pub(crate) fn quiet_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if classify(info.payload()) == Caught::Unexpected {
            before(info);
        }
    }));
}
