//! All at once: constant publications against readers of every kind.
//!
//! What holds at every moment: each loaded value is whole, and no thread sees a generation older
//! than one it has seen. What holds in between: nobody's value is alive but the current one and
//! those that somebody keeps.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use onset::{Guard, SnapshotCell};

use crate::support::{Dice, StartLine, run_together};

const READERS: usize = 4;
const WRITERS: usize = 2;
const ROUNDS: usize = if cfg!(miri) { 2 } else { 20 };
const STORES: u64 = if cfg!(miri) { 20 } else { 1000 };

/// At most these are alive at any moment: the current one; for each reader its copy, its reader's
/// copy and two guards; for each writer its copy, a guard, what it has made and what it takes back.
const MOST: usize = 1 + 4 * READERS + 4 * WRITERS;

/// Eight equal words; how many of them are alive is counted.
struct Whole {
    words: [u64; 8],
    alive: Arc<AtomicUsize>,
}

impl Whole {
    fn new(id: u64, alive: &Arc<AtomicUsize>) -> Self {
        let before = alive.fetch_add(1, Ordering::Relaxed);
        assert!(before < MOST, "{before} values are alive");
        let alive = Arc::clone(alive);
        Self {
            words: [id; 8],
            alive,
        }
    }

    fn id(&self) -> u64 {
        assert_eq!(
            self.words, [self.words[0]; 8],
            "half a value, or a dropped one"
        );
        self.words[0]
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.words[4..].fill(u64::MAX);
        let before = self.alive.fetch_sub(1, Ordering::Relaxed);
        assert!(before > 0, "more were dropped than made");
    }
}

/// Publishes, in every way, values whose numbers are their generations.
fn write(cell: &SnapshotCell<Whole>, alive: &Arc<AtomicUsize>, dice: &mut Dice) {
    for _ in 0..STORES {
        let next = |old: &Whole| Whole::new(old.id() + 1, alive);
        match dice.roll(3) {
            0 => drop(cell.update(next)),
            1 => drop(cell.try_update(|old| if old.id() > 0 { Ok(next(old)) } else { Err(()) })),
            _ => {
                let current = cell.load();
                let new = Arc::new(next(&current));
                match cell.compare_and_swap(&current, new) {
                    Ok(old) => assert_eq!(old.id(), current.id()),
                    Err(changed) => assert!(changed.current.id() > current.id()),
                }
            }
        }
    }
}

/// Loads in every way, until the writers are done.
fn read(cell: &SnapshotCell<Whole>, done: &AtomicBool, dice: &mut Dice) {
    let (mut reader, mut kept, mut newest) = (cell.reader(), cell.load(), 0);
    let mut saw = |generation: u64, id: u64| {
        assert_eq!(id, generation, "a value of another generation");
        assert!(generation >= newest, "back from {newest} to {generation}");
        newest = generation;
    };
    while !done.load(Ordering::Relaxed) {
        match dice.roll(5) {
            0 => {
                let id = reader.load().id();
                saw(reader.generation(), id);
            }
            1 => {
                kept = cell.load();
                saw(Guard::generation(&kept), kept.id());
            }
            2 => {
                let before = cell.generation();
                let id = cell.load_full().id();
                assert!(before <= id && id <= cell.generation());
                saw(id, id);
            }
            3 => thread::yield_now(),
            _ => {
                let guard = cell.load();
                saw(Guard::generation(&guard), guard.id());
            }
        }
        assert_eq!(kept.id(), Guard::generation(&kept));
    }
}

#[test]
fn values_are_whole_and_generations_only_grow() {
    let alive = Arc::new(AtomicUsize::new(0));
    for round in 0..ROUNDS {
        let cell = SnapshotCell::new(Whole::new(1, &alive));
        let (done, writing) = (AtomicBool::new(false), AtomicUsize::new(WRITERS));
        run_together(READERS + WRITERS, |thread| {
            let mut dice = Dice::new((round * 100 + thread) as u64);
            if thread >= WRITERS {
                return read(&cell, &done, &mut dice);
            }
            write(&cell, &alive, &mut dice);
            if writing.fetch_sub(1, Ordering::Relaxed) == 1 {
                done.store(true, Ordering::Relaxed);
            }
        });
        assert_eq!(cell.load().id(), cell.generation());
        assert_eq!(alive.load(Ordering::Relaxed), 1);
    }
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

/// Stores and swaps of several threads against each other, and threads that are idle in between:
/// what each has kept is the current value or one old one.
#[test]
fn the_number_of_living_values_stays_flat() {
    const THREADS: usize = READERS + WRITERS;
    let alive = Arc::new(AtomicUsize::new(0));
    let cell = SnapshotCell::new(Whole::new(0, &alive));
    let line = StartLine::new(THREADS);
    run_together(THREADS, |thread| {
        let (_member, mut dice) = (line.member(), Dice::new(thread as u64));
        for _ in 0..ROUNDS {
            for id in 0..STORES / 4 {
                match dice.roll(6) {
                    0 => cell.store(Whole::new(id, &alive)),
                    1 => drop(cell.swap(Whole::new(id, &alive))),
                    _ => drop(cell.load().id()),
                }
            }
            line.line_up();
            let idle = alive.load(Ordering::Relaxed);
            assert!(idle <= 1 + THREADS, "{idle} values are alive");
            line.line_up();
            cell.load().id();
            line.line_up();
            assert_eq!(
                alive.load(Ordering::Relaxed),
                1,
                "everybody has the current one"
            );
            line.line_up();
        }
    });
    assert_eq!(alive.load(Ordering::Relaxed), 1);
    drop(cell);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}
