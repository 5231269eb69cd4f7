//! A place at which one worker after the other does its operations.

use std::{
    hint::black_box,
    mem,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    dice::Dice,
    hand,
    options::Plant,
    room::Context,
    run::Run,
    tally::Count,
    values::Record,
    violations::{self, Place},
};

/// What a worker is in the middle of.
#[derive(Clone, Copy)]
pub(crate) struct Doing {
    pub(crate) place: Place,
    pub(crate) room: &'static str,
    pub(crate) what: &'static str,
    pub(crate) since: Instant,
}

impl Doing {
    pub(crate) fn begins(place: Place, room: &'static str) -> Self {
        Self {
            place,
            room,
            what: "begins",
            since: Instant::now(),
        }
    }
}

#[derive(Default)]
pub(crate) struct Seat(Mutex<Option<Doing>>);

impl Seat {
    pub(crate) fn current(&self) -> Option<Doing> {
        *self.lock()
    }

    pub(crate) fn doing(&self, what: &'static str) {
        if let Some(doing) = self.lock().as_mut() {
            doing.what = what;
        }
    }

    pub(crate) fn set(&self, doing: Option<Doing>) {
        *self.lock() = doing;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Doing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a worker lives, in operations: mostly short, so that threads come and go.
fn life(seed: u64, worker: u64) -> u64 {
    let mut dice = Dice::of(seed, worker, u64::MAX);
    match dice.below(10) {
        0 => 1 + dice.below(5),
        9 => 1000 + dice.below(10_000),
        _ => 20 + dice.below(1000),
    }
}

/// Sends one worker after the other to the seat, each on a thread of its own, until the run ends.
pub(crate) fn serve(run: &'static Run, number: usize) {
    let mut left = run.operations_of(number);
    let mut worker = number as u64;
    while left > 0 && !run.is_over() {
        let operations = life(run.seed, worker).min(left);
        left -= operations;
        let record = Record::new(run.threads);
        let own = record.clone();
        let work = move || {
            hand::own(own);
            work(run, number, worker, operations);
        };
        let thread = thread::Builder::new().name(format!("worker {worker}"));
        let ended = match thread.spawn(work) {
            Ok(thread) => thread.join(),
            Err(_) => {
                // The system has too many threads at the moment.
                thread::sleep(Duration::from_millis(10));
                Ok(())
            }
        };
        if ended.is_err() {
            run.threads.violation(
                "nothing panics unasked",
                format_args!("worker {worker} panicked outside an operation"),
            );
        }
        run.threads.add(Count::Operations);
        // Another thread may be visiting a value of this one, and then drops it.
        run.lingering.add(&record);
        worker += run.seats.len() as u64;
    }
    run.served();
}

fn work(run: &'static Run, number: usize, worker: u64, operations: u64) {
    let seat = &run.seats[number];
    for operation in 0..operations {
        if run.is_over() {
            break;
        }
        let place = Place::of_worker(worker, operation);
        violations::at_work(place);
        let mut dice = Dice::of(run.seed, worker, operation);
        let furnished = &run.rooms[room(run, worker, &mut dice)];
        let tally = furnished.tally;
        seat.set(Some(Doing::begins(place, tally.room)));
        let context = Context {
            tally,
            planting: run.planting,
            seat,
        };
        plant(&context, run);
        furnished.room.operate(&mut dice, &context);
        tally.add(Count::Operations);
    }
    seat.set(None);
}

/// Neighbours have a favourite room, so that they meet there.
fn room(run: &Run, worker: u64, dice: &mut Dice) -> usize {
    const NEIGHBOURS: u64 = 8;
    let mut favourite = Dice::of(run.seed, worker / NEIGHBOURS, u64::MAX - 1);
    let dice = match dice.below(4) {
        0 => dice,
        _ => &mut favourite,
    };
    dice.index(run.rooms.len())
}

fn plant(context: &Context<'_>, run: &Run) {
    if context.planting.now(Plant::StuckThread) {
        context.doing("being stuck");
        thread::sleep(run.bound + run.bound / 2);
    }
    if context.planting.now(Plant::Hang) {
        context.doing("hanging");
        thread::sleep(Duration::MAX);
    }
    if context.planting.is(Plant::Growth) {
        grow(run);
    }
    assert!(
        !context.planting.now(Plant::Panic),
        "the panic that was planted"
    );
}

/// Leaks 64 MiB per second, whatever the number of operations.
fn grow(run: &Run) {
    static LEAKED: AtomicU64 = AtomicU64::new(0);
    let due = run.began.elapsed().as_millis() as u64;
    if LEAKED.fetch_max(due, Ordering::Relaxed) < due {
        // Touched, so that it counts, and seen, so that it is not optimised away.
        mem::forget(black_box(vec![1_u8; 64 << 10]));
    }
}
