//! The command line.

use std::{net::SocketAddr, num::NonZero, path::PathBuf, time::Duration};

use clap::Parser;

/// Serves a site: pages that are templates, and a guest book.
#[derive(Clone, Debug, Parser)]
#[command(args_override_self = true)]
pub struct Args {
    /// The directory with the pages
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/site"))]
    pub root: PathBuf,

    /// The directory with the plug-ins, one directory each; read at the start and on SIGHUP
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/plugins"))]
    pub plugins: PathBuf,

    /// The file with the settings; read when it changes, and on SIGHUP
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/settings.toml"))]
    pub settings: PathBuf,

    /// The file with the database, made if it is not there [default: publisher.db among the
    /// temporary files]
    #[arg(long)]
    pub database: Option<PathBuf>,

    /// Where to listen; port 0: any that is free
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// How many threads answer requests, and as many again wait for files and the database
    #[arg(long, default_value_t = cores())]
    pub threads: NonZero<usize>,

    /// How often to look whether a file has changed, in milliseconds
    #[arg(long, default_value = "1000", value_parser = milliseconds)]
    pub check_every: Duration,

    /// How long a thread that waits for work stays, with its database connection, in milliseconds
    #[arg(long, default_value = "10000", value_parser = milliseconds)]
    pub keep_alive: Duration,

    /// Answer requests that make things go wrong: for tests
    #[arg(long, hide = true)]
    pub faults: bool,
}

impl Args {
    /// The file with the database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        let temporary = || std::env::temp_dir().join("publisher.db");
        self.database.clone().unwrap_or_else(temporary)
    }
}

fn cores() -> NonZero<usize> {
    std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}
