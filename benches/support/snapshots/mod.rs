//! Values that are replaced as a whole while others read them.
//!
//! A reading thread has a handle of its own where the peer has such a thing, made before the clock
//! starts. Ids are for ever: `snapshot/load/arc_swap/2`.

mod controls;
mod field;
mod locks;
mod onset;
mod reload;
mod storm;
mod value;

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;

use super::{
    figures::Times,
    rounds::{Named, Turn},
    team::Seat,
};
pub(crate) use storm::{Stored, Storming};
pub(crate) use value::{Counts, Whole};

/// The writer beside the readers stores that often.
pub(crate) const EVERY: Duration = Duration::from_micros(100);

/// A place for a value that is replaced.
pub(crate) trait Snapshot: Send + Sync + Sized + 'static {
    type Reader<'c>: Read
    where
        Self: 'c;
    type Writer<'c>: Write
    where
        Self: 'c;

    fn new(value: Whole) -> Self;

    /// What one reading thread keeps.
    fn reader(&self) -> Self::Reader<'_>;

    /// What one storing thread keeps.
    fn writer(&self) -> Self::Writer<'_>;
}

pub(crate) trait Read {
    /// Loads the value, shows it and lets go of it. Always inlined, so that every call that is
    /// left is the peer's own.
    fn with<R>(&mut self, show: impl FnOnce(&Whole) -> R) -> R;
}

pub(crate) trait Write {
    fn store(&mut self, value: Whole);
}

/// A place of any make. The loops stand inside the calls, so that finding the place isn't timed.
pub(crate) trait Cell: Send + Sync {
    /// The time that the first thread takes for its loads, while the others load too.
    fn loads(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;

    /// The time that one thread takes for its stores.
    fn stores(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;

    /// The time that one thread takes for its pairs of a store and the first load after it.
    fn changes(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration>;

    fn store(&self, value: Whole);

    /// Stores every [`EVERY`], asleep in between, until the turn is over; how often.
    fn store_now_and_then(&self, seat: &Seat<'_>, stop: &AtomicBool) -> u64;

    /// Loads once, and hands out whatever a thread that reads keeps from then on.
    fn visit(&self) -> Box<dyn Handle + '_>;

    /// Loads until told to stop; how long each took.
    fn storm_loads(&self, seat: &Seat<'_>, stop: &AtomicBool) -> Times;

    /// Stores without a pause for so long, then tells the others to stop.
    fn storm_stores(&self, seat: &Seat<'_>, storming: &Storming<'_>) -> Stored;
}

/// What a reading thread keeps, of any make.
pub(crate) trait Handle {}

impl<R: Read> Handle for R {}

/// Neighbours in memory share no cache line.
impl<S: Snapshot> Cell for CachePadded<S> {
    fn loads(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let cell: &S = black_box(self);
        let mut reader = cell.reader();
        turn.time(
            seat,
            |times| load(&mut reader, times),
            |stop| load_until(&mut cell.reader(), stop),
        )
    }

    fn stores(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let cell: &S = black_box(self);
        let mut writer = cell.writer();
        let store = |times| (0..times).for_each(|number| writer.store(Whole::new(number)));
        turn.time(seat, store, |_| ())
    }

    fn changes(&self, seat: &Seat<'_>, turn: &Turn<'_>) -> Option<Duration> {
        let cell: &S = black_box(self);
        let (mut writer, mut reader) = (cell.writer(), cell.reader());
        let change = |number| {
            writer.store(Whole::new(number));
            load(&mut reader, 1);
        };
        turn.time(seat, |times| (0..times).for_each(change), |_| ())
    }

    fn store(&self, value: Whole) {
        self.writer().store(value);
    }

    fn store_now_and_then(&self, seat: &Seat<'_>, stop: &AtomicBool) -> u64 {
        let mut writer = self.writer();
        seat.line_up();
        let mut due = Instant::now();
        let mut stores = 0;
        loop {
            due = (due + EVERY).max(Instant::now());
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if stop.load(Ordering::Relaxed) {
                return stores;
            }
            writer.store(Whole::new(stores));
            stores += 1;
        }
    }

    fn visit(&self) -> Box<dyn Handle + '_> {
        let mut reader = self.reader();
        load(&mut reader, 1);
        Box::new(reader)
    }

    fn storm_loads(&self, seat: &Seat<'_>, stop: &AtomicBool) -> Times {
        let mut reader = self.reader();
        seat.line_up();
        storm::loads(&mut reader, stop)
    }

    fn storm_stores(&self, seat: &Seat<'_>, storming: &Storming<'_>) -> Stored {
        let mut writer = self.writer();
        seat.line_up();
        storm::stores(&mut writer, storming)
    }
}

#[inline(always)]
fn load(reader: &mut impl Read, times: u64) {
    for _ in 0..times {
        black_box(reader.with(Whole::number));
    }
}

fn load_until(reader: &mut impl Read, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        load(reader, 64);
    }
}

/// One row of every table.
#[derive(Clone, Copy)]
pub(crate) struct Contestant {
    id: &'static str,
    make: fn(Whole) -> Box<dyn Cell>,
}

impl Contestant {
    const fn new<S: Snapshot>(id: &'static str) -> Self {
        Self {
            id,
            make: |value| Box::new(CachePadded::new(S::new(value))),
        }
    }

    pub(crate) fn cell(&self) -> Box<dyn Cell> {
        self.counted(Whole::new(0))
    }

    /// A cell whose first value is counted.
    pub(crate) fn counted(&self, first: Whole) -> Box<dyn Cell> {
        (self.make)(first)
    }
}

impl Named for Contestant {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// Everyone who loads while nobody stores; the first is what the others are compared with.
pub(crate) fn readers() -> Vec<Contestant> {
    let more = [reload::CELLS, controls::CLOCK, controls::NO_CELL].concat();
    [readers_beside_a_writer(), more].concat()
}

/// Everyone who loads while somebody stores now and then.
pub(crate) fn readers_beside_a_writer() -> Vec<Contestant> {
    let in_place = locks::READ_IN_PLACE.to_vec();
    [writers(), handles(), in_place].concat()
}

/// Everyone who stores.
pub(crate) fn writers() -> Vec<Contestant> {
    [field::CELLS, onset::CELLS, locks::CELLS].concat()
}

/// Everyone who loads what was just stored.
pub(crate) fn changers() -> Vec<Contestant> {
    [writers(), handles()].concat()
}

/// Everyone who is in the storm.
pub(crate) fn storm() -> Vec<Contestant> {
    [changers(), controls::NO_CELL.to_vec()].concat()
}

/// Those who load through a handle that keeps the last value.
fn handles() -> Vec<Contestant> {
    [field::HANDLES, onset::HANDLES].concat()
}
