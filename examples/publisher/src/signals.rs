//! What the system tells the process.

use std::{io, sync::mpsc::Sender};

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

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

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
///
/// If the system does not tell.
#[cfg(unix)]
pub async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
///
/// # Errors
///
/// If the system does not tell.
#[cfg(not(unix))]
pub async fn asked_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
