//! Looks over the rooms every now and then, at a seat of its own: the watchdog must not touch
//! anything that may hang.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    room::Context,
    run::{Furnished, Run},
    seat::{Doing, Seat},
    violations::{self, Place},
};

const PAUSE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(20);

/// Checks until the run is over.
pub(crate) fn watch_over(run: &Run) {
    let mut number = 0;
    while !run.is_over() && !run.is_idle() {
        let checked = Instant::now();
        check(run, number);
        number += 1;
        while checked.elapsed() < PAUSE && !run.is_over() && !run.is_idle() {
            thread::sleep(TICK);
        }
    }
}

/// Has all rooms look over their objects.
pub(crate) fn check(run: &Run, number: u64) {
    let place = Place::of_checker(number);
    violations::at_work(place);
    let seat: &Seat = &run.checker;
    for Furnished { room, tally } in &run.rooms {
        seat.set(Some(Doing::begins(place, tally.room)));
        room.check(&Context {
            tally,
            planting: run.planting,
            seat,
        });
    }
    seat.set(None);
}
