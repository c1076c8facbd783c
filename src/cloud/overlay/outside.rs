//! What a dry run does outside any cloud: files that it writes are seen by it alone, and every port answers.

use crate::base::stream::{Content, Held, Sink};
use crate::cloud::Error;
use crate::cloud::ports::{FileSink, FileWrite, Outside, ProgramEnd, ProgramRun, WebAnswer, WebAsk};
use async_trait::async_trait;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a file holds that was written.
#[derive(Debug, Clone)]
enum Written {
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// So many bytes that are not there in a dry run: nobody knows them, or they are too many.
    Unknown(u64),
}

type Files = Arc<Mutex<HashMap<PathBuf, Written>>>;

/// Why such a file is not read.
const UNKNOWN: &str = "a dry run does not fetch what is saved in it";

/// The outside of a dry run. Programs and web servers are reached as ever: whether one may be, the caller decides.
pub struct OutsideOverlay {
    inner: Arc<dyn Outside>,
    /// What was written, by path.
    files: Files,
}

impl OutsideOverlay {
    /// One in which nothing was written yet.
    pub fn new(inner: Arc<dyn Outside>) -> OutsideOverlay {
        OutsideOverlay { inner, files: Files::default() }
    }

    fn written(&self, path: &str) -> Option<Written> {
        locked(&self.files).get(&plain(path)).cloned()
    }
}

fn locked(files: &Files) -> MutexGuard<'_, HashMap<PathBuf, Written>> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Outside for OutsideOverlay {
    fn variable(&self, name: &str) -> Option<String> {
        self.inner.variable(name)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.written(path) {
            Some(Written::Bytes(bytes)) => Ok(bytes.to_vec()),
            Some(Written::Unknown(_)) => Err(UNKNOWN.to_string()),
            None => self.inner.read_file(path),
        }
    }

    fn write_file(&self, file: &FileWrite) -> Result<(), String> {
        let before = match (file.append, self.written(&file.path)) {
            (true, Some(Written::Unknown(size))) => {
                let size = size.saturating_add(file.bytes.len() as u64);
                locked(&self.files).insert(plain(&file.path), Written::Unknown(size));
                return Ok(());
            }
            (true, _) => self.read_file(&file.path).unwrap_or_default(),
            (false, _) => Vec::new(),
        };
        let bytes = [before, file.bytes.clone()].concat();
        locked(&self.files).insert(plain(&file.path), Written::Bytes(bytes.into()));
        Ok(())
    }

    fn open_file(&self, path: &str) -> Result<Arc<dyn Content>, String> {
        match self.written(path) {
            Some(Written::Bytes(bytes)) => Ok(Arc::new(Held(bytes))),
            Some(Written::Unknown(size)) => Ok(Arc::new(Absent(size))),
            None => self.inner.open_file(path),
        }
    }

    fn new_file(&self, path: &str) -> Result<Arc<dyn FileSink>, String> {
        Ok(Arc::new(NewFile { path: plain(path), files: self.files.clone(), came: Mutex::default() }))
    }

    async fn run(&self, program: &ProgramRun) -> Result<ProgramEnd, String> {
        self.inner.run(program).await
    }

    async fn fetch(&self, ask: &WebAsk) -> Result<WebAnswer, Error> {
        self.inner.fetch(ask).await
    }

    /// What would answer is not there yet, or would be in time: waits end at once.
    async fn answers(&self, _host: &str, _port: u16) -> bool {
        true
    }
}

/// Bytes that are not there.
#[derive(Debug)]
struct Absent(u64);

impl Content for Absent {
    fn size(&self) -> u64 {
        self.0
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Err(io::Error::new(io::ErrorKind::NotFound, UNKNOWN))
    }
}

/// A file under way; it is seen from the moment it is kept.
#[derive(Debug)]
struct NewFile {
    path: PathBuf,
    files: Files,
    came: Mutex<Came>,
}

/// What has come, and how much there should be.
#[derive(Debug, Default)]
struct Came {
    size: Option<u64>,
    bytes: Vec<u8>,
}

impl NewFile {
    fn came(&self) -> MutexGuard<'_, Came> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for NewFile {
    fn begin(&self, size: Option<u64>) -> io::Result<()> {
        *self.came() = Came { size, bytes: Vec::new() };
        Ok(())
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.came().bytes.extend_from_slice(bytes);
        Ok(())
    }
}

impl FileSink for NewFile {
    fn keep(&self) -> Result<(), String> {
        let came = std::mem::take(&mut *self.came());
        let whole = came.size.unwrap_or(0).max(came.bytes.len() as u64);
        let written = match came.bytes.len() as u64 == whole && whole > 0 {
            true => Written::Bytes(came.bytes.into()),
            false => Written::Unknown(whole),
        };
        locked(&self.files).insert(self.path.clone(), written);
        Ok(())
    }
}

/// A path without `.` and `..`, so that one file has one name.
fn plain(path: &str) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Empty;

    #[async_trait]
    impl Outside for Empty {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
            if path == "old" { Ok(b"old ".to_vec()) } else { Err("no such file".to_string()) }
        }
        fn write_file(&self, _: &FileWrite) -> Result<(), String> {
            Err("written".to_string())
        }
        fn open_file(&self, _: &str) -> Result<Arc<dyn Content>, String> {
            Err("no such file".to_string())
        }
        fn new_file(&self, _: &str) -> Result<Arc<dyn FileSink>, String> {
            Err("written".to_string())
        }
        async fn run(&self, _: &ProgramRun) -> Result<ProgramEnd, String> {
            Err("run".to_string())
        }
        async fn fetch(&self, _: &WebAsk) -> Result<WebAnswer, Error> {
            Err(Error::unsupported("test", "fetch"))
        }
        async fn answers(&self, _: &str, _: u16) -> bool {
            false
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_written_nowhere() {
        let outside = OutsideOverlay::new(Arc::new(Empty));
        let write = |path: &str, append| {
            let file = FileWrite { path: path.to_string(), bytes: b"new".to_vec(), mode: None, append };
            outside.write_file(&file)
        };
        assert_eq!(outside.read_file("a"), Err("no such file".to_string()));
        assert_eq!((write("a", false), outside.read_file("./b/../a")), (Ok(()), Ok(b"new".to_vec())));
        assert_eq!((write("a", true), outside.read_file("a")), (Ok(()), Ok(b"newnew".to_vec())));
        assert_eq!((write("old", true), outside.read_file("old")), (Ok(()), Ok(b"old new".to_vec())));
    }

    #[test]
    fn a_file_that_comes_is_there_when_it_is_whole() {
        let outside = OutsideOverlay::new(Arc::new(Empty));
        let file = |path: &str, size, bytes: &[u8]| {
            let file = outside.new_file(path).unwrap_or_else(|why| unreachable!("{why}"));
            let _ = file.begin(Some(size)).and_then(|()| file.write(bytes));
            file
        };
        let whole = file("a", 3, b"abc");
        assert_eq!(outside.read_file("a"), Err("no such file".to_string()));
        assert_eq!((whole.keep(), outside.read_file("./a")), (Ok(()), Ok(b"abc".to_vec())));
        assert_eq!(file("large", 9, b"").keep(), Ok(()));
        assert_eq!(outside.read_file("large"), Err(UNKNOWN.to_string()));
        assert_eq!(outside.open_file("large").map(|content| content.size()), Ok(9));
    }
}
