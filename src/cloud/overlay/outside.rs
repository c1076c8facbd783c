//! What a dry run does outside any cloud: files that it writes are seen by it alone, and every port answers.

use crate::cloud::Error;
use crate::cloud::ports::{FileWrite, Outside, ProgramEnd, ProgramRun, WebAnswer, WebAsk};
use async_trait::async_trait;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The outside of a dry run. Programs and web servers are reached as ever: whether one may be, the caller decides.
pub struct OutsideOverlay {
    inner: Arc<dyn Outside>,
    /// What was written, by path.
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
}

impl OutsideOverlay {
    /// One in which nothing was written yet.
    pub fn new(inner: Arc<dyn Outside>) -> OutsideOverlay {
        OutsideOverlay { inner, files: Mutex::default() }
    }
}

#[async_trait]
impl Outside for OutsideOverlay {
    fn variable(&self, name: &str) -> Option<String> {
        self.inner.variable(name)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let written = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(&plain(path)).cloned();
        written.map_or_else(|| self.inner.read_file(path), Ok)
    }

    fn write_file(&self, file: &FileWrite) -> Result<(), String> {
        let before = match file.append {
            true => self.read_file(&file.path).unwrap_or_default(),
            false => Vec::new(),
        };
        let bytes = [before, file.bytes.clone()].concat();
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(plain(&file.path), bytes);
        Ok(())
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
}
