//! The records of runs as files, below the user's state folder: `runs/RUN.jsonl`, its key `runs/RUN.key`, and the texts that ran,
//! shared by runs, as `texts/SHA256`. Only their owner reads them. A file is appended to and never changed.

use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Kept allocated past the end of a file: ends and handlers fit when the disk is full.
const SPARE: u64 = 256 << 10;

/// No journal is so large.
const LARGEST: u64 = 1 << 30;

/// The state folder.
#[derive(Debug, Clone)]
pub struct StateFolder {
    root: PathBuf,
    /// The most that one file may take, as of a disk that is full.
    room: Option<u64>,
}

impl StateFolder {
    /// Below this folder, which is made when something is kept.
    pub fn new(root: PathBuf) -> StateFolder {
        StateFolder { root, room: None }
    }

    /// The same on a disk with room for so many bytes of each run.
    pub fn with_room(self, bytes: u64) -> StateFolder {
        StateFolder { room: Some(bytes), ..self }
    }

    /// The folder, for people.
    pub fn path(&self) -> &Path {
        &self.root
    }

    fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// The file of a run.
    pub fn file(&self, run: &str) -> PathBuf {
        self.runs().join(format!("{run}.jsonl"))
    }

    fn key_file(&self, run: &str) -> PathBuf {
        self.runs().join(format!("{run}.key"))
    }

    /// Every run that is kept, oldest first.
    pub fn list(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.runs()) else { return Vec::new() };
        let name =
            |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".jsonl").map(str::to_string);
        let mut runs: Vec<String> = entries.flatten().filter_map(name).collect();
        runs.sort();
        runs
    }

    /// Begin a run's file, with its key and the texts that it runs; it is this process's until it ends.
    ///
    /// # Errors
    /// When something of it cannot be made.
    pub fn create(&self, run: &str, key: &[u8; 32], texts: &[String]) -> io::Result<RunFile> {
        private_folder(&self.runs())?;
        private_folder(&self.root.join("texts"))?;
        for text in texts {
            let path = self.root.join("texts").join(sha256(text.as_bytes()));
            if !path.is_file() {
                write_whole(&path, text.as_bytes())?;
            }
        }
        write_whole(&self.key_file(run), key)?;
        let path = self.file(run);
        let file = private().create_new(true).append(true).read(true).open(&path)?;
        file.try_lock().map_err(|why| io::Error::other(why.to_string()))?;
        // The file's name is on disk only once its folder is.
        File::open(self.runs())?.sync_all()?;
        Ok(RunFile { file, length: 0, reserved: 0, room: self.room })
    }

    /// Go on with a run's file; `None` where another process has it.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self, run: &str) -> io::Result<Option<RunFile>> {
        let mut file = File::options().append(true).read(true).open(self.file(run))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(why)) => return Err(why),
        }
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Some(RunFile { file, length, reserved: 0, room: self.room }))
    }

    /// Whether a process has this run's file.
    pub fn is_held(&self, run: &str) -> bool {
        let Ok(file) = File::open(self.file(run)) else { return false };
        matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock))
    }

    /// All that a run's file holds.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn read(&self, run: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.file(run))?.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The key of a run that can go on.
    pub fn key(&self, run: &str) -> Option<[u8; 32]> {
        fs::read(self.key_file(run)).ok()?.try_into().ok()
    }

    /// A run is over for good: what was sealed with its key cannot be opened any more.
    pub fn drop_key(&self, run: &str) {
        // Where it is gone already, nothing is left to do.
        let _ = fs::remove_file(self.key_file(run));
    }

    /// Remove all that is kept of a run.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub fn remove(&self, run: &str) -> io::Result<()> {
        self.drop_key(run);
        fs::remove_file(self.file(run))
    }

    /// The file of a name that a run has to itself, made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn lock_file(&self, name: &str) -> io::Result<File> {
        let folder = self.root.join("locks");
        private_folder(&folder)?;
        private().create(true).truncate(false).read(true).write(true).open(folder.join(name))
    }

    /// What stands in the files of such names.
    pub fn lock_texts(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root.join("locks")) else { return Vec::new() };
        entries.flatten().filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect()
    }

    /// A text by its hash; `None` where it is not there, or is not what it was.
    pub fn text(&self, hash: &str) -> Option<String> {
        let plain = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = plain.then(|| fs::read(self.root.join("texts").join(hash)).ok()).flatten()?;
        (sha256(&bytes) == hash).then(|| String::from_utf8(bytes).ok()).flatten()
    }

    /// Remove the texts that none of these hashes names.
    pub fn clear_texts(&self, wanted: &dyn Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(self.root.join("texts")) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_str().is_some_and(|hash| !wanted(hash)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The hash that a text is kept by.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file of a run that goes on.
#[derive(Debug)]
pub struct RunFile {
    file: File,
    length: u64,
    reserved: u64,
    room: Option<u64>,
}

impl RunFile {
    /// Make sure that this much fits, and what may come after it: ends, and what handlers do.
    ///
    /// # Errors
    /// When there is no room.
    pub fn reserve(&mut self, bytes: usize) -> io::Result<()> {
        let wanted = self.length + bytes as u64 + SPARE;
        if self.room.is_some_and(|room| wanted > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        #[cfg(target_os = "linux")]
        if wanted > self.reserved {
            let flags = rustix::fs::FallocateFlags::KEEP_SIZE;
            match rustix::fs::fallocate(&self.file, flags, self.length, wanted - self.length + SPARE) {
                // A file system that cannot reserve says so when it is written.
                Ok(()) | Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {}
                Err(why) => return Err(why.into()),
            }
            self.reserved = wanted + SPARE;
        }
        Ok(())
    }

    /// Write lines to the end, by one write.
    ///
    /// # Errors
    /// When they cannot be written, or somebody else wrote to the file.
    pub fn append(&mut self, lines: &str) -> io::Result<()> {
        if self.file.metadata()?.len() != self.length {
            return Err(io::Error::other("another process writes to this run"));
        }
        if let Err(why) = self.write(lines.as_bytes()) {
            // What of it was written would stand before whatever fits later.
            let _ = self.file.set_len(self.length);
            return Err(why);
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let fits = self.room.map_or(usize::MAX, |room| {
            usize::try_from(room.saturating_sub(self.length)).unwrap_or(usize::MAX)
        });
        self.file.write_all(&bytes[..bytes.len().min(fits)])?;
        if bytes.len() > fits { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    /// A second hold of the file, to sync it while others write.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn syncer(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

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

/// Beside it first, then in its place, on disk when this returns.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let written = private().create(true).truncate(true).write(true).open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
