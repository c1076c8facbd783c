//! Modules from elsewhere: `rhain add`, `update`, `remove`, `vendor` and `bundle`, and what obeys their lock.
//!
//! [`locked`] gives a session the texts that the lock holds; [`fetch`] gets them; [`collect`] finds all that a module
//! needs and what it may touch; then one file a command.

mod add;
pub(super) mod args;
mod bundle;
mod collect;
mod fetch;
mod locked;
mod remove;
mod update;
mod vendor;

use super::args::Options;
use super::new_file::NewFile;
use super::run::refuse;
use crate::cloud::ports::Outside;
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::config::lock::Lock;
use crate::script::bridge::Bridge;
use crate::script::modules::Address;
use args::Sharing;
pub(super) use locked::Locked;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Run one of the commands.
pub(super) fn run(options: &Options, command: &Sharing) -> u8 {
    let environment = Environment::of_process();
    let done = match command {
        Sharing::Add { url, name_word, name } => {
            add::run(options, &environment, url, name_word.as_deref(), name.as_deref())
        }
        Sharing::Update { url } => update::run(options, &environment, url.as_deref()),
        Sharing::Remove { url } => remove::run(options, &environment, url),
        Sharing::Vendor => vendor::run(options, &environment),
        Sharing::Bundle { file, output } => bundle::run(options, &environment, file, output),
        Sharing::Audit { file } => return super::audit::run(options, file),
        Sharing::Fmt { check, files } => return super::fmt::run(options, *check, files),
        Sharing::New { name } => return super::new::run(options, name),
    };
    done.unwrap_or_else(|error| refuse(options, &environment, &error, 2))
}

/// Where the modules are kept that were fetched.
pub(super) fn kept(environment: &Environment) -> Option<PathBuf> {
    environment.own_folder("XDG_CACHE_HOME", ".cache").map(|folder| folder.join("modules"))
}

/// The remote modules of a session that runs a script of this folder.
pub(super) fn locked(
    options: &Options,
    environment: &Environment,
    script: Option<&str>,
    outside: Arc<dyn Outside>,
    bridge: Arc<Bridge>,
) -> Locked {
    let folder = match script.map(Path::new).filter(|script| script.as_os_str() != "-") {
        Some(script) => {
            environment.cwd.join(script).parent().map_or(environment.cwd.clone(), Path::to_path_buf)
        }
        None => environment.cwd.clone(),
    };
    let cache = options.modules.clone().or_else(|| kept(environment));
    let scratch = cache.clone().unwrap_or_else(std::env::temp_dir);
    let fetcher = fetch::Fetcher { outside, bridge, folder: scratch };
    Locked::new(folder, cache, options.offline, fetcher)
}

/// An address as a person gives it.
fn address(text: &str) -> Result<Address, Error> {
    Address::parse(text)
}

/// No lock to work on.
fn no_lock(folder: &Path) -> Error {
    Error::new(Kind::Script, format!("there is no rhain.lock in `{}` or above", folder.display()))
        .coded("import::lock")
        .help("run `rhain add URL` to make one")
}

/// Read the lock, change it and write it, with nobody else at it.
fn change<T>(file: &Path, work: impl FnOnce(&mut Lock) -> Result<T, Error>) -> Result<T, Error> {
    let why = |why: std::io::Error| {
        Error::new(Kind::Script, format!("`{}` cannot be written: {why}", file.display()))
            .coded("cli::output")
            .help("make its folder writable, then try again; nothing changed")
    };
    // The folder is what is locked: the file itself is replaced by another.
    let folder = file.parent().map(Path::to_path_buf).unwrap_or_else(|| PathBuf::from("."));
    let held = File::open(&folder).map_err(why)?;
    held.lock().map_err(why)?;
    let mut lock = if file.exists() { Lock::read(file)? } else { Lock::default() };
    let before = lock.clone();
    let done = work(&mut lock)?;
    if lock != before || !file.exists() {
        let mut new = NewFile::create(file, None).map_err(why)?;
        match new.write(lock.text().as_bytes()) {
            Ok(()) => new.keep().map_err(why)?,
            Err(error) => {
                new.abandon();
                return Err(why(error));
            }
        }
    }
    Ok(done)
}
