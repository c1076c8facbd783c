//! A remote module and all that it imports, fetched, checked, and with what each may touch.

use super::locked::Locked;
use crate::audit::{self, Touch};
use crate::check::{self, Checked};
use crate::cli::setup::Setup;
use crate::cloud::{Error, Kind};
use crate::config::lock::Entry;
use crate::script::modules::bundle::hash;
use crate::script::modules::{Address, STDLIB};
use crate::syntax;
use crate::syntax::tree::{Node, StatementKind};
use std::collections::BTreeMap;

/// So many modules hang on one, and no more.
const MOST: usize = 64;

/// A module as it is there now.
pub(super) struct Collected {
    pub(super) address: Address,
    pub(super) text: String,
    pub(super) commit: Option<String>,
    pub(super) touches: Vec<Touch>,
}

impl Collected {
    /// As the lock holds it.
    pub(super) fn entry(&self, name: Option<String>, added: bool) -> Entry {
        Entry {
            url: self.address.to_string(),
            name,
            added,
            commit: self.commit.clone(),
            sha256: hash(&self.text),
            touches: self.touches.iter().map(Touch::told).collect(),
        }
    }
}

/// The module and all that hangs on it, the module first.
///
/// # Errors
/// When one cannot be fetched, or would not run.
pub(super) fn collect(setup: &Setup, first: &Address) -> Result<(Vec<Collected>, Vec<Checked>), Error> {
    let mut fetched: Vec<(Address, String, Option<String>)> = Vec::new();
    let mut open = vec![first.clone()];
    while let Some(address) = open.pop() {
        if fetched.iter().any(|(known, _, _)| *known == address) {
            continue;
        }
        if fetched.len() >= MOST {
            let message = format!("more than {MOST} modules hang on `{first}`");
            return Err(Error::new(Kind::Script, message)
                .coded("import::fetch")
                .help("take what is needed of them alone"));
        }
        let one = setup.modules.fetcher.fetch(&address, None)?;
        open.extend(imported(&address, &one.text)?);
        fetched.push((address, one.text, one.commit));
    }
    setup.modules.offer(fetched.iter().map(|(address, text, _)| (address.to_string(), text.clone())));
    let name = first.to_string();
    let text = fetched.first().map(|(_, text, _)| text.clone()).unwrap_or_default();
    let checked = check::module(&setup.session, &name, &text);
    let collected = fetched.into_iter().map(|(address, text, commit)| {
        let touches = touches_of(&checked, &address.to_string());
        Collected { address, text, commit, touches }
    });
    Ok((collected.collect(), checked))
}

/// What one source of these may touch by itself.
fn touches_of(checked: &[Checked], name: &str) -> Vec<Touch> {
    let all = audit::audit(checked);
    let own = all.into_iter().filter_map(|mut touch| {
        touch.places.retain(|(source, _)| source == name);
        (!touch.places.is_empty()).then_some(touch)
    });
    own.collect()
}

/// The remote modules that a text imports.
pub(super) fn imported(address: &Address, text: &str) -> Result<Vec<Address>, Error> {
    let mut found = Vec::new();
    let mut failed = None;
    let tree = syntax::parse(text);
    tree.walk(&mut |path| {
        if let Some(Node::Statement(statement)) = path.last()
            && let StatementKind::Import { path, .. } = &statement.kind
            && let Some(path) = path.text()
            && !STDLIB.iter().any(|(name, _)| *name == path)
            && !path.starts_with("std/")
        {
            match address.join(path) {
                Ok(address) => found.push(address),
                Err(error) => failed = failed.take().or(Some(error)),
            }
        }
    });
    failed.map_or(Ok(found), Err)
}

/// The modules of a lock that those which a person added still need.
pub(super) fn needed(locked: &Locked) -> Result<Vec<String>, Error> {
    let Some((file, lock)) = locked.lock()? else { return Ok(Vec::new()) };
    let mut found: BTreeMap<String, ()> = BTreeMap::new();
    let mut open: Vec<String> =
        lock.modules.iter().filter(|entry| entry.added).map(|entry| entry.url.clone()).collect();
    while let Some(url) = open.pop() {
        let Some(entry) = lock.get(&url) else { continue };
        if found.insert(url.clone(), ()).is_some() {
            continue;
        }
        let text = locked.of_entry(&file, entry)?;
        open.extend(imported(&Address::parse(&url)?, &text)?.iter().map(ToString::to_string));
    }
    Ok(found.into_keys().collect())
}
