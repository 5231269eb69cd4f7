//! Answers without HTTP: threads of this process, each of which makes one after the other. What is
//! left is what the threads share, and what is made of it.

use std::{
    num::NonZero,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use axum::response::Response;
use publisher::{
    Error,
    server::{Asked, ready, serve},
    site::Site,
};

use super::{
    locks::Locked,
    pages::{PAGES, Page, prepare},
    serving::arguments,
};

/// What came out for one page and one number of threads.
pub(crate) struct Outcome {
    pub(crate) page: &'static str,
    pub(crate) threads: usize,
    /// Answers per second; in the order of [`KeptIn::BOTH`](super::KeptIn::BOTH), of each round.
    pub(crate) rounds: [Vec<f64>; 2],
}

pub(crate) fn measure(
    threads: &[NonZero<usize>],
    round: Duration,
    rounds: usize,
) -> Result<Vec<Outcome>, Error> {
    let directory = tempfile::tempdir()?;
    prepare(directory.path())?;
    let args = arguments(directory.path());
    let site = Site::open(&args)?;
    let locked = Locked::open(&args)?;
    let mut outcomes = Vec::new();
    for Page { name, path, .. } in PAGES.into_iter().filter(|page| page.is_plain) {
        for threads in threads.iter().map(|n| n.get()) {
            let mut outcome = Outcome {
                page: name,
                threads,
                rounds: [Vec::new(), Vec::new()],
            };
            for number in 0..=rounds {
                let onset = per_second(threads, round, || on_onset(site, path));
                let locks = per_second(threads, round, || on_locks(&locked, path));
                if number > 0 {
                    outcome.rounds[0].push(onset);
                    outcome.rounds[1].push(locks);
                }
            }
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

fn on_onset(site: &Site, path: &str) -> Response {
    let began = Instant::now();
    let asked = Asked::new(path, None).expect("there is such a page");
    let response = ready(site, &asked).unwrap_or_else(|| serve(site, &asked));
    site.metrics
        .answered(response.status().as_u16(), began.elapsed());
    response
}

fn on_locks(locked: &Locked, path: &str) -> Response {
    let began = Instant::now();
    let asked = locked.asked(path, None).expect("there is such a page");
    let response = locked.ready(&asked);
    let response = response.unwrap_or_else(|| locked.serve(&asked));
    locked.answered(response.status().as_u16(), began.elapsed());
    response
}

/// The threads exist before the clock starts.
fn per_second(threads: usize, round: Duration, answer: impl Fn() -> Response + Sync) -> f64 {
    let (ready, over) = (Barrier::new(threads + 1), AtomicBool::new(false));
    let work = || {
        ready.wait();
        let mut answers = 0_u64;
        while !over.load(Ordering::Relaxed) {
            let response = std::hint::black_box(answer());
            assert!(response.status().is_success());
            answers += 1;
        }
        answers
    };
    thread::scope(|s| {
        let working: Vec<_> = (0..threads).map(|_| s.spawn(work)).collect();
        ready.wait();
        let began = Instant::now();
        thread::sleep(round);
        over.store(true, Ordering::Relaxed);
        let elapsed = began.elapsed();
        let all = working.into_iter().map(|thread| thread.join());
        let answers: u64 = all.map(|answers| answers.expect("no panic")).sum();
        answers as f64 / elapsed.as_secs_f64()
    })
}
