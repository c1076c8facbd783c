//! `rhain vendor`: the remote modules as files beside the lock, for machines that reach nobody.

use super::locked::{VENDOR, vendor_name};
use super::no_lock;
use crate::cli::args::Options;
use crate::cli::new_file::NewFile;
use crate::cli::outside::why_not_written;
use crate::cli::run::no_trace;
use crate::cli::setup::{Purpose, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::script::modules::Address;
use std::path::Path;

pub(super) fn run(options: &Options, environment: &Environment) -> Result<u8, Error> {
    let purpose = Purpose { script: None, simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let (file, lock) = setup.modules.lock()?.ok_or_else(|| no_lock(&environment.cwd))?;
    let folder = file.parent().unwrap_or_else(|| Path::new(".")).join(VENDOR);
    for entry in &lock.modules {
        let address = Address::parse(&entry.url)?;
        let name = vendor_name(&address);
        let path = folder.join(&name);
        // One that was changed there is what this mends.
        let text = match setup.modules.of_entry(&file, entry) {
            Ok(text) => text,
            Err(_) if path.is_file() => setup.modules.elsewhere(entry)?,
            Err(error) => return Err(error),
        };
        write(&folder, &path, &text).map_err(|why| {
            Error::new(
                Kind::Script,
                format!("`{}` cannot be written: {}", path.display(), why_not_written(&why)),
            )
            .coded("cli::output")
            .help("make the folder writable, then run `rhain vendor` again")
        })?;
        setup.session.console.data(&format!("{VENDOR}/{}", name.display()));
    }
    if lock.modules.is_empty() {
        setup.streams.note("rhain.lock holds no module");
    }
    Ok(0)
}

fn write(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let inside = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(inside)?;
    // A link among the folders leads elsewhere.
    let real = folder.canonicalize()?;
    let below = folder.parent().and_then(|parent| parent.canonicalize().ok());
    if !inside.canonicalize()?.starts_with(&real) || below.is_some_and(|below| real.parent() != Some(&below))
    {
        return Err(std::io::Error::other("its folder is a link that leads elsewhere"));
    }
    if path.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
        std::fs::remove_file(path)?;
    }
    let mut new = NewFile::create(path, None)?;
    match new.write(text.as_bytes()) {
        Ok(()) => new.keep(),
        Err(why) => {
            new.abandon();
            Err(why)
        }
    }
}
