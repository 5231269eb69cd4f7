//! A run from its beginning to its end.

use std::{
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    checker, faults,
    lingering::Lingering,
    options::Options,
    planting::Planting,
    room::{Room, Setting},
    rooms,
    seat::{self, Seat},
    table,
    tally::{Count, Tally},
    violations::Violations,
    watch::Watch,
};

pub(crate) struct Furnished {
    pub(crate) tally: &'static Tally,
    pub(crate) room: Box<dyn Room>,
}

/// Lives as long as the process: there is one per process.
pub(crate) struct Run {
    pub(crate) seed: u64,
    pub(crate) began: Instant,
    operations: Option<u64>,
    /// So long an operation may take.
    pub(crate) bound: Duration,
    pub(crate) rooms: Vec<Furnished>,
    /// The workers themselves, and the values that belong to them.
    pub(crate) threads: &'static Tally,
    pub(crate) seats: Vec<Seat>,
    /// Who looks over the rooms.
    pub(crate) checker: Seat,
    pub(crate) planting: &'static Planting,
    pub(crate) lingering: &'static Lingering,
    pub(crate) violations: &'static Violations,
    over: AtomicBool,
    /// How many seats have seen their last worker.
    served: AtomicUsize,
}

fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

impl Run {
    /// `None` if there is no room by one of the names.
    pub(crate) fn new(options: &Options) -> Option<&'static Self> {
        let seed = options.seed();
        let violations = forever(Violations::new(seed));
        let lingering = forever(Lingering::default());
        let planting = forever(Planting::new(options.plant));
        let known = |name: &String| rooms::ALL.iter().any(|(room, _)| room == name);
        if !options.rooms.iter().all(known) {
            return None;
        }
        let wanted =
            |name: &str| options.rooms.is_empty() || options.rooms.iter().any(|n| n == name);
        let furnish = |&(name, furnish): &rooms::Entry| {
            let tally = forever(Tally::new(name, violations));
            let setting = Setting {
                tally,
                lingering,
                planting,
            };
            let room = furnish(setting);
            Furnished { tally, room }
        };
        Some(forever(Self {
            seed,
            began: Instant::now(),
            operations: options.operations,
            bound: options.bound,
            rooms: rooms::ALL
                .iter()
                .filter(|(name, _)| wanted(name))
                .map(furnish)
                .collect(),
            threads: forever(Tally::new("threads", violations)),
            seats: (0..options.threads).map(|_| Seat::default()).collect(),
            checker: Seat::default(),
            planting,
            lingering,
            violations,
            over: AtomicBool::new(false),
            served: AtomicUsize::new(0),
        }))
    }

    /// The share of a seat, so that who does what depends on nothing but the seed.
    pub(crate) fn operations_of(&self, seat: usize) -> u64 {
        let Some(all) = self.operations else {
            return u64::MAX;
        };
        let seats = self.seats.len() as u64;
        all / seats + u64::from((seat as u64) < all % seats)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.violations.too_many()
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(crate) fn tallies(&self) -> impl Iterator<Item = &'static Tally> {
        let rooms = self.rooms.iter().map(|room| room.tally);
        rooms.chain([self.threads])
    }

    pub(crate) fn sum(&self, count: Count) -> u64 {
        self.tallies().map(|tally| tally.get(count)).sum()
    }

    /// Whether all workers are gone.
    pub(crate) fn is_idle(&self) -> bool {
        self.served.load(Ordering::Acquire) == self.seats.len()
    }

    /// A seat has seen its last worker.
    pub(crate) fn served(&self) {
        self.served.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn live(&self) -> u64 {
        // In this order, so that it is not negative.
        let dropped = self.sum(Count::Dropped);
        self.sum(Count::Created).saturating_sub(dropped)
    }
}

pub(crate) fn run(run: &'static Run, options: &Options) -> ExitCode {
    faults::quiet_hook();
    println!(
        "seed {}, {} threads, {} rooms",
        run.seed,
        run.seats.len(),
        run.rooms.len()
    );
    if ctrlc::set_handler(|| run.end()).is_err() {
        eprintln!("an interrupt will not close with the table: the system refused the handler");
    }
    let mut threads: Vec<_> = (0..run.seats.len())
        .map(|number| thread::spawn(move || seat::serve(run, number)))
        .collect();
    threads.push(thread::spawn(|| checker::watch_over(run)));
    let mut watch = Watch::new(run, options);
    while !threads.iter().all(thread::JoinHandle::is_finished) {
        watch.look();
    }
    close(run, &watch);
    rooms::clean_up();
    table::print(run);
    match run.violations.count() {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// All workers are gone: now everything balances exactly.
fn close(run: &Run, watch: &Watch) {
    checker::check(run, u64::MAX);
    for Furnished { room, .. } in &run.rooms {
        room.close();
    }
    run.lingering.close();
    for tally in run.tallies() {
        let [created, dropped] = [Count::Created, Count::Dropped].map(|count| tally.get(count));
        tally.require(
            created == dropped,
            "nothing is left at the end",
            format_args!("{created} created, {dropped} dropped"),
        );
    }
    if let Some((first, last)) = watch.samples().growth() {
        let [first, last] = [first, last].map(|bytes| bytes >> 20);
        run.threads.violation(
            "the process does not grow",
            format_args!("from {first} to {last} MiB"),
        );
    }
}
