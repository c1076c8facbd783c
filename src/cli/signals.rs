//! The signals that end a run: what a person types, what the system sends, and a connection that is lost.

/// The signals that end a run.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    /// A file grew past the limit that a shell set (`ulimit -f`): left to the system it kills the process and its endings; where
    /// it is listened to, the write fails and says so.
    _too_large: tokio::signal::unix::Signal,
}

/// SIGXFSZ, alike on Linux and on macOS.
#[cfg(unix)]
const TOO_LARGE: i32 = 25;

#[cfg(unix)]
impl Signals {
    pub(super) fn listen() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            _too_large: signal(SignalKind::from_raw(TOO_LARGE))?,
        })
    }

    /// Ready when one comes; whether it was SIGTERM, or SIGHUP, which a lost connection sends.
    pub(super) async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => false,
            _ = self.terminate.recv() => true,
            _ = self.hangup.recv() => true,
        }
    }

    /// Ready when a person asks once more; whether it was SIGTERM. A lost connection hangs up twice, by the shell and by the
    /// kernel, and asks for nothing more by it.
    pub(super) async fn again(&mut self) -> bool {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return false,
                _ = self.terminate.recv() => return true,
                _ = self.hangup.recv() => {}
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> std::io::Result<Signals> {
        Ok(Signals)
    }

    pub(super) async fn next(&mut self) -> bool {
        let _ = tokio::signal::ctrl_c().await;
        false
    }
    pub(super) async fn again(&mut self) -> bool {
        self.next().await
    }
}
