//! How many requests does the publisher answer, and how fast, beside the same program with
//! `RwLock<HashMap>` and `Mutex` around everything that its threads share?
//!
//! Each of the two runs as a process of its own, and both stay alive while they take turns: a round
//! of one, a round of the other. The figures are medians over the rounds.

mod chart;
mod figures;
mod locks;
mod over_http;
mod pages;
mod serving;
mod within;

use std::{num::NonZero, path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};
use publisher::Error;

/// Puts the publisher under load, beside the same program on locks
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// How long a round takes, in milliseconds
    #[arg(long, default_value = "1000")]
    round: u64,

    /// How many rounds, after one that does not count
    #[arg(long, default_value = "11")]
    rounds: usize,

    /// How many connections ask at once
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    connections: Vec<NonZero<usize>>,

    /// How many threads answer at once where there is no HTTP
    #[arg(long, value_delimiter = ',', default_value = "1,2,4")]
    threads: Vec<NonZero<usize>>,

    /// Where the chart is put
    #[arg(long, default_value = "target/publisher-load.svg")]
    chart: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Serves, until its standard input ends
    #[command(hide = true)]
    Serve {
        /// What the shared things stand in
        kept_in: KeptIn,
        /// The directory with its site and its database
        directory: PathBuf,
    },
}

/// What the shared things stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KeptIn {
    /// Primitives of this crate.
    Onset,
    /// `RwLock<HashMap>` and `Mutex`.
    Locks,
}

impl KeptIn {
    const BOTH: [Self; 2] = [Self::Onset, Self::Locks];

    const fn name(self) -> &'static str {
        match self {
            Self::Onset => "onset",
            Self::Locks => "locks",
        }
    }
}

fn main() -> Result<(), Error> {
    let args = Args::parse();
    match &args.command {
        Some(Command::Serve { kept_in, directory }) => serving::serve(*kept_in, directory),
        None => compare(&args),
    }
}

fn compare(args: &Args) -> Result<(), Error> {
    let round = Duration::from_millis(args.round);
    println!("{}\n", figures::machine());
    let over_http = over_http::measure(&args.connections, round, args.rounds)?;
    println!("{}\n", figures::over_http(&over_http));
    let within = within::measure(&args.threads, round / 2, args.rounds)?;
    println!("{}\n", figures::within(&within));
    if let Some(directory) = args.chart.parent() {
        std::fs::create_dir_all(directory)?;
    }
    chart::draw(&args.chart, &over_http, &within)?;
    println!("chart: {}", args.chart.display());
    Ok(())
}
