//! A thread that does one thing after the other, as it is told, and exits when it is told.

use std::{
    panic::resume_unwind,
    sync::mpsc::{Sender, channel},
    thread::{self, JoinHandle},
};

use super::catch;

type Job = Box<dyn FnOnce() + Send>;

pub(crate) struct Worker {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

impl Worker {
    pub(crate) fn new() -> Self {
        let (jobs, to_do) = channel::<Job>();
        let thread = thread::spawn(move || to_do.iter().for_each(|job| job()));
        Self { jobs, thread }
    }

    /// Runs `f` there and waits for it; a panic goes on here. What `f` owns is gone afterwards.
    pub(crate) fn run<R: Send + 'static>(&self, f: impl FnOnce() -> R + Send + 'static) -> R {
        let (outcome, result) = channel();
        let job = move || outcome.send(catch(f)).expect("the test waits");
        self.jobs
            .send(Box::new(job))
            .expect("it runs until it is told");
        let outcome = result.recv().expect("it answers");
        outcome.unwrap_or_else(|p| resume_unwind(p))
    }

    /// Its thread-locals are gone when this returns.
    pub(crate) fn exit(self) -> thread::Result<()> {
        drop(self.jobs);
        self.thread.join()
    }

    pub(crate) fn id(&self) -> thread::ThreadId {
        self.thread.thread().id()
    }
}
