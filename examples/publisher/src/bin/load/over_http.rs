//! Requests over the loopback interface: a number of connections, each of which asks again as soon as
//! it is answered.

use std::{
    net::SocketAddr,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use publisher::{Error, client::Client};
use tokio::{runtime, sync::Barrier, task::JoinSet};

use super::{
    KeptIn,
    pages::{PAGES, Page, edit},
    serving::Server,
};

/// What came out for one page and one number of connections.
pub(crate) struct Outcome {
    pub(crate) page: &'static str,
    pub(crate) connections: usize,
    /// In the order of [`KeptIn::BOTH`], a figure for each round.
    pub(crate) rounds: [Vec<Round>; 2],
}

/// A round's figures.
pub(crate) struct Round {
    pub(crate) per_second: f64,
    /// In microseconds: the 50th, 90th, 99th and 99.9th percentile.
    pub(crate) percentiles: [f64; 4],
}

/// The percentiles that are shown.
pub(crate) const QUANTILES: [(&str, f64); 4] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

pub(crate) fn measure(
    connections: &[NonZero<usize>],
    round: Duration,
    rounds: usize,
) -> Result<Vec<Outcome>, Error> {
    let servers = [
        Server::start(KeptIn::BOTH[0])?,
        Server::start(KeptIn::BOTH[1])?,
    ];
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut outcomes = Vec::new();
    for page in PAGES {
        for connections in connections.iter().map(|n| n.get()) {
            let mut outcome = Outcome {
                page: page.name,
                connections,
                rounds: [Vec::new(), Vec::new()],
            };
            for number in 0..=rounds {
                for (server, rounds) in servers.iter().zip(&mut outcome.rounds) {
                    let asking = ask(server.address, page.path, connections, round);
                    let figures = while_edited(server, page, || runtime.block_on(asking))?;
                    if number > 0 {
                        rounds.push(figures);
                    }
                }
            }
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

/// Twenty times a second, if the page is one that is edited.
fn while_edited<R>(server: &Server, page: Page, asking: impl FnOnce() -> R) -> R {
    if !page.is_edited {
        return asking();
    }
    let over = AtomicBool::new(false);
    thread::scope(|s| {
        s.spawn(|| {
            for version in 1.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                edit(server.directory.path(), version).expect("it can be written");
                thread::sleep(Duration::from_millis(50));
            }
        });
        let figures = asking();
        over.store(true, Ordering::Relaxed);
        figures
    })
}

async fn ask(
    address: SocketAddr,
    path: &'static str,
    connections: usize,
    round: Duration,
) -> Result<Round, Error> {
    let ready = Arc::new(Barrier::new(connections + 1));
    let mut asking = JoinSet::new();
    for _ in 0..connections {
        let ready = Arc::clone(&ready);
        let mut client = Client::connect(address).await?;
        client.get(path).await?;
        asking.spawn(async move {
            ready.wait().await;
            ask_again_and_again(client, path, round).await
        });
    }
    ready.wait().await;
    let began = Instant::now();
    let mut all = Histogram::<u64>::new(3)?;
    while let Some(one) = asking.join_next().await {
        all.add(one??)?;
    }
    let elapsed = began.elapsed();
    Ok(Round {
        per_second: all.len() as f64 / elapsed.as_secs_f64(),
        percentiles: QUANTILES.map(|(_, of)| all.value_at_quantile(of) as f64 / 1e3),
    })
}

async fn ask_again_and_again(
    mut client: Client,
    path: &str,
    round: Duration,
) -> Result<Histogram<u64>, Error> {
    let mut latencies = Histogram::new(3)?;
    let end = Instant::now() + round;
    let mut last = Instant::now();
    while last < end {
        let answer = client.get(path).await?;
        if !answer.status.is_success() {
            return Err(format!("{path}: {}", answer.status).into());
        }
        let now = Instant::now();
        latencies.record((now - last).as_nanos() as u64)?;
        last = now;
    }
    Ok(latencies)
}
