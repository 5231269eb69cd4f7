//! All threads, one cell after the other, with whatever initialisers do.

use std::{
    hint::spin_loop,
    panic::resume_unwind,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use onset::{Counted, HedgedCell, OnceCell, RaceArc, RaceCell};

use super::{CELLS, THREADS};
use crate::{
    conformance::{Cell, ENDLESS, Hedged},
    support::{Dice, Ledger, StartLine, Tracked, catch, is_planned, planned_panic, run_together},
};

/// What went on in one cell.
#[derive(Default)]
struct Record {
    /// Values that initialisers returned.
    computed: AtomicUsize,
    /// Threads that went home with an error or a panic of their own.
    failed: AtomicUsize,
    /// Values that were handed back by `set`.
    refused: AtomicUsize,
    /// Values that `set` published.
    accepted: AtomicUsize,
    /// The address and the number that the first one saw; all others compare with it.
    seen: AtomicUsize,
}

impl Record {
    fn saw(&self, value: &Tracked) {
        value.id();
        let address = ptr::from_ref(value).addr();
        let first = self
            .seen
            .compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed);
        assert!(
            first.is_ok_and(|_| true) || first == Err(address),
            "two values"
        );
    }
}

fn bump(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// An initialiser's run: it may be short or long, give its core away, return a value, an error, or
/// panic.
fn initialise(
    dice: &mut Dice,
    ledger: &'static Ledger,
    record: &Record,
    reliable: bool,
) -> Result<Tracked, ()> {
    match dice.roll(4) {
        0 => (0..dice.roll(400)).for_each(|_| spin_loop()),
        1 => (0..dice.roll(4)).for_each(|_| thread::yield_now()),
        _ => {}
    }
    let value = ledger.value(dice.roll(1000));
    match dice.roll(6) {
        0 if !reliable => Err(()),
        1 if !reliable => planned_panic(),
        _ => {
            bump(&record.computed);
            Ok(value)
        }
    }
}

/// One thread's visit to a cell.
fn visit<C: Cell>(
    cell: &C,
    record: &Record,
    ledger: &'static Ledger,
    dice: &mut Dice,
    thread: usize,
) {
    // The first thread sees to it that each cell gets a value.
    let reliable = thread == 0;
    match dice.roll(8) {
        0 if !reliable => cell.get().into_iter().for_each(|value| record.saw(value)),
        1 if !reliable => match cell.set(ledger.value(thread as u64)) {
            Ok(()) => bump(&record.accepted),
            Err(back) => {
                assert_eq!(back.id(), thread as u64);
                bump(&record.refused);
                record.saw(cell.get().expect("refused, so there is one"));
            }
        },
        _ => match catch(|| cell.get_or_try_init(|| initialise(dice, ledger, record, reliable))) {
            Ok(Ok(value)) => record.saw(value),
            Ok(Err(())) => bump(&record.failed),
            Err(payload) if is_planned(&payload) => bump(&record.failed),
            Err(payload) => resume_unwind(payload),
        },
    }
}

/// Sends all threads over fresh cells, one after the other, and returns what went on in each.
fn storm<C: Cell>(seed: u64) -> Vec<Record> {
    let cells: Vec<C> = (0..CELLS).map(|_| C::EMPTY).collect();
    let records: Vec<Record> = (0..CELLS).map(|_| Record::default()).collect();
    let (ledger, line) = (Ledger::new(), StartLine::new(THREADS));
    run_together(THREADS, |thread| {
        let (_member, mut dice) = (line.member(), Dice::new(seed * 1000 + thread as u64));
        for (cell, record) in cells.iter().zip(&records) {
            line.line_up();
            visit(cell, record, ledger, &mut dice, thread);
        }
    });
    for (cell, record) in cells.iter().zip(&records) {
        record.saw(cell.get().expect("the first thread fills it"));
        assert!(record.accepted.load(Ordering::Relaxed) <= 1);
    }
    assert_eq!(ledger.alive(), CELLS, "one value per cell");
    drop(cells);
    assert_eq!(ledger.alive(), 0);
    records
}

/// How many values each cell got offered beyond the one that it kept.
fn surplus(record: &Record) -> usize {
    let [computed, accepted] =
        [&record.computed, &record.accepted].map(|n| n.load(Ordering::Relaxed));
    computed + accepted - 1
}

#[test]
fn race_cells() {
    storm::<RaceCell<_>>(1);
    storm::<RaceArc<_>>(2);
}

#[test]
fn once_cells_compute_once() {
    let records = storm::<OnceCell<_>>(3);
    assert!(records.iter().all(|record| surplus(record) == 0));
    assert!(
        records
            .iter()
            .any(|record| record.failed.load(Ordering::Relaxed) > 0)
    );
}

#[test]
fn hedged_cells() {
    storm::<HedgedCell<_>>(4);
    storm::<Hedged<_, 0>>(5);
    storm::<Hedged<_, 3>>(6);
}

/// `set` does not wait, so it may make a loser of the one computation; there are never two
/// computations.
#[test]
fn hedged_cells_with_endless_patience_compute_once() {
    let records = storm::<Hedged<_, ENDLESS>>(7);
    for record in &records {
        let computed = record.computed.load(Ordering::Relaxed);
        assert!(
            computed <= 1 && surplus(record) <= 1,
            "{computed} computations"
        );
    }
}

#[test]
fn counted_cells() {
    storm::<Counted<OnceCell<_>>>(8);
    storm::<Counted<RaceCell<_>>>(9);
}
