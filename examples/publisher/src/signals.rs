//! What the system tells the process.

use std::{io, sync::mpsc::Sender};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Passes each SIGHUP on.
///
/// # Errors
///
/// If the system does not tell.
#[cfg(unix)]
pub fn pass_on_hang_ups(to: Sender<()>) -> io::Result<()> {
    let mut hang_ups = signal(SignalKind::hangup())?;
    tokio::spawn(async move { while hang_ups.recv().await.is_some() && to.send(()).is_ok() {} });
    Ok(())
}

/// There are none on this system.
#[cfg(not(unix))]
pub fn pass_on_hang_ups(_: Sender<()>) -> io::Result<()> {
    Ok(())
}

/// Hears when the process is asked to stop.
pub struct Stops {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

#[cfg(unix)]
impl Stops {
    /// From now on.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn hear() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next SIGINT or SIGTERM.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Stops {
    /// From now on.
    ///
    /// # Errors
    ///
    /// None on this system.
    pub fn hear() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for Ctrl-C; for ever, if the system does not tell.
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
