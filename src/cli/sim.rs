//! `rhain sim`: serves the simulated cloud on the machine's own time, for other programs, until it is told to stop.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::sim::{Sim, SimOptions, SimTime};

/// Where to serve, and where to say so.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The address; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The file that the clouds.yaml is written to once the cloud listens; without one it is printed.
    pub clouds_yaml: Option<PathBuf>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 0)), clouds_yaml: None }
    }
}

/// The subcommand: serve, and give the exit code.
pub fn run(options: &super::args::Options, port: u16, clouds_yaml: Option<PathBuf>) -> u8 {
    let bind = SocketAddr::from(([127, 0, 0, 1], port));
    let bridge = crate::script::bridge::Bridge::new();
    match bridge.wait(serve(ServeOptions { bind, clouds_yaml })) {
        Ok(()) => 0,
        Err(error) => {
            let error = crate::cloud::Error::new(
                crate::cloud::Kind::Failed,
                format!("the simulated cloud cannot be served: {error}"),
            )
            .coded("cli::sim")
            .help("choose another --port, or leave it out for a free one");
            super::run::refuse(options, &crate::config::Environment::of_process(), &error, 1)
        }
    }
}

/// Serves until it is interrupted.
///
/// # Errors
/// When the address cannot be listened on, or the clouds.yaml cannot be written.
pub async fn serve(options: ServeOptions) -> io::Result<()> {
    let sim = Sim::start(SimOptions { bind: options.bind, time: SimTime::Wall }).await?;
    let text = sim.clouds_yaml();
    match options.clouds_yaml {
        // Written aside and renamed, so that who waits for the file never reads half of it.
        Some(path) => {
            let mut aside = path.clone().into_os_string();
            aside.push(".new");
            std::fs::write(&aside, text)?;
            std::fs::rename(&aside, &path)?;
        }
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    interrupted().await
}

#[cfg(unix)]
async fn interrupted() -> io::Result<()> {
    let mut end = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = end.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
