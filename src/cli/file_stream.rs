//! Files that are larger than memory: read as they are asked for, and written as their bytes come.

use super::new_file::NewFile;
use super::outside::{why_not_read, why_not_written};
use crate::base::stream::{Content, Sink};
use crate::cloud::ports::FileSink;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file's bytes.
#[derive(Debug)]
pub(super) struct FileContent {
    path: PathBuf,
    size: u64,
}

impl FileContent {
    /// A plain file, which is opened to see that it can be read.
    ///
    /// # Errors
    /// Why it cannot be read, in a few words.
    pub(super) fn open(path: PathBuf) -> Result<FileContent, String> {
        // A pipe is not opened, which might wait for ever.
        let there = std::fs::metadata(&path).map_err(|error| why_not_read(&error))?;
        if !there.is_file() {
            return Err(if there.is_dir() { "it is a folder" } else { "it is no plain file" }.to_string());
        }
        File::open(&path).map_err(|error| why_not_read(&error))?;
        Ok(FileContent { path, size: there.len() })
    }
}

impl Content for FileContent {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.path)?))
    }
}

/// A new file, beside its place until it is kept.
pub(super) struct FileUnderWay(Mutex<Option<NewFile>>);

impl FileUnderWay {
    pub(super) fn new(file: NewFile) -> FileUnderWay {
        FileUnderWay(Mutex::new(Some(file)))
    }

    fn file(&self) -> MutexGuard<'_, Option<NewFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, work: impl FnOnce(&mut NewFile) -> io::Result<()>) -> io::Result<()> {
        self.file().as_mut().map_or(Ok(()), work)
    }
}

impl fmt::Debug for FileUnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file under way")
    }
}

impl Sink for FileUnderWay {
    fn begin(&self, _size: Option<u64>) -> io::Result<()> {
        self.with(NewFile::restart)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.with(|file| file.write(bytes))
    }
}

impl FileSink for FileUnderWay {
    fn keep(&self) -> Result<(), String> {
        let Some(mut file) = self.file().take() else { return Ok(()) };
        let kept = file.keep().map_err(|error| why_not_written(&error));
        if kept.is_err() {
            file.abandon();
        }
        kept
    }
}

impl Drop for FileUnderWay {
    /// What was there stays.
    fn drop(&mut self) {
        if let Some(file) = self.file().take() {
            file.abandon();
        }
    }
}
