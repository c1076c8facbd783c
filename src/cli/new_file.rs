//! A file that takes the place of another only once it is written: what was there survives a full disk.

use crate::base::file::refuse_pipe;
use std::fs::{self, File};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the files, so that two for one place do not meet before.
static MADE: AtomicU64 = AtomicU64::new(0);

/// A file under way.
pub(super) struct NewFile {
    file: File,
    /// Where it stands until it is kept; `None` where it is written in its place.
    beside: Option<PathBuf>,
    path: PathBuf,
}

impl NewFile {
    /// A new file for `path`, with these permissions or those of the file that is there. A device is written in its place; so is a
    /// file in a folder that takes no other.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create(path: &Path, mode: Option<u32>) -> io::Result<NewFile> {
        match NewFile::beside(path, mode)? {
            Some(new) => Ok(new),
            // A device has no permissions of ours.
            None => NewFile::in_place(path, mode.filter(|_| path.is_file())),
        }
    }

    /// The same for bytes that may stop half-way: never in the place of a plain file, which would be lost with them.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn for_transfer(path: &Path) -> io::Result<NewFile> {
        if let Some(new) = NewFile::beside(path, None)? {
            return Ok(new);
        }
        if path.is_file() {
            let why = "its folder takes no new file, and what is there would be lost if the transfer stopped";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        NewFile::in_place(path, None)
    }

    /// One beside the path; `None` where what is there is no plain file, or the folder takes no other.
    fn beside(path: &Path, mode: Option<u32>) -> io::Result<Option<NewFile>> {
        // A link stays one: what it leads to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let there = fs::metadata(&path).ok();
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            return Ok(None);
        }
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}-{}.new", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
        let beside = path.with_file_name(name);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
            if there.as_ref().is_some_and(|there| there.permissions().readonly()) {
                // As opening it would have been refused.
                File::options().append(true).open(&path)?;
            }
            let kept = there.map(|there| there.permissions().mode() & 0o7777);
            options.mode(mode.or(kept).unwrap_or(0o666));
            let file = match options.open(&beside) {
                Err(why) if why.kind() == io::ErrorKind::PermissionDenied && kept.is_some() => {
                    return Ok(None);
                }
                opened => opened?,
            };
            if let Some(mode) = mode.or(kept) {
                file.set_permissions(fs::Permissions::from_mode(mode))?;
            }
            Ok(Some(NewFile { file, beside: Some(beside), path }))
        }
        #[cfg(not(unix))]
        Ok(Some(NewFile { file: options.open(&beside)?, beside: Some(beside), path }))
    }

    fn in_place(path: &Path, mode: Option<u32>) -> io::Result<NewFile> {
        refuse_pipe(path)?;
        let file = File::options().write(true).truncate(true).open(path)?;
        #[cfg(unix)]
        if let Some(mode) = mode {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
        }
        Ok(NewFile { file, beside: None, path: path.to_path_buf() })
    }

    /// Write more.
    ///
    /// # Errors
    /// When there is no room.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Begin again: what was written is dropped, where that can be.
    ///
    /// # Errors
    /// When it cannot be.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        match &self.beside {
            None => Ok(()),
            Some(_) => self.file.set_len(0).and_then(|()| self.file.rewind()),
        }
    }

    /// Let it take its place now; what is written from now on goes on in it.
    ///
    /// # Errors
    /// When it cannot.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        match &self.beside {
            None => Ok(()),
            Some(beside) => {
                fs::rename(beside, &self.path)?;
                self.beside = None;
                Ok(())
            }
        }
    }

    /// Drop what was written: what was there stays.
    pub(super) fn abandon(mut self) {
        if let Some(beside) = self.beside.take() {
            // It was never anybody's.
            let _ = fs::remove_file(beside);
        }
    }
}

impl Drop for NewFile {
    /// One that nothing was written to takes its place too.
    fn drop(&mut self) {
        let empty = self.file.metadata().is_ok_and(|file| file.len() == 0);
        match self.beside.take() {
            Some(beside) if empty => drop(fs::rename(beside, &self.path)),
            Some(beside) => drop(fs::remove_file(beside)),
            None => {}
        }
    }
}
