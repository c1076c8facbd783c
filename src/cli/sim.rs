//! `rhain sim`: serves the simulated cloud on the machine's own time, for other programs, until it is told to stop.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::cloud::{Error, Kind};
use rhain_sim::{self as sim, Fault, Sim, SimOptions, SimTime};

/// The files that say how the cloud is reached, written once it listens.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The clouds.yaml; without one it is printed, with what clients of the other clouds need beside.
    pub clouds_yaml: Option<PathBuf>,
    /// The profiles of AWS's tools.
    pub aws_config: Option<PathBuf>,
    /// The profiles of CloudStack's clients.
    pub cloudstack_config: Option<PathBuf>,
}

/// Where to serve, and where to say so.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The address; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Where it says how it is reached.
    pub files: Files,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 0)), files: Files::default(), faults: Vec::new() }
    }
}

/// The subcommand: serve, and give the exit code.
pub fn run(options: &super::args::Options, port: u16, files: Files, faults: Option<&Path>) -> u8 {
    let bind = SocketAddr::from(([127, 0, 0, 1], port));
    let environment = crate::config::Environment::of_process();
    let faults = match faults.map_or(Ok(Vec::new()), planned) {
        Ok(faults) => faults,
        Err(error) => return super::run::refuse(options, &environment, &error, 2),
    };
    let bridge = crate::script::bridge::Bridge::new();
    match bridge.wait(serve(ServeOptions { bind, files, faults })) {
        Ok(()) => 0,
        Err(error) => {
            let error = crate::cloud::Error::new(
                crate::cloud::Kind::Failed,
                format!("the simulated cloud cannot be served: {error}"),
            )
            .coded("cli::sim")
            .help("choose another --port, or leave it out for a free one");
            super::run::refuse(options, &environment, &error, 1)
        }
    }
}

/// The faults of a file; all that is wrong with it is told at once.
fn planned(path: &Path) -> Result<Vec<Fault>, Error> {
    let shown = path.display();
    let text = crate::base::file::read_text(path).map_err(|error| {
        Error::new(Kind::Script, format!("`{shown}` cannot be read: {}", super::run::unread(&error)))
            .coded("cli::file")
            .help("give --faults a file that says what goes wrong, one fault a line")
    })?;
    sim::plan(&text).map_err(|mistakes| {
        let mut errors = mistakes.into_iter().map(|mistake| {
            Error::new(Kind::InvalidArgument, format!("{shown}:{}: {}", mistake.line, mistake.reason))
                .coded("cli::faults")
        });
        let Some(mut first) = errors.next() else { return Error::new(Kind::InvalidArgument, "") };
        first.also = errors.collect();
        first.help("write `OPERATION WHAT times=N after=N`, such as `server.create status=503 times=2`")
    })
}

/// Serves until it is interrupted.
///
/// # Errors
/// When the address cannot be listened on, or a file cannot be written.
pub async fn serve(options: ServeOptions) -> io::Result<()> {
    let sim =
        Sim::start(SimOptions { bind: options.bind, time: SimTime::Wall, ..SimOptions::default() }).await?;
    options.faults.into_iter().for_each(|fault| sim.fault(fault));
    if let Some(path) = &options.files.aws_config {
        write(path, &sim.aws_config())?;
    }
    if let Some(path) = &options.files.cloudstack_config {
        write(path, &sim.cloudstack_config())?;
    }
    match &options.files.clouds_yaml {
        Some(path) => write(path, &sim.clouds_yaml())?,
        None => {
            let mut out = io::stdout().lock();
            out.write_all(sim.clouds_yaml().as_bytes())?;
            // Comments, so that all of it is still a clouds.yaml.
            let (aws, cloudstack) = (sim.aws_access(), sim.cloudstack_access());
            for (name, value) in aws.environment().into_iter().chain(cloudstack.environment()) {
                writeln!(out, "# export {name}={value}")?;
            }
            writeln!(
                out,
                "# CloudStack by password: user {}, password {}, domain /",
                cloudstack.user, cloudstack.password
            )?;
            out.flush()?;
        }
    }
    interrupted().await
}

/// Writes a file aside and renames it, so that who waits for it never reads half of it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut aside = path.to_path_buf().into_os_string();
    aside.push(".new");
    std::fs::write(&aside, text)?;
    std::fs::rename(&aside, path)
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
