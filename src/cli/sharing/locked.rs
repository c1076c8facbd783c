//! The remote modules of a session: those that the nearest lock holds, from beside it, from the cache, or fetched once.
//!
//! Whatever the way, a text counts only where its hash is the one that the lock holds.

use super::fetch::{Fetcher, LARGEST};
use crate::cloud::{Error, Kind};
use crate::config::lock::{self, Entry, Lock};
use crate::script::modules::bundle::hash;
use crate::script::modules::{Address, Remote, unlocked};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The folder beside the lock in which modules may be kept.
pub(super) const VENDOR: &str = "vendor";

/// The remote modules of a session.
pub(in crate::cli) struct Locked {
    /// Where the lock is looked for, upwards.
    pub(super) folder: PathBuf,
    /// Where texts are kept by their hashes; none for a user without a home.
    pub(super) cache: Option<PathBuf>,
    pub(super) offline: bool,
    pub(super) fetcher: Fetcher,
    /// Texts that are not in the lock yet, and are looked at before they are.
    offered: Mutex<BTreeMap<String, String>>,
    /// Texts by their hashes.
    known: Mutex<BTreeMap<String, String>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Locked {
    /// Those of the lock that is nearest to a folder; nothing is read yet.
    pub(super) fn new(folder: PathBuf, cache: Option<PathBuf>, offline: bool, fetcher: Fetcher) -> Locked {
        Locked { folder, cache, offline, fetcher, offered: Mutex::default(), known: Mutex::default() }
    }

    /// The lock and its file, as they are now.
    pub(super) fn lock(&self) -> Result<Option<(PathBuf, Lock)>, Error> {
        let Some(file) = lock::nearest(&self.folder) else { return Ok(None) };
        let read = Lock::read(&file)?;
        Ok(Some((file, read)))
    }

    /// From now on these count as what they are looked at for.
    pub(super) fn offer(&self, texts: impl IntoIterator<Item = (String, String)>) {
        held(&self.offered).extend(texts);
    }

    /// The text that a lock's entry stands for.
    pub(super) fn of_entry(&self, file: &Path, entry: &Entry) -> Result<String, Error> {
        if let Some(text) = held(&self.known).get(&entry.sha256) {
            return Ok(text.clone());
        }
        let address = Address::parse(&entry.url)?;
        let text = match self.vendored(file, &address, entry)? {
            Some(text) => text,
            None => match self.cached(entry) {
                Some(text) => text,
                None => self.fetched(&address, entry)?,
            },
        };
        held(&self.known).insert(entry.sha256.clone(), text.clone());
        Ok(text)
    }

    /// What stands beside the lock. One that was changed there is no other version: it is refused.
    fn vendored(&self, file: &Path, address: &Address, entry: &Entry) -> Result<Option<String>, Error> {
        let Some(folder) = file.parent() else { return Ok(None) };
        let path = folder.join(VENDOR).join(vendor_name(address));
        let Some(text) = plain_text(&path) else { return Ok(None) };
        match hash(&text) == entry.sha256 {
            true => Ok(Some(text)),
            false => Err(changed(&entry.url)
                .fact("seen", format!("{}, which differs", path.display()))
                .help("run `rhain vendor` to bring back the module as it is in rhain.lock")),
        }
    }

    /// What was kept by its hash; what is no such text counts as none.
    fn cached(&self, entry: &Entry) -> Option<String> {
        let text = plain_text(&self.cache.as_ref()?.join(&entry.sha256))?;
        (hash(&text) == entry.sha256).then_some(text)
    }

    fn fetched(&self, address: &Address, entry: &Entry) -> Result<String, Error> {
        if self.offline {
            let message = format!("the module `{}` was never fetched to this machine", entry.url);
            return Err(Error::new(Kind::Script, message)
                .coded("import::lock")
                .help("run once without --offline, or keep it beside the scripts: `rhain vendor`"));
        }
        let fetched = self.fetcher.fetch(address, entry.commit.as_deref())?;
        if hash(&fetched.text) != entry.sha256 {
            return Err(changed(&entry.url).help(
                "find out why it changed; `rhain update` shows what the new one touches that the old one did not",
            ));
        }
        self.keep(&fetched.text);
        Ok(fetched.text)
    }

    /// Keep a text by its hash. One that cannot be kept is fetched again another time.
    pub(super) fn keep(&self, text: &str) {
        let Some(folder) = &self.cache else { return };
        let _ = keep(folder, text);
    }
}

fn keep(folder: &Path, text: &str) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let path = folder.join(hash(text));
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let _ = fs::remove_file(&beside);
    let mut file = fs::File::options().write(true).create_new(true).open(&beside)?;
    file.write_all(text.as_bytes()).and_then(|()| fs::rename(&beside, &path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// The text of a plain file; none for a link, which leads elsewhere, and for what is too large.
fn plain_text(path: &Path) -> Option<String> {
    let about = fs::symlink_metadata(path).ok()?;
    (about.is_file() && about.len() <= LARGEST as u64).then(|| fs::read_to_string(path).ok()).flatten()
}

fn changed(url: &str) -> Error {
    Error::new(Kind::Script, format!("the module `{url}` is not the one that rhain.lock holds"))
        .coded("import::lock")
}

/// Where a module stands below the folder of those that are kept beside the lock.
pub(super) fn vendor_name(address: &Address) -> PathBuf {
    let text = address.to_string();
    let (_, rest) = text.split_once("://").unwrap_or(("", &text));
    let plain = |part: &str| -> String {
        part.chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@') { c } else { '_' })
            .collect()
    };
    let parts: Vec<&str> = rest.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let mut path: PathBuf =
        parts.iter().take(parts.len().saturating_sub(1)).map(|part| plain(part)).collect();
    // Two addresses never share a file.
    let short: String = hash(&text).chars().take(8).collect();
    path.push(format!("{}-{short}.rhai", plain(&address.stem())));
    path
}

impl Remote for Locked {
    fn named(&self, name: &str) -> Result<Option<String>, Error> {
        let lock = self.lock()?;
        Ok(lock.and_then(|(_, lock)| lock.named(name).map(|entry| entry.url.clone())))
    }

    fn text(&self, address: &str) -> Result<String, Error> {
        if let Some(text) = held(&self.offered).get(address) {
            return Ok(text.clone());
        }
        let (file, lock) = self.lock()?.ok_or_else(|| unlocked(address))?;
        let entry = lock.get(address).ok_or_else(|| unlocked(address))?;
        self.of_entry(&file, entry)
    }
}

impl Locked {
    /// The text of an entry, whatever stands beside the lock.
    pub(super) fn elsewhere(&self, entry: &Entry) -> Result<String, Error> {
        match self.cached(entry) {
            Some(text) => Ok(text),
            None => self.fetched(&Address::parse(&entry.url)?, entry),
        }
    }
}
