//! The server as a process of its own.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use clap::Parser;
use publisher::{Error, args::Args, server::router, site::Site};
use tokio::{net::TcpListener, runtime};

use super::{KeptIn, locks, pages::prepare};

/// The publisher's arguments, for the site in a directory.
pub(crate) fn arguments(directory: &Path) -> Args {
    let path = |name: &str| directory.join(name).to_string_lossy().into_owned();
    let (root, database) = (path("site"), path("book.db"));
    let own = [
        "--root",
        &root,
        "--database",
        &database,
        "--check-every",
        "50",
    ];
    Args::parse_from(["publisher"].into_iter().chain(own))
}

/// Serves, until the standard input ends: when whoever has started this goes.
pub(crate) fn serve(kept_in: KeptIn, directory: &Path) -> Result<(), Error> {
    let args = arguments(directory);
    let router = match kept_in {
        KeptIn::Onset => router(Site::open(&args)?, false),
        KeptIn::Locks => locks::router(Box::leak(Box::new(locks::Locked::open(&args)?))),
    };
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(args.threads.get())
        .max_blocking_threads(args.threads.get())
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "{}", listener.local_addr()?)?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// A server that is up. It goes when this does.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) directory: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start(kept_in: KeptIn) -> Result<Self, Error> {
        let directory = tempfile::tempdir()?;
        prepare(directory.path())?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", kept_in.name()])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let said = child.stdout.take().ok_or("no output")?;
        BufReader::new(said).read_line(&mut line)?;
        Ok(Self {
            address: line.trim().parse()?,
            child,
            directory,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
