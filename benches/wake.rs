//! What does a park and a wake-up cost? That is how long it can be worth while to wait awake
//! instead: `src/limits.rs` takes its spin budget from here.

mod support;

use std::{
    error::Error,
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use support::{
    cli::{self, Cli, Mode},
    figures::{self, Times, human},
    report::{self, Report},
    work::{Calibration, Work},
};

const NAME: &str = "wake";
const ROUNDS: u32 = 20_000;
/// For so long the other thread has been parked when it is woken: long enough to be asleep, short
/// enough for its core not to be.
const ASLEEP: Duration = Duration::from_micros(100);

fn main() -> Result<(), Box<dyn Error>> {
    let (cli, _criterion) = cli::start();
    if !cli.wants(NAME) {
        return Ok(());
    }
    let costs = measure(rounds(&cli));
    let mut table = figures::aligned(vec!["what", "p50", "p90", "p99"]);
    for (what, times) in &costs {
        let shares = [0.5, 0.9, 0.99].map(|share| human(times.at(share) as f64));
        table.add_row([what.to_owned()].into_iter().chain(shares));
    }
    let mut report = Report::new(NAME, &cli);
    report.table("wake: a thread that parked 100 µs ago is woken", &table);
    let medians: Vec<_> = costs
        .iter()
        .map(|(what, times)| (what, times.at(0.5)))
        .collect();
    report.finish(&medians)?;
    report::name_criterion_report(&cli);
    Ok(())
}

fn rounds(cli: &Cli) -> u32 {
    match cli.mode {
        Mode::Measure => ROUNDS,
        Mode::Quick => ROUNDS / 10,
        Mode::Smoke | Mode::CriterionAlone => 10,
    }
}

/// The waking thread's call, and the way of the wake-up to the thread that was parked.
fn measure(rounds: u32) -> [(String, Times); 2] {
    static WOKEN: AtomicBool = AtomicBool::new(false);
    let mut call = Times::new();
    let mut way = Times::new();
    let asleep = Calibration::measure().work_of(ASLEEP);
    thread::scope(|scope| {
        let (send, receive) = std::sync::mpsc::channel::<Option<Instant>>();
        let sleeper = scope.spawn(move || {
            let mut ways = Vec::new();
            loop {
                while !WOKEN.load(Ordering::Acquire) {
                    thread::park();
                }
                let awake = Instant::now();
                WOKEN.store(false, Ordering::Release);
                match receive.recv() {
                    Ok(Some(woken)) => ways.push(awake.saturating_duration_since(woken)),
                    _ => return ways,
                }
            }
        });
        let sleeper_thread = sleeper.thread().clone();
        for _ in 0..rounds {
            call.add(wake(&WOKEN, &sleeper_thread, asleep, |woken| {
                let _ = send.send(Some(woken));
            }));
        }
        drop(send);
        WOKEN.store(true, Ordering::Release);
        sleeper_thread.unpark();
        let ways = sleeper.join().unwrap_or_default();
        ways.into_iter().for_each(|time| way.add(time));
    });
    [
        ("unpark, for the waking thread".to_owned(), call),
        (
            "from the wake-up until the parked thread runs".to_owned(),
            way,
        ),
    ]
}

/// Lets the other thread fall asleep, wakes it, and waits until it is awake; how long `unpark` took.
fn wake(woken: &AtomicBool, thread: &Thread, asleep: Work, tell: impl FnOnce(Instant)) -> Duration {
    support::work::spend(asleep);
    let begin = Instant::now();
    woken.store(true, Ordering::Release);
    thread.unpark();
    let call = begin.elapsed();
    while woken.load(Ordering::Acquire) {
        std::hint::spin_loop();
    }
    tell(begin);
    call
}
