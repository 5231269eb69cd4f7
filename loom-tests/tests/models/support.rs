//! A value that notices when it is seen half-made, and the frame around each model.

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{
        AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
    time::Instant,
};

use loom::{cell::UnsafeCell, sync::Arc, thread};
use onset_modelled::{InitCell, OnceCell};

/// Explores two threads whole, and prints how many executions there were and how long they took.
///
/// Twice, with the parts of [`two`] swapped: of all the loads before an exchange loom takes only the last one
/// for something that the exchange could have come before. Where a thread looks before it exchanges, that is its own look,
/// and another thread's earlier look is never moved behind the exchange. In one of the two arrangements it stands there anyway.
pub(crate) fn model(name: &str, f: impl Fn() + Sync + Send + 'static) {
    explore(name, None, &[false, true], f);
}

/// Explores those interleavings of three threads in which one is interrupted at most `PREEMPTIONS`
/// times: all of them would take hours.
pub(crate) fn model_of_three(name: &str, f: impl Fn() + Sync + Send + 'static) {
    explore(name, Some(PREEMPTIONS), &[false], f);
}

/// The same for two threads that do too much: both arrangements.
pub(crate) fn long_model(name: &str, f: impl Fn() + Sync + Send + 'static) {
    explore(name, Some(PREEMPTIONS), &[false, true], f);
}

const PREEMPTIONS: usize = 3;

std::thread_local! {
    static SWAPPED: Cell<bool> = const { Cell::new(false) };
}

fn explore(
    name: &str,
    preemptions: Option<usize>,
    arrangements: &[bool],
    f: impl Fn() + Sync + Send + 'static,
) {
    let executions = std::sync::Arc::new(AtomicUsize::new(0));
    let f = std::sync::Arc::new(f);
    let start = Instant::now();
    for &swapped in arrangements {
        let (counted, f) = (
            std::sync::Arc::clone(&executions),
            std::sync::Arc::clone(&f),
        );
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = preemptions;
        builder.check(move || {
            counted.fetch_add(1, Relaxed);
            SWAPPED.set(swapped);
            balance();
            // On a thread of its own, because it yields, and loom lets those who yielded go last.
            thread::spawn(touch_lot).join().unwrap();
            f();
        });
        balance();
    }
    println!(
        "model {name:<44} {:>8} executions {:>8.2?}",
        executions.load(Relaxed),
        start.elapsed()
    );
}

/// Loom's statics are born when they are first used, and order that use before all others: an edge
/// which the real program does not have. Here it comes before the threads, where it orders nothing.
fn touch_lot() {
    assert!(
        OnceCell::<u8>::new()
            .wait_timeout(std::time::Duration::ZERO)
            .is_none()
    );
}

std::thread_local! {
    /// Who made values in this execution.
    static MAKERS: RefCell<Vec<Maker>> = const { RefCell::new(Vec::new()) };
}

/// Between two executions, when all threads are gone: every value was dropped, once.
fn balance() {
    for maker in MAKERS.take() {
        assert_eq!(
            maker.dropped(),
            maker.made(),
            "values that were not dropped, or twice"
        );
    }
}

/// A cell that was touched before it is shared (`src/sync` says why): an initialiser that fails
/// touches all of it.
pub(crate) fn shared<C: InitCell>(cell: C) -> Arc<C> {
    assert!(cell.get_or_try_init(|| Err(())).is_err());
    Arc::new(cell)
}

/// A value of which loom sees every access: reading it without an edge from the thread that made it
/// is reported, however whole it looks.
pub(crate) struct Whole {
    value: UnsafeCell<usize>,
    drops: std::sync::Arc<AtomicUsize>,
    /// For a value in an `Arc` of std's, whose count loom does not see: the edges that letting go
    /// of it makes, from each reader to the drop.
    let_go: Option<loom::sync::atomic::AtomicUsize>,
}

// SAFETY: [MODEL] loom checks each access, and all threads of a model run on one thread of the
// system.
unsafe impl Send for Whole {}
// SAFETY: [MODEL] as above.
unsafe impl Sync for Whole {}

impl Whole {
    pub(crate) fn read(&self) -> usize {
        let value = self.value.with(|value| {
            // SAFETY: [MODEL] loom reports a write that could happen at the same time.
            unsafe { *value }
        });
        if let Some(let_go) = &self.let_go {
            let_go.fetch_add(1, Release);
        }
        value
    }
}

impl Whole {
    /// For who has it to himself.
    pub(crate) fn write(&self, value: usize) {
        self.value.with_mut(|place| {
            // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
            unsafe { *place = value }
        });
    }
}

impl Drop for Whole {
    /// A write, so that loom reports who still reads.
    fn drop(&mut self) {
        if let Some(let_go) = &self.let_go {
            let_go.fetch_add(1, Acquire);
        }
        self.value.with_mut(|_| ());
        self.drops.fetch_add(1, Relaxed);
    }
}

/// Makes values and counts their drops.
#[derive(Clone)]
pub(crate) struct Maker {
    made: std::sync::Arc<AtomicUsize>,
    drops: std::sync::Arc<AtomicUsize>,
    in_arcs: bool,
}

impl Default for Maker {
    fn default() -> Self {
        let maker = Self::of_leaked();
        MAKERS.with_borrow_mut(|makers| makers.push(maker.clone()));
        maker
    }
}

impl Maker {
    /// Of values that are not dropped.
    pub(crate) fn of_leaked() -> Self {
        Self {
            made: Default::default(),
            drops: Default::default(),
            in_arcs: false,
        }
    }

    /// Of values that stand in `Arc`s.
    pub(crate) fn of_arcs() -> Self {
        Self {
            in_arcs: true,
            ..Self::default()
        }
    }

    pub(crate) fn make(&self, value: usize) -> Whole {
        self.made.fetch_add(1, Relaxed);
        let whole = Whole {
            value: UnsafeCell::new(0),
            drops: self.drops.clone(),
            let_go: self.in_arcs.then(Default::default),
        };
        whole.value.with_mut(|place| {
            // SAFETY: [MODEL] nobody else has it yet.
            unsafe { *place = value }
        });
        whole
    }

    pub(crate) fn made(&self) -> usize {
        self.made.load(Relaxed)
    }

    pub(crate) fn dropped(&self) -> usize {
        self.drops.load(Relaxed)
    }
}

/// Something that is no part of a cell, but that its initialisers write: they must not overlap, and
/// the next one must see what the last one did.
#[derive(Default)]
pub(crate) struct Aside(UnsafeCell<usize>);

// SAFETY: [MODEL] as for `Whole`.
unsafe impl Send for Aside {}
// SAFETY: [MODEL] as for `Whole`.
unsafe impl Sync for Aside {}

impl Aside {
    pub(crate) fn add_one(&self) -> usize {
        self.0.with_mut(|place| {
            // SAFETY: [MODEL] loom reports any other access that could happen at the same time.
            let place = unsafe { &mut *place };
            *place += 1;
            *place
        })
    }

    pub(crate) fn read(&self) -> usize {
        self.0.with(|place| {
            // SAFETY: [MODEL] loom reports a write that could happen at the same time.
            unsafe { *place }
        })
    }
}

/// Runs `a` on a thread of its own and `b` on this one, or the other way round; the cell is dropped here after both.
pub(crate) fn two<C, A, B>(
    cell: &Arc<C>,
    a: impl FnOnce(&C) -> A + 'static,
    b: impl FnOnce(&C) -> B + 'static,
) -> (A, B)
where
    C: Send + Sync + 'static,
    A: 'static,
    B: 'static,
{
    let other = Arc::clone(cell);
    if SWAPPED.get() {
        let thread = thread::spawn(move || b(&other));
        let a = a(cell);
        (a, thread.join().unwrap())
    } else {
        let thread = thread::spawn(move || a(&other));
        let b = b(cell);
        (thread.join().unwrap(), b)
    }
}

/// A panic inside an initialiser that is part of the model: raised without the hook, caught by
/// whoever called.
pub(crate) fn fails<R>(f: impl FnOnce() -> R) -> Result<R, ()> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        if !payload.is::<Expected>() {
            resume_unwind(payload);
        }
    })
}

struct Expected;

pub(crate) fn panic_as_expected() -> ! {
    resume_unwind(Box::new(Expected))
}
