//! The one thread in the background: looks after the settings and the plug-ins, and writes the log of
//! what went wrong.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{complaints, extensions::EXTENSIONS, site::Site};

/// The keeper. It goes when this is dropped.
pub struct Keeper {
    hang_up: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins to look after `site`.
    ///
    /// # Errors
    ///
    /// If there can be no more threads.
    pub fn start(site: &'static Site, check_every: Duration) -> std::io::Result<Self> {
        let (hang_up, hung_up) = channel();
        let keep = move || keep(site, check_every, &hung_up);
        let thread = thread::Builder::new().name("keeper".into()).spawn(keep)?;
        Ok(Self {
            hang_up: Some(hang_up),
            thread: Some(thread),
        })
    }

    /// Tells it to read everything anew, whenever something is sent.
    #[must_use]
    pub fn hang_up(&self) -> Sender<()> {
        self.hang_up.clone().expect("until it goes")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.hang_up = None;
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("the keeper has panicked");
        }
    }
}

fn keep(site: &Site, check_every: Duration, hung_up: &Receiver<()>) {
    loop {
        let in_any_case = match hung_up.recv_timeout(check_every) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        site.settings.look(in_any_case);
        if in_any_case {
            let version = EXTENSIONS.version();
            site.plugins.read();
            if EXTENSIONS.version() != version {
                site.pages.invalidate();
            }
            tracing::info!("settings and plug-ins were read");
        }
        complaints::write_down();
    }
    complaints::write_down();
}
