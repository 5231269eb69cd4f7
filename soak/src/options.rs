//! The command line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Parser, ValueEnum};

/// Runs all of onset's primitives at once, under faults, and checks meanwhile what they promise.
///
/// Exits with 0 if everything held, 1 if something did not, 2 if asked wrongly.
#[derive(Parser)]
#[command(name = "soak", version)]
pub(crate) struct Options {
    /// How long to run
    #[arg(long, default_value_t = 60, value_name = "N")]
    pub(crate) seconds: u64,

    /// How many operations to run, instead of how long
    #[arg(long, conflicts_with = "seconds", value_name = "N")]
    pub(crate) operations: Option<u64>,

    /// How many threads work at a time
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub(crate) threads: u64,

    /// What the plan is drawn from; another one each time if you don't say
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Only this room; may be given several times
    #[arg(long = "room", value_name = "NAME")]
    pub(crate) rooms: Vec<String>,

    /// After how many seconds in one operation a worker is reported; after six times as long the
    /// run is broken off
    #[arg(long, default_value = "10", value_name = "SECONDS", value_parser = bound)]
    pub(crate) bound: Duration,

    /// Makes mistakes of this kind, which the run has to find
    #[arg(long, value_name = "KIND")]
    pub(crate) plant: Option<Plant>,
}

impl Options {
    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.map_or(0, |now| now.as_nanos() as u64 % 1_000_000_007)
        })
    }
}

fn bound(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_string())?;
    if (0.01..=3600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("not between 0.01 and 3600".into())
    }
}

/// A mistake that is made on purpose, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Plant {
    /// A value that is never dropped
    Leak,
    /// A once-cell that lets two threads compute
    DoubleInitialisation,
    /// A value of which one half belongs to another one
    TornValue,
    /// A cell of which two threads see different values
    TwoValues,
    /// A value that two threads take
    TakenTwice,
    /// A pending item that nobody gets
    LostItem,
    /// Batches of which one half is published
    HalfBatch,
    /// A registry's snapshot that changes
    ChangedSnapshot,
    /// A thread that has another thread's value
    ForeignThread,
    /// A unit of work that is committed and rolled back
    BothHooks,
    /// A snapshot that is older than one before
    GoneBack,
    /// An update that is lost
    LostUpdate,
    /// A reload that gives an older version than before
    OldWorld,
    /// A circle of which two threads panic
    TwoPanics,
    /// A thread that stays in an operation
    StuckThread,
    /// A thread that stays there for ever
    Hang,
    /// A process that grows
    Growth,
    /// A worker that panics by itself
    Panic,
}
