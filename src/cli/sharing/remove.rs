//! `rhain remove URL`: a remote module that scripts here import no more, and what hung on it alone.

use super::collect::needed;
use super::update::found;
use super::{change, no_lock};
use crate::cli::args::Options;
use crate::cli::run::no_trace;
use crate::cli::setup::{Purpose, setup};
use crate::cloud::Error;
use crate::config::Environment;

pub(super) fn run(options: &Options, environment: &Environment, which: &str) -> Result<u8, Error> {
    let purpose = Purpose { script: None, simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let (file, lock) = setup.modules.lock()?.ok_or_else(|| no_lock(&environment.cwd))?;
    let entry = found(&lock, which)?;
    change(&file, |lock| {
        let mut entry = entry.clone();
        // Another module may hang on it still.
        (entry.added, entry.name) = (false, None);
        lock.put(entry);
        Ok(())
    })?;
    let kept = needed(&setup.modules)?;
    let gone = change(&file, |lock| {
        let (stays, gone) = std::mem::take(&mut lock.modules)
            .into_iter()
            .partition(|entry| entry.added || kept.contains(&entry.url));
        lock.modules = stays;
        Ok::<Vec<_>, Error>(gone)
    })?;
    let told: Vec<String> = gone.iter().map(|entry| format!("removed {}", entry.url)).collect();
    match told.is_empty() {
        true => {
            setup.streams.note(&format!("`{}` stays in rhain.lock: another module imports it", entry.url))
        }
        false => setup.session.console.data(&told.join("\n")),
    }
    Ok(0)
}
