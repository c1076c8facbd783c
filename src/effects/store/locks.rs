//! The names that one run has to itself on this machine: a file each, `locks/NAME`, that the system unlocks when the process ends,
//! however it ends. In it stands who had it last.

use super::file::{StateFolder, sha256};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Longer names are kept by their hash.
const LONGEST: usize = 100;

/// Who has a name, or had it last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The run; empty for one that keeps no journal.
    pub run: String,
    /// Its process, and where: `pid 4711, joe@bastion`.
    pub process: String,
}

impl Holder {
    /// For people: the run, and the process that works on it.
    pub fn words(&self) -> String {
        match (self.run.is_empty(), self.process.is_empty()) {
            (true, true) => "another process".to_string(),
            (true, false) => format!("a run without a journal ({})", self.process),
            (false, true) => format!("the run {}", self.run),
            (false, false) => format!("the run {} ({})", self.run, self.process),
        }
    }
}

/// What came of asking for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is this run's; another run had it before, where one had.
    Own(Option<Holder>),
    /// Another process has it.
    By(Holder),
}

/// The names that this run has to itself.
#[derive(Debug)]
pub struct Locks {
    folder: StateFolder,
    holder: Holder,
    held: Mutex<BTreeMap<String, File>>,
    /// Whether the run goes on, so that nobody else may have had its names since.
    goes_on: AtomicBool,
}

impl Locks {
    /// Of a run that has none yet.
    pub fn new(folder: StateFolder, holder: Holder) -> Locks {
        Locks { folder, holder, held: Mutex::default(), goes_on: AtomicBool::new(false) }
    }

    /// The run is one that goes on: another run that had its names since has perhaps changed what it left.
    pub fn go_on(&self) {
        self.goes_on.store(true, Ordering::Relaxed);
    }

    /// Whether it is one that goes on.
    pub fn is_going_on(&self) -> bool {
        self.goes_on.load(Ordering::Relaxed)
    }

    /// Whether the journal of a run ends without a word of its end.
    pub fn is_unended(&self, run: &str) -> bool {
        let history =
            self.folder.read(run).ok().and_then(|bytes| crate::effects::journal::History::read(&bytes).ok());
        !run.is_empty() && history.is_some_and(|history| history.over().is_none())
    }

    /// Take a name, if no other process has it; one that this run has already stays its own. Where it `may_be_after`
    /// who had it last, that is written over; else it is not taken.
    ///
    /// # Errors
    /// When the file cannot be made or locked.
    pub fn take(&self, name: &str, may_be_after: impl FnOnce(&Holder) -> bool) -> io::Result<Taken> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.contains_key(name) {
            return Ok(Taken::Own(None));
        }
        let mut file = self.folder.lock_file(&file_name(name))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Taken::By(read(&mut file).unwrap_or_default())),
            Err(TryLockError::Error(why)) => return Err(why),
        }
        let before = read(&mut file).filter(|before| before.run.is_empty() || before.run != self.holder.run);
        if before.as_ref().is_some_and(|before| !may_be_after(before)) {
            return Ok(Taken::Own(before));
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        let told = json!({ "name": name, "run": self.holder.run, "process": self.holder.process });
        file.write_all(told.to_string().as_bytes())?;
        held.insert(name.to_string(), file);
        Ok(Taken::Own(before))
    }
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(64 << 10).read_to_string(&mut text).ok()?;
    let told: Json = serde_json::from_str(&text).ok()?;
    let word = |key: &str| told.get(key).and_then(Json::as_str).unwrap_or_default().to_string();
    Some(Holder { run: word("run"), process: word("process") })
}

/// A name as a file's: whatever it holds, it stays in its folder.
fn file_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match name.len() <= LONGEST && !name.is_empty() && name.chars().all(plain) {
        true => name.to_string(),
        false => format!("{}.hash", sha256(name.as_bytes())),
    }
}

/// The names that runs had last, by run.
pub fn held_by(folder: &StateFolder) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in folder.lock_texts() {
        let told: Json = serde_json::from_str(&text).unwrap_or_default();
        if let (Some(run), Some(name)) = (told["run"].as_str(), told["name"].as_str()) {
            names.entry(run.to_string()).or_default().push(name.to_string());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for name in ["../runs/x", "a/b", "", ".", "ä", &"n".repeat(101)] {
            let file = file_name(name);
            assert!(file.ends_with(".hash") && !file.contains('/') && file.len() < 80, "{name}: {file}");
        }
        assert_eq!(file_name("deploy-web_2"), "deploy-web_2");
        assert_ne!(file_name("a/b"), file_name("a/c"));
    }
}
