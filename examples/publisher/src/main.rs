//! The server.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use publisher::{
    Error,
    args::Args,
    keeper::Keeper,
    server::router,
    signals::{self, Stops},
    site::Site,
};
use tokio::{net::TcpListener, runtime, sync::oneshot};
use tracing_subscriber::filter::LevelFilter;

/// How long requests in flight have to end after the server was asked to stop twice, or those that
/// wait for the database, once.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(LevelFilter::INFO)
        .init();
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Error> {
    let site = Site::open(args)?;
    let keeper = Keeper::start(site, args.check_every)?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(args.threads.get())
        .max_blocking_threads(args.threads.get())
        .thread_keep_alive(args.keep_alive)
        .thread_name("server")
        .on_thread_start(|| site.metrics.thread_begins())
        .on_thread_stop(|| site.metrics.thread_ends())
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(serve(args, site, &keeper));
    // The threads end, and their connections close.
    runtime.shutdown_timeout(PATIENCE);
    drop(keeper);
    let database = &site.database;
    tracing::info!(
        opened = database.opened(),
        closed = database.closed(),
        "stopped; connections"
    );
    outcome
}

async fn serve(args: &Args, site: &'static Site, keeper: &Keeper) -> Result<(), Error> {
    signals::pass_on_hang_ups(keeper.hang_up())?;
    let mut stops = Stops::hear()?;
    let listener = TcpListener::bind(args.listen)
        .await
        .map_err(|error| format!("{} cannot be listened to: {error}", args.listen))?;
    writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let (stop, stopping) = oneshot::channel();
    let serving = axum::serve(listener, router(site, args.faults))
        .with_graceful_shutdown(async {
            let _ = stopping.await;
        })
        .into_future();
    let asked_twice = async {
        stops.next().await;
        tracing::info!("stopping: requests in flight end first");
        let _ = stop.send(());
        stops.next().await;
        tracing::warn!("stopping at once");
    };
    tokio::select! {
        outcome = serving => outcome?,
        () = asked_twice => {}
    }
    Ok(())
}
