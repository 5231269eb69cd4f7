//! A thread that does one thing after the other, as it is told.

use std::{
    sync::mpsc::{Sender, channel},
    thread::{self, JoinHandle},
};

use crate::panics::{catch, go_on};

type Job = Box<dyn FnOnce() + Send>;

pub struct Worker {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

impl Default for Worker {
    fn default() -> Self {
        let (jobs, to_do) = channel::<Job>();
        let thread = thread::spawn(move || to_do.iter().for_each(|job| job()));
        Self { jobs, thread }
    }
}

impl Worker {
    /// Runs `f` there and waits for it; a panic goes on here. What `f` owns is gone afterwards.
    pub fn run<R: Send + 'static>(&self, f: impl FnOnce() -> R + Send + 'static) -> R {
        let (outcome, result) = channel();
        let job = move || outcome.send(catch(f)).expect("it is awaited");
        self.jobs.send(Box::new(job)).expect("it works");
        match result.recv().expect("it answers") {
            Ok(done) => done,
            Err(panic) => go_on(panic),
        }
    }

    /// Its thread-locals are gone when this returns.
    pub fn exit(self) {
        drop(self.jobs);
        self.thread.join().expect("it ends well");
    }
}
