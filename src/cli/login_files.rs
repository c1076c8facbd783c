//! Logins that outlive a run, a file each, in the user's folder for what may be lost. Only the user can read them, as `~/.ssh`.

use crate::config::Environment;
use crate::provider::openstack::login_cache::LoginCache;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// No token lives longer on most clouds; what is older is cleared away.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// No catalog is so large.
const LARGEST: u64 = 4 << 20;

/// The folder.
pub(super) struct LoginFiles(PathBuf);

impl LoginFiles {
    /// `rhain/logins` below `$XDG_CACHE_HOME` or `~/.cache`; `None` for a user without a home.
    pub(super) fn of(environment: &Environment) -> Option<Arc<dyn LoginCache>> {
        let folder = environment.own_folder("XDG_CACHE_HOME", ".cache")?.join("logins");
        Some(Arc::new(LoginFiles(folder)))
    }

    fn file(&self, key: &str) -> PathBuf {
        self.0.join(format!("{key}.json"))
    }

    /// Beside it first, then in its place: who reads meanwhile sees the old one or the new one, whole.
    fn write(&self, key: &str, text: &str) -> io::Result<()> {
        folder(&self.0)?;
        let lock = private().create(true).truncate(false).write(true).open(self.0.join("lock"))?;
        // Another run writes now: its login is as good.
        if lock.try_lock().is_err() {
            return Ok(());
        }
        let beside = self.0.join(format!("{key}.new"));
        // One that a killed run left is not whole.
        let _ = fs::remove_file(&beside);
        let written = private().create_new(true).write(true).open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            fs::rename(&beside, self.file(key))
        });
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        self.clear();
        written
    }

    /// Remove what is older than any token.
    fn clear(&self) {
        let old = |entry: &fs::DirEntry| {
            let changed = entry.metadata().and_then(|about| about.modified()).ok()?;
            changed.elapsed().ok().filter(|age| *age > OLD)
        };
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_name() != "lock" && old(entry).is_some()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl LoginCache for LoginFiles {
    fn load(&self, key: &str) -> Option<String> {
        let path = self.file(key);
        // Before it is opened: a link leads elsewhere, and a pipe might wait for ever.
        let about = fs::symlink_metadata(&path).ok()?;
        if !about.is_file() || about.len() > LARGEST || !is_private(&about) {
            return None;
        }
        fs::read_to_string(path).ok()
    }

    fn save(&self, key: &str, text: &str) {
        let _ = self.write(key, text);
    }

    fn remove(&self, key: &str) {
        let _ = fs::remove_file(self.file(key));
    }
}

#[cfg(unix)]
fn folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// A file that is made so that only its owner reads it.
fn private() -> fs::OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// One that others may have written or read is not believed.
#[cfg(unix)]
fn is_private(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    about.mode() & 0o077 == 0 && about.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}
