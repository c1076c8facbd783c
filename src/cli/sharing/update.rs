//! `rhain update [URL]`: new versions of remote modules, and what they touch that the old ones did not.

use super::add::short;
use super::collect::{Collected, collect};
use super::{change, no_lock};
use crate::audit::{self, Touch};
use crate::check::Checked;
use crate::cli::args::{Format, Options};
use crate::cli::audit::refused;
use crate::cli::run::no_trace;
use crate::cli::setup::{Purpose, Setup, setup};
use crate::cloud::{Error, Kind};
use crate::config::Environment;
use crate::config::lock::{Entry, Lock};
use crate::script::bridge::Bridge;
use crate::script::modules::Address;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Refused, by a person or for want of one.
const REFUSED: u8 = 1;

pub(super) fn run(options: &Options, environment: &Environment, which: Option<&str>) -> Result<u8, Error> {
    let purpose = Purpose { script: None, simulate: true };
    let setup = setup(options, purpose, environment.clone()).map_err(|error| no_trace(options, &error))?;
    let (file, lock) = setup.modules.lock()?.ok_or_else(|| no_lock(&environment.cwd))?;
    let wanted: Vec<Entry> = match which {
        Some(which) => vec![found(&lock, which)?],
        None => lock.modules.iter().filter(|entry| entry.added).cloned().collect(),
    };
    let mut news: BTreeMap<String, Collected> = BTreeMap::new();
    for entry in &wanted {
        let (collected, checked) = collect(&setup, &Address::parse(&entry.url)?)?;
        if refused(options, &setup, &checked) {
            return Ok(2);
        }
        news.extend(collected.into_iter().map(|one| (one.address.to_string(), one)));
    }
    let differs = |one: &Collected| {
        lock.get(&one.address.to_string()).is_none_or(|old| old.sha256 != one.entry(None, false).sha256)
    };
    let changed: Vec<&Collected> = news.values().filter(|one| differs(one)).collect();
    if changed.is_empty() {
        // Another commit of the same text is pinned without a word.
        pin(&file, &news)?;
        setup.streams.note("every module is as rhain.lock holds it");
        return Ok(0);
    }
    show(options, &setup, &file, &lock, &changed);
    if !agreed(options, &setup)? {
        return Ok(REFUSED);
    }
    pin(&file, &news)?;
    news.values().for_each(|one| setup.modules.keep(&one.text));
    setup.streams.note(&format!("pinned in {}", file.display()));
    Ok(0)
}

/// The module of an address or a name.
pub(super) fn found(lock: &Lock, which: &str) -> Result<Entry, Error> {
    let address = Address::parse(which).map(|address| address.to_string()).ok();
    let by_address = address.as_deref().and_then(|address| lock.get(address));
    by_address.or_else(|| lock.named(which)).cloned().ok_or_else(|| {
        let known: Vec<&str> =
            lock.modules.iter().map(|entry| entry.name.as_deref().unwrap_or(&entry.url)).collect();
        let shown = address.unwrap_or_else(|| "of that name".to_string());
        Error::new(Kind::NotFound, format!("rhain.lock has no module {shown}"))
            .coded("import::lock")
            .help(format!("it has {}", known.join(", ")))
    })
}

fn pin(file: &Path, news: &BTreeMap<String, Collected>) -> Result<(), Error> {
    change(file, |lock| {
        for (url, one) in news {
            let old = lock.get(url).cloned();
            let added = old.as_ref().is_some_and(|old| old.added);
            lock.put(one.entry(old.and_then(|old| old.name), added));
        }
        Ok(())
    })
}

/// What the old version touches: as the lock says, and as its text does, for a lock may have been changed by hand.
fn touched(setup: &Setup, file: &Path, old: &Entry) -> Vec<String> {
    let Ok(text) = setup.modules.of_entry(file, old) else { return old.touches.clone() };
    let source = Checked { name: old.url.clone(), text: text.into(), findings: Vec::new(), imported: None };
    let of_text: Vec<String> = audit::audit(&[source]).iter().map(Touch::told).collect();
    // Which clouds are meant depends on those who import it.
    let same = |touch: &&String| touch.starts_with("cloud ") || of_text.contains(*touch);
    old.touches.iter().filter(same).cloned().collect()
}

/// What each new version touches more, and less.
fn show(options: &Options, setup: &Setup, file: &Path, lock: &Lock, changed: &[&Collected]) {
    for one in changed {
        let old = lock.get(&one.address.to_string());
        let before = old.map(|old| touched(setup, file, old)).unwrap_or_default();
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let more: Vec<&Touch> =
            one.touches.iter().filter(|touch| !before.contains(&touch.told().as_str())).collect();
        let now: Vec<String> = one.touches.iter().map(Touch::told).collect();
        let less: Vec<&str> =
            before.iter().copied().filter(|touch| !now.iter().any(|other| other == touch)).collect();
        if options.format == Format::Json {
            let more: Vec<_> = more.iter().map(|touch| crate::cli::audit::touch_json(touch)).collect();
            let line = json!({
                "url": one.address.to_string(),
                "from": old.map(|old| json!({ "commit": old.commit, "sha256": old.sha256 })),
                "to": { "commit": one.commit, "sha256": one.entry(None, false).sha256 },
                "more": more,
                "less": less,
            });
            setup.session.console.data(&line.to_string());
            continue;
        }
        let versions = match (old.and_then(|old| old.commit.as_deref()), one.commit.as_deref()) {
            (Some(old), Some(new)) => format!(": {} → {}", short(old), short(new)),
            (None, Some(new)) if old.is_none() => format!(": new, at {}", short(new)),
            _ if old.is_none() => ": new".to_string(),
            _ => ": another text".to_string(),
        };
        let mut lines = vec![format!("{}{versions}", one.address)];
        for touch in &more {
            let at: Vec<String> = touch.places.iter().take(3).map(|(_, line)| line.to_string()).collect();
            lines.push(format!("  + {} {}  (line {})", touch.does.words(), touch.what, at.join(", ")));
        }
        lines.extend(less.iter().map(|touch| format!("  - {touch}")));
        if more.is_empty() {
            lines.push("  touches nothing that the old one did not".to_string());
        }
        setup.session.console.data(&setup.clouds.hide(&lines.join("\n")));
    }
}

fn agreed(options: &Options, setup: &Setup) -> Result<bool, Error> {
    if options.yes {
        return Ok(true);
    }
    let Some(answer) = setup.session.console.ask("take the new versions? [y/N] ", false) else {
        setup.streams.note("nothing changed: take them on a terminal, or with --yes");
        return Ok(false);
    };
    let answer = Bridge::new().wait(answer).unwrap_or_default();
    let yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !yes {
        setup.streams.note("nothing changed");
    }
    Ok(yes)
}
