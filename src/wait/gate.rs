//! Who may compute, who waits, for how long.
//!
//! # The word
//!
//! | bits | meaning |
//! |---|---|
//! | 0 `DONE` | the value is published; then the word is exactly `DONE` |
//! | 1 `RUNNING` | somebody holds the claim |
//! | 2 `WAITERS` | somebody may stand in the lot for this gate |
//! | 3–7 | how often the claim was taken over: the lease doubles each time |
//! | 8–31 | the number of the claim, counted up (and around) with each one |
//!
//! The number keeps a thread that was away for a while from mistaking a later claim for the one it
//! saw. Where it has gone around in the meantime, a hedged claim is taken over early or freed by a
//! stale owner: one computation too many, never a second value.
//!
//! # Protocol
//!
//! * **look**: an `Acquire` load, in every method that goes on to read the value. It pairs with the
//!   `Release` of *finish*.
//! * **claim**: from the idle word that was seen to running, by compare-exchange, so that one
//!   thread wins. `Acquire`: pairs with the `Release` of the failed attempt before, whose effects
//!   the next initialiser is entitled to see. (The look may have made that edge already, but not if
//!   the number in the word has gone around between the two.)
//! * **take over**: from the running word that was seen to the next claim, when the lease has run
//!   out; the number in the word sees to it that one waiter takes over each claim. The same
//!   exchange as claiming.
//! * **finish**: to `DONE`, by whoever published a value. `Release`: pairs with the `Acquire` of
//!   every look.
//! * **fail**: to idle, if the claim is still ours. `Release`: pairs with the next claim.
//! * **wait**: spin with `Relaxed` looks (what ends the spinning is read again with `Acquire`),
//!   then set `WAITERS` (`Relaxed`: it publishes nothing, the lot's mutex orders it) and park in
//!   the lot.
//!
//! `WAITERS` is set only under the lot's mutex, and a word with it is moved on to done or to idle
//! only under the lot's mutex; `super::lot` says why no wake-up is lost. Claiming and taking over
//! leave the bit as it is: nobody is woken by them.
//!
//! # Invariants
//!
//! * [GATE-ONE] at a gate whose patience is [`Endless`] there is at most one [`Claim`] at a time,
//!   and none once the gate is done.
//! * [GATE-DONE] a gate that is done stays done while it is shared.

use core::{mem, time::Duration};

use super::{
    computing::{self, Key, Site},
    lot::{self, Wait},
};
use crate::limits;
use crate::sync::{AtomicU32, Deadline, Ordering, Spin, touched};

const DONE: u32 = 1;
const RUNNING: u32 = 1 << 1;
const WAITERS: u32 = 1 << 2;
const TAKEN_OVER_ONE: u32 = 1 << 3;
const TAKEN_OVER: u32 = 0b1_1111 << 3;
const CLAIM_ONE: u32 = 1 << 8;
const CLAIM: u32 = ((1 << limits::CLAIM_BITS) - 1) * CLAIM_ONE;

/// The word without the bit that changes while a claim lives.
const fn identity(word: u32) -> u32 {
    word & !WAITERS
}

const fn times_taken_over(word: u32) -> u32 {
    (word & TAKEN_OVER) / TAKEN_OVER_ONE
}

/// The word of the next claim; `WAITERS` stays.
const fn claim_after(word: u32) -> u32 {
    (word.wrapping_add(CLAIM_ONE) & CLAIM) | (word & WAITERS) | RUNNING
}

const fn take_over(word: u32) -> u32 {
    let taken_over = word & TAKEN_OVER;
    let longer = if taken_over < TAKEN_OVER {
        taken_over + TAKEN_OVER_ONE
    } else {
        taken_over
    };
    claim_after(word) | longer
}

/// How long others wait for a claim before one of them takes over.
pub(crate) trait Patience {
    fn lease(&self, times_taken_over: u32) -> Option<Duration>;
}

/// Nobody ever takes over.
pub(crate) struct Endless;

impl Patience for Endless {
    fn lease(&self, _: u32) -> Option<Duration> {
        None
    }
}

/// The first lease; it doubles with every takeover.
#[derive(Clone, Copy)]
pub(crate) struct Bounded(pub(crate) Duration);

impl Patience for Bounded {
    fn lease(&self, times_taken_over: u32) -> Option<Duration> {
        self.0.checked_mul(1 << times_taken_over)
    }
}

pub(crate) struct Gate<P> {
    word: AtomicU32,
    pub(crate) patience: P,
}

/// What `enter` found.
pub(crate) enum Turn<'g, P: Patience> {
    /// The value is published.
    Done,
    /// It is the caller's to compute.
    Mine(Claim<'g, P>),
}

/// The right to compute. Dropped without `finish` it has failed, and the next one tries.
pub(crate) struct Claim<'g, P: Patience> {
    gate: &'g Gate<P>,
    word: u32,
}

impl<P: Patience> Claim<'_, P> {
    /// Runs the user's closure, known to this thread as the computation of this gate.
    pub(crate) fn compute<R>(&self, site: Site, f: impl FnOnce() -> R) -> R {
        computing::enter(self.gate.key(), site, f)
    }

    pub(crate) fn finish(self) {
        self.gate.advance(self.word, |_| Some(DONE));
        mem::forget(self);
    }
}

impl<P: Patience> Drop for Claim<'_, P> {
    fn drop(&mut self) {
        // Whoever took over, or published, has moved the word on: then it is no longer ours to
        // free.
        let own = |word| (identity(word) == self.word).then_some(word & CLAIM);
        self.gate.advance(self.word, own);
    }
}

impl<P: Patience> Gate<P> {
    pub(crate) const fn new(patience: P) -> Self {
        Self {
            word: AtomicU32::new(0),
            patience,
        }
    }

    /// One that is shared from its first moment on.
    pub(crate) fn shared(patience: P) -> Self {
        Self {
            word: touched(AtomicU32::new(0)),
            patience,
        }
    }

    pub(crate) const fn done(patience: P) -> Self {
        Self {
            word: AtomicU32::new(DONE),
            patience,
        }
    }

    fn key(&self) -> Key {
        core::ptr::from_ref(&self.word).addr()
    }

    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        // Acquire: pairs with the Release in `advance`.
        self.word.load(Ordering::Acquire) == DONE
    }

    /// Makes the gate idle again, and says whether it was done.
    pub(crate) fn reset(&mut self) -> bool {
        // Relaxed: `&mut self` is alone.
        let done = self.word.load(Ordering::Relaxed) == DONE;
        self.word.store(0, Ordering::Relaxed);
        done
    }

    /// Waits until the gate is done, or the caller may compute.
    pub(crate) fn enter(&self, site: Site) -> Turn<'_, P> {
        computing::forbid_recursion(self.key(), site);
        let mut spin = Spin::new();
        loop {
            // Acquire: pairs with the Release in `advance`.
            let seen = self.word.load(Ordering::Acquire);
            let next = match seen {
                DONE => return Turn::Done,
                _ if seen & RUNNING == 0 => claim_after,
                _ => match self.wait(seen, &mut spin, self.lease(seen), site) {
                    Wait::Over => continue,
                    Wait::Expired => take_over,
                },
            };
            if let Some(word) = self.claim(seen, next) {
                return Turn::Mine(Claim { gate: self, word });
            }
        }
    }

    /// The claim, if nobody has it and the gate is not done; does not wait.
    /// Whether somebody holds the claim, as far as is known here.
    pub(crate) fn is_running(&self) -> bool {
        // Relaxed: nothing that could be relied on follows from it.
        self.word.load(Ordering::Relaxed) & RUNNING != 0
    }

    pub(crate) fn try_claim(&self) -> Option<Claim<'_, P>> {
        loop {
            // Relaxed: a claim is made by the exchange, and `None` says nothing that could be relied
            // on.
            let seen = self.word.load(Ordering::Relaxed);
            if seen == DONE || seen & RUNNING != 0 {
                return None;
            }
            if let Some(word) = self.claim(seen, claim_after) {
                return Some(Claim { gate: self, word });
            }
        }
    }

    /// Waits until the claim that somebody holds now, if anybody does, is over.
    pub(crate) fn wait_for_claim(&self, site: Site) {
        computing::forbid_recursion(self.key(), site);
        let mut spin = Spin::new();
        // Acquire: pairs with the Release in `advance`.
        let first = self.word.load(Ordering::Acquire);
        let mut seen = first;
        while seen & RUNNING != 0 && identity(seen) == identity(first) {
            self.wait(seen, &mut spin, None, site);
            // Acquire: as above; it is what the caller has waited for.
            seen = self.word.load(Ordering::Acquire);
        }
    }

    /// Moves from the word that was seen, with or without `WAITERS`, to `next`.
    fn claim(&self, seen: u32, next: fn(u32) -> u32) -> Option<u32> {
        let from_seen = |word| (identity(word) == identity(seen)).then(|| next(word));
        // Acquire: pairs with the Release in `advance`, of a failed attempt.
        let before = self.exchange(seen, Ordering::Acquire, from_seen).ok()?;
        Some(identity(next(before)))
    }

    fn lease(&self, seen: u32) -> Option<Deadline> {
        self.patience
            .lease(times_taken_over(seen))
            .and_then(Deadline::after)
    }

    /// Waits until the gate is done, whoever computes; `false` if the deadline came first.
    pub(crate) fn wait_done(&self, deadline: Option<Deadline>, site: Site) -> bool {
        if deadline.is_none() {
            computing::forbid_recursion(self.key(), site);
        }
        let mut spin = Spin::new();
        loop {
            // Acquire: pairs with the Release in `advance`.
            let seen = self.word.load(Ordering::Acquire);
            if seen == DONE {
                return true;
            }
            // The clock is asked each time: the word may change more often than a wait gets to ask
            // it.
            if deadline.is_some_and(|deadline| deadline.passed())
                || self.wait(seen, &mut spin, deadline, site) == Wait::Expired
            {
                return false;
            }
        }
    }

    /// Spins, then parks, until the word is no longer the one that was seen.
    fn wait(&self, seen: u32, spin: &mut Spin, deadline: Option<Deadline>, site: Site) -> Wait {
        // Relaxed: what ends the wait is read again with Acquire.
        let same = |word| identity(word) == identity(seen);
        if !spin.spin_while(|| same(self.word.load(Ordering::Relaxed)), deadline) {
            return Wait::Over;
        }
        if deadline.is_some_and(|deadline| deadline.passed()) {
            return Wait::Expired;
        }
        lot::park(self.key(), site, deadline, || {
            // Relaxed: under the lot's mutex, which orders it.
            let waiting = |word| same(word).then_some(word | WAITERS);
            self.exchange(seen, Ordering::Relaxed, waiting).is_ok()
        })
    }

    /// To be called after the value was published, by whoever published it without a claim.
    pub(crate) fn finish(&self) {
        self.advance(0, |_| Some(DONE));
    }

    /// Moves the word on, and wakes those who wait for that. `from` is what the word probably is.
    fn advance(&self, from: u32, next: impl Fn(u32) -> Option<u32>) {
        let if_nobody_waits = |word| {
            if word & WAITERS == 0 {
                next(word)
            } else {
                None
            }
        };
        // Release: pairs with the Acquire in `is_done`, `enter` and `wait_done` (done), and in
        // `claim` (idle).
        match self.exchange(from, Ordering::Release, if_nobody_waits) {
            Err(word) if word & WAITERS != 0 => lot::release(self.key(), || {
                // Release: as above.
                self.exchange(word, Ordering::Release, &next).is_ok()
            }),
            _ => {}
        }
    }

    /// Moves the word from `word`, or from what it turns out to be, to what `next` makes of it;
    /// returns the word before, or the one of which `next` made nothing. To guess saves a load,
    /// which would share the cache line only for the exchange to claim it.
    fn exchange(
        &self,
        mut word: u32,
        order: Ordering,
        next: impl Fn(u32) -> Option<u32>,
    ) -> Result<u32, u32> {
        loop {
            let moved = next(word).ok_or(word)?;
            // Relaxed on failure: what is learnt by it only starts the next round.
            match self
                .word
                .compare_exchange(word, moved, order, Ordering::Relaxed)
            {
                Ok(before) => return Ok(before),
                Err(actual) => word = actual,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_has_the_next_number_and_keeps_the_waiters() {
        let first = claim_after(0);
        assert_eq!(first, CLAIM_ONE | RUNNING);
        assert_eq!(
            claim_after(first | WAITERS),
            (2 * CLAIM_ONE) | RUNNING | WAITERS
        );
        assert_eq!(claim_after(CLAIM | RUNNING), RUNNING, "and goes around");
    }

    #[test]
    fn each_takeover_doubles_the_lease_until_it_cannot() {
        let patience = Bounded(Duration::from_micros(3));
        let mut word = claim_after(0);
        for times in 0..31 {
            assert_eq!(times_taken_over(word), times);
            let lease = Duration::from_micros(3) * 2_u32.pow(times);
            assert_eq!(patience.lease(times), Some(lease));
            word = take_over(word);
        }
        assert_eq!(times_taken_over(take_over(word)), 31, "it stays there");
    }

    #[test]
    fn a_lease_that_cannot_be_doubled_has_no_end() {
        assert_eq!(Bounded(Duration::MAX).lease(0), Some(Duration::MAX));
        assert_eq!(Bounded(Duration::MAX).lease(1), None);
        assert_eq!(Endless.lease(0), None);
    }
}
