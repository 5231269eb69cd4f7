//! Threads that stay, and a line from which they start together.

use std::{
    hint,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for jobs, and end when the pool is dropped. A job that panics ends its thread.
pub struct Pool {
    threads: Vec<Sender<Job>>,
}

impl Pool {
    /// So many threads.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let spawn = |_| {
            let (sender, jobs) = channel::<Job>();
            // Not joined: who drops the pool does not wait for a thread that hangs.
            thread::spawn(move || jobs.iter().for_each(|job| job()));
            sender
        };
        Self {
            threads: (0..threads).map(spawn).collect(),
        }
    }

    /// How many threads there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.threads.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// Lets one thread do `job`, after those that it has already.
    ///
    /// # Panics
    ///
    /// If a job of that thread has panicked.
    pub fn give(&self, thread: usize, job: impl FnOnce() + Send + 'static) {
        let sent = self.threads[thread].send(Box::new(job));
        assert!(
            sent.is_ok(),
            "thread {thread} is gone: a job of it panicked"
        );
    }
}

/// Where threads wait for each other, so that they start at the same time.
pub(crate) struct StartLine {
    missing: AtomicUsize,
}

impl StartLine {
    /// For so many threads.
    pub(crate) fn new(threads: usize) -> Self {
        Self {
            missing: AtomicUsize::new(threads),
        }
    }

    /// Waits for the others: spins for some ten microseconds at first, since who gives its processor
    /// away comes back late, and the rounds are short. Then the others may need it.
    pub(crate) fn wait(&self) {
        // AcqRel: what one thread did before it came here is done for all who leave.
        self.missing.fetch_sub(1, Ordering::AcqRel);
        let mut looks = 0_u32;
        while self.missing.load(Ordering::Acquire) != 0 {
            looks += 1;
            if looks % 2048 == 0 {
                thread::yield_now();
            } else {
                hint::spin_loop();
            }
        }
    }
}
