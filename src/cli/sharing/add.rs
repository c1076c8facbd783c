//! `rhain add URL [as NAME]`: a remote module that scripts here may import from now on.

use super::collect::{Collected, collect};
use super::{address, change};
use crate::audit::Touch;
use crate::cli::args::{Format, Options};
use crate::cli::audit::{refused, touch_json};
use crate::cli::run::no_trace;
use crate::cli::setup::{Purpose, Setup, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::config::lock::{NAME, nearest};
use serde_json::json;
use std::path::Path;

pub(super) fn run(
    options: &Options,
    environment: &Environment,
    url: &str,
    word: Option<&str>,
    name: Option<&str>,
) -> Result<u8, Error> {
    let address = address(url)?;
    let name = name.filter(|_| word.is_some());
    if let Some(name) = name {
        named_well(name)?;
    }
    let purpose = Purpose { script: None, simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let file = nearest(&environment.cwd).unwrap_or_else(|| environment.cwd.join(NAME));
    if let Some((_, lock)) = setup.modules.lock()?
        && let Some(entry) = lock.get(&address.to_string()).filter(|entry| entry.added)
        && (name.is_none() || entry.name.as_deref() == name)
    {
        setup
            .streams
            .note(&format!("`{address}` is in rhain.lock: `rhain update {address}` fetches it anew"));
        return Ok(0);
    }
    let (collected, checked) = collect(&setup, &address)?;
    if refused(options, &setup, &checked) {
        return Ok(2);
    }
    pin(&file, &collected, name)?;
    collected.iter().for_each(|one| setup.modules.keep(&one.text));
    tell(options, &setup, &file, &collected, name);
    Ok(0)
}

/// Take a module and what hangs on it into the lock.
fn pin(file: &Path, collected: &[Collected], name: Option<&str>) -> Result<(), Error> {
    let first = collected.first().map(|one| one.address.to_string()).unwrap_or_default();
    change(file, |lock| {
        if let Some(name) = name
            && lock.named(name).is_some_and(|entry| entry.url != first)
        {
            return Err(Error::new(
                Kind::Script,
                format!("rhain.lock has another module of the name `{name}`"),
            )
            .coded("import::lock")
            .help(format!("choose another name, or `rhain remove {name}` first")));
        }
        for (nth, one) in collected.iter().enumerate() {
            let known = lock.get(&one.address.to_string()).cloned();
            match known {
                // What another module hangs on stays as it was looked at; a new version comes by `update`.
                Some(known) if nth > 0 => {
                    if known.sha256 != one.entry(None, false).sha256 {
                        return Err(Error::new(
                            Kind::Script,
                            format!("`{}` changed since rhain.lock pinned it", one.address),
                        )
                        .coded("import::lock")
                        .help(format!(
                            "run `rhain update {}` first, and look at what changed",
                            one.address
                        )));
                    }
                }
                known => {
                    let kept = known.and_then(|known| known.name);
                    let own = if nth == 0 { name.map(str::to_string).or(kept) } else { kept };
                    lock.put(one.entry(own, nth == 0));
                }
            }
        }
        Ok(())
    })
}

/// Say what was added, and how to import it.
fn tell(options: &Options, setup: &Setup, file: &Path, collected: &[Collected], name: Option<&str>) {
    let Some(first) = collected.first() else { return };
    let address = &first.address;
    let console = &setup.session.console;
    if options.format == Format::Json {
        let modules = collected.iter().map(|one| {
            let entry = one.entry(None, false);
            let touches: Vec<_> = one.touches.iter().map(touch_json).collect();
            json!({ "url": entry.url, "commit": entry.commit, "sha256": entry.sha256, "touches": touches })
        });
        console.data(&json!({ "lock": file, "modules": modules.collect::<Vec<_>>() }).to_string());
        return;
    }
    let mut lines = Vec::new();
    for one in collected {
        let at = one.commit.as_ref().map(|commit| format!(" at {}", short(commit))).unwrap_or_default();
        lines.push(format!("added {}{at}", one.address));
        lines.extend(told(&one.touches).map(|line| format!("  {line}")));
        if one.touches.is_empty() {
            lines.push("  touches nothing outside of itself".to_string());
        }
    }
    lines.push(format!("pinned in {}", file.display()));
    let stem = address.stem();
    let written = name.map_or_else(|| address.to_string(), str::to_string);
    lines.push(format!("write: import \"{written}\" as {};", identifier(name.unwrap_or(&stem))));
    console.data(&setup.clouds.hide(&lines.join("\n")));
}

/// Touches as people read them.
pub(super) fn told(touches: &[Touch]) -> impl Iterator<Item = String> {
    let width = touches.iter().map(|touch| touch.does.words().len()).max().unwrap_or(0);
    touches.iter().map(move |touch| format!("{:width$}  {}", touch.does.words(), touch.what))
}

/// A commit as people say it.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// A name that the language takes.
fn identifier(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_digit()) { format!("m_{plain}") } else { plain }
}

fn named_well(name: &str) -> Result<(), Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(fits) && name != "std" {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidArgument, "this is no name for a module")
        .coded("import::lock")
        .help("use letters, digits, `_` and `-`, a letter first: rhain add URL as fleet"))
}
