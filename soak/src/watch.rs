//! Looks at the run from outside: does anybody hang, does anything pile up, how far is it?

use std::{
    collections::HashSet,
    io::{IsTerminal, stderr},
    process, thread,
    time::{Duration, Instant},
};

use crate::{
    memory::Samples,
    options::Options,
    rooms,
    run::Run,
    seat::{Doing, Seat},
    table,
    tally::Count,
    violations::Place,
};

const TICK: Duration = Duration::from_millis(20);

/// After so many times the bound nobody waits for a worker that hangs.
const PATIENCE: u32 = 6;

/// Far more than all rooms have when each of their objects is as full as it gets.
const MOST_ALIVE: u64 = 500_000;

pub(crate) struct Watch {
    run: &'static Run,
    end: Option<Duration>,
    shown: Instant,
    shown_operations: u64,
    checked: Instant,
    reported: HashSet<Place>,
    samples: Samples,
}

impl Watch {
    pub(crate) fn new(run: &'static Run, options: &Options) -> Self {
        let end = match options.operations {
            Some(_) => None,
            None => Some(Duration::from_secs(options.seconds)),
        };
        Self {
            run,
            end,
            shown: Instant::now(),
            shown_operations: 0,
            checked: Instant::now(),
            reported: HashSet::new(),
            samples: Samples::default(),
        }
    }

    pub(crate) fn samples(&self) -> &Samples {
        &self.samples
    }

    pub(crate) fn look(&mut self) {
        thread::sleep(TICK);
        if self.end.is_some_and(|end| self.run.began.elapsed() >= end) {
            self.run.end();
        }
        self.look_for_hangs();
        self.samples.take();
        if self.checked.elapsed() >= Duration::from_secs(1) {
            self.checked = Instant::now();
            self.check();
        }
        let pause = if stderr().is_terminal() { 1 } else { 10 };
        if self.shown.elapsed() >= Duration::from_secs(pause) {
            self.show();
        }
    }

    fn check(&self) {
        self.run.lingering.sweep();
        let live = self.run.live();
        self.run.threads.require(
            live <= MOST_ALIVE,
            "values do not pile up",
            format_args!("{live} are alive"),
        );
    }

    fn doings(&self) -> impl Iterator<Item = Doing> {
        let seats = self.run.seats.iter().chain([&self.run.checker]);
        seats.filter_map(Seat::current)
    }

    fn look_for_hangs(&mut self) {
        let slow: Vec<Doing> = self
            .doings()
            .filter(|doing| doing.since.elapsed() >= self.run.bound)
            .collect();
        for doing in &slow {
            let Doing { place, .. } = *doing;
            if self.reported.insert(place) {
                self.run.threads.add(Count::Violations);
                self.run.violations.report_at(
                    doing.room,
                    "nobody waits for longer than the bound",
                    Some(place),
                    format_args!("{:.1?} in `{}`", doing.since.elapsed(), doing.what),
                );
            }
        }
        let hopeless = |doing: &Doing| doing.since.elapsed() >= self.run.bound * PATIENCE;
        if slow.iter().any(hopeless) {
            self.give_up();
        }
    }

    /// Whoever hangs cannot be ended: the process is.
    fn give_up(&self) -> ! {
        eprintln!("broken off, because somebody hangs; what all are doing:");
        for doing in self.doings() {
            eprintln!(
                "  {}: {}: {}, for {:.1?}",
                doing.place,
                doing.room,
                doing.what,
                doing.since.elapsed()
            );
        }
        table::print(self.run);
        rooms::clean_up();
        process::exit(1)
    }

    fn show(&mut self) {
        let operations = self.run.sum(Count::Operations);
        let done = operations - self.shown_operations;
        let per_second = done as f64 / self.shown.elapsed().as_secs_f64();
        let faults: u64 = Count::FAULTS.iter().map(|fault| self.run.sum(*fault)).sum();
        let resident = self.samples.last() >> 20;
        eprintln!(
            "{:>5} s  {per_second:>8.0} operations/s  {faults} faults  {} alive  {resident} MiB  {} violations",
            self.run.began.elapsed().as_secs(),
            self.run.live(),
            self.run.violations.count(),
        );
        self.shown = Instant::now();
        self.shown_operations = operations;
    }
}
