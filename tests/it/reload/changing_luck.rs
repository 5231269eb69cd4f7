//! A failure that one thread is about to report, and that another one mends meanwhile.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use onset::{LoadError, Reload, Source};

use crate::support::{StartLine, run_together};

/// Fails once.
struct Unlucky(AtomicBool);

impl Source for Unlucky {
    type Value = u64;
    type Stamp = ();
    type Error = &'static str;

    fn stamp(&self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn load(&self) -> Result<u64, Self::Error> {
        let before = self.0.swap(true, Ordering::Relaxed);
        before.then_some(7).ok_or("bad luck")
    }
}

fn unlucky() -> Reload<Unlucky> {
    let reload = Reload::new(Unlucky(AtomicBool::new(false)));
    reload.check_every(Duration::ZERO).back_off(Duration::ZERO)
}

const RELOADS: usize = 20_000;
const LOOKS: usize = 10;
const THREADS: usize = 4;

/// Whoever finds no value has the error, or by then the value: there is no third case. Some of the
/// threads only look, which makes the others wait for a moment here and there.
#[test]
fn who_finds_no_value_finds_the_error_or_then_the_value() {
    let reloads: Vec<_> = (0..RELOADS).map(|_| unlucky()).collect();
    let line = StartLine::new(THREADS);
    run_together(THREADS, |n| {
        let _member = line.member();
        for reload in &reloads {
            line.line_up();
            for _ in 0..3 {
                if n < 2 {
                    (0..LOOKS).for_each(|_| drop(reload.status()));
                    continue;
                }
                match reload.get() {
                    Ok(value) => assert_eq!(*value, 7),
                    Err(LoadError::Failed(why)) => assert_eq!(*why, "bad luck"),
                    Err(LoadError::Panicked(text)) => panic!("{text}"),
                }
            }
        }
    });
}
