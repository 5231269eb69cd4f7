//! One thread asks the source, and loads if there is something new.

use alloc::sync::Arc;
use core::{mem, panic::AssertUnwindSafe, time::Duration};
use std::panic::catch_unwind;

use super::{Guard, LoadError, Reload, Source, Stale, status::Failure};
use crate::{
    limits::{BACK_OFF_LEAST, BACK_OFF_MOST, COARSE_FROM},
    sync::{Clock, Instant, Ordering, lock},
    wait::{computing::Site, gate::Endless},
};

type Claim<'a> = crate::wait::gate::Claim<'a, Endless>;

/// When to look, and by which clock.
pub(super) struct Schedule {
    pub(super) every: Duration,
    pub(super) back_off: Duration,
}

impl Schedule {
    pub(super) const fn new(every: Duration) -> Self {
        Self {
            every,
            back_off: BACK_OFF_MOST,
        }
    }

    #[inline]
    pub(super) fn now(&self) -> u64 {
        if self.every >= COARSE_FROM {
            Clock::Coarse.nanos()
        } else {
            Clock::Precise.nanos()
        }
    }

    /// That long from now. By the precise clock: the coarse one may be late, never early, so nobody
    /// looks too soon.
    fn after(wait: Duration) -> u64 {
        let wait = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        // Not zero, which means now: the clocks' common beginning is past.
        Clock::Precise.nanos().saturating_add(wait)
    }

    /// The pause after so many failures in a row.
    fn pause(&self, failures: u32) -> Duration {
        let first = self.every.max(BACK_OFF_LEAST);
        let doubled = first.saturating_mul(1 << (failures - 1).min(30));
        doubled.min(self.back_off.max(self.every))
    }
}

/// What a look at the source found.
enum Found<S: Source> {
    /// The stamp is that of the value that is served.
    Same(S::Stamp),
    New(S::Stamp, S::Value),
    /// The stamp is that of what failed to load, and it is too soon to try the same again.
    StillWrong(S::Stamp),
    Failed(Option<S::Stamp>, LoadError<S::Error>),
}

/// What a stamp says.
enum Verdict {
    Same,
    StillWrong,
    Load,
}

/// What is taken out of the memory for a look, which runs the source's code: nobody else looks
/// meanwhile.
struct Known<S: Source> {
    stamp: Option<S::Stamp>,
    wrong: Option<S::Stamp>,
    retry: u64,
    failures: u32,
    invalidations: u64,
}

impl<S: Source> Known<S> {
    fn judge(&self, stamp: &S::Stamp) -> Verdict {
        if self.stamp.as_ref() == Some(stamp) {
            Verdict::Same
        } else if Clock::Precise.nanos() < self.retry && self.wrong.as_ref() == Some(stamp) {
            Verdict::StillWrong
        } else {
            Verdict::Load
        }
    }
}

impl<S: Source> Reload<S>
where
    S::Value: Send + Sync + 'static,
{
    #[cold]
    #[inline(never)]
    pub(super) fn check(&self, site: Site) -> Result<Guard<'_, S::Value>, LoadError<S::Error>> {
        while self.is_due() {
            if let Some(claim) = self.gate.try_claim() {
                // Somebody may have reloaded between the look at the clock and the claim.
                let replaced = self.is_due().then(|| self.reload(&claim, site));
                drop(claim);
                // Not before the claim is free: these are destructors of others.
                drop(replaced);
                break;
            }
            if self.stale == Stale::Serve {
                if let Some(copy) = self.current.load() {
                    return Ok(Guard { copy });
                }
            }
            self.gate.wait_for_claim(site);
            if !self.is_invalidated() {
                break;
            }
        }
        self.served()
    }

    /// What was under way when the value was invalidated does not count.
    fn is_invalidated(&self) -> bool {
        // Acquire: pairs with the Release in `remember`. Who finds that somebody has reloaded since
        // goes on to read the value.
        self.due.load(Ordering::Acquire) == 0
    }

    fn served(&self) -> Result<Guard<'_, S::Value>, LoadError<S::Error>> {
        loop {
            if let Some(copy) = self.current.load() {
                return Ok(Guard { copy });
            }
            let error = lock(&self.memory).error();
            if let Some(error) = error {
                return Err(error);
            }
            // Somebody has loaded it in between.
        }
    }

    fn reload(&self, claim: &Claim<'_>, site: Site) -> Replaced<S> {
        let mut known = self.recall();
        let mut value = None;
        let (outcome, stamps) = match claim.compute(site, || self.look(&known)) {
            Found::Same(stamp) => {
                let stamps = (known.stamp.replace(stamp), known.wrong.take());
                (Outcome::Same, stamps)
            }
            Found::New(stamp, new) => {
                let stamps = (known.stamp.replace(stamp), known.wrong.take());
                value = self.current.publish_if(|_| true, Arc::new(new)).ok();
                (Outcome::Loaded, stamps)
            }
            Found::StillWrong(stamp) => (Outcome::StillWrong, (None, known.wrong.replace(stamp))),
            Found::Failed(stamp, error) => {
                let wrong = mem::replace(&mut known.wrong, stamp);
                (Outcome::Failed(error), (None, wrong))
            }
        };
        let failure = self.remember(&mut known, outcome);
        Replaced {
            known,
            stamps,
            value,
            failure,
        }
    }

    fn recall(&self) -> Known<S> {
        let mut memory = lock(&self.memory);
        let failure = memory.failure.as_ref();
        Known {
            retry: failure.map_or(0, |failure| failure.retry),
            failures: failure.map_or(0, |failure| failure.times),
            invalidations: memory.invalidations,
            stamp: memory.stamp.take(),
            wrong: memory.wrong.take(),
        }
    }

    fn look(&self, known: &Known<S>) -> Found<S> {
        let judged = caught(|| {
            let stamp = self.source.stamp()?;
            let verdict = known.judge(&stamp);
            Ok((stamp, verdict))
        });
        match judged {
            Ok((stamp, Verdict::Same)) => Found::Same(stamp),
            Ok((stamp, Verdict::StillWrong)) => Found::StillWrong(stamp),
            Ok((stamp, Verdict::Load)) => match caught(|| self.source.load()) {
                Ok(value) => Found::New(stamp, value),
                Err(error) => Found::Failed(Some(stamp), error),
            },
            Err(error) => Found::Failed(None, error),
        }
    }

    fn remember(
        &self,
        known: &mut Known<S>,
        outcome: Outcome<S::Error>,
    ) -> Option<Failure<S::Error>> {
        let loaded = matches!(outcome, Outcome::Loaded);
        let still_wrong = matches!(outcome, Outcome::StillWrong);
        let mut wait = self.schedule.every;
        let mut failure = None;
        if let Outcome::Failed(error) = outcome {
            let times = known.failures.saturating_add(1);
            let pause = self.schedule.pause(times);
            if known.wrong.is_none() {
                // Not even the stamp could be had, so it is not asked for again before the pause is
                // over.
                wait = pause;
            }
            let retry = Schedule::after(pause);
            failure = Some(Failure {
                error,
                times,
                retry,
            });
        }
        let now = Instant::now();
        // What is replaced is dropped after the lock is released: it is the source's.
        let mut memory = lock(&self.memory);
        memory.checked = Some(now);
        if loaded {
            memory.loaded = Some(now);
        }
        if !still_wrong {
            mem::swap(&mut memory.failure, &mut failure);
        }
        if memory.invalidations == known.invalidations {
            memory.stamp = known.stamp.take();
            memory.wrong = known.wrong.take();
            // Release: pairs with the Acquire in `is_due`.
            self.due.store(Schedule::after(wait), Ordering::Release);
        }
        drop(memory);
        failure
    }
}

/// What a reload has replaced, to be dropped when the claim is free: destructors of others may ask
/// for the value, or wait for somebody who does.
#[expect(dead_code, reason = "only dropped")]
struct Replaced<S: Source> {
    known: Known<S>,
    stamps: (Option<S::Stamp>, Option<S::Stamp>),
    value: Option<Option<Arc<S::Value>>>,
    failure: Option<Failure<S::Error>>,
}

/// How a look ended, for the memory.
enum Outcome<E> {
    Same,
    Loaded,
    StillWrong,
    Failed(LoadError<E>),
}

/// What the source says, or why it panicked.
fn caught<R, E>(f: impl FnOnce() -> Result<R, E>) -> Result<R, LoadError<E>> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(said) => said.map_err(LoadError::failed),
        Err(payload) => Err(LoadError::panicked(payload)),
    }
}
