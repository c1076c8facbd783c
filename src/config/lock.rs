//! `rhain.lock`: the remote modules that a folder's scripts may import, each with what it was when it was added.

use crate::cloud::{Error, Kind};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// The file's name.
pub const NAME: &str = "rhain.lock";

/// The form that is written and read.
const FORM: &str = "1";

/// No lock is so large.
const LARGEST: u64 = 4 << 20;

/// A remote module as it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its address, as every import writes it.
    pub url: String,
    /// A short name that scripts may import it by.
    pub name: Option<String>,
    /// Whether a person added it; otherwise another module imports it.
    pub added: bool,
    /// The commit, of one from git.
    pub commit: Option<String>,
    /// The hash of its text.
    pub sha256: String,
    /// What it may touch: `variable HOME`.
    pub touches: Vec<String>,
}

/// All of them, by address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// In the order of their addresses.
    pub modules: Vec<Entry>,
}

/// The nearest lock from a folder upwards.
pub fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    folder.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file())
}

fn refused(file: &Path, why: impl std::fmt::Display) -> Error {
    Error::new(Kind::Script, format!("`{}` is no lock: {why}", file.display()))
        .coded("import::lock")
        .help("bring back the last good one, or remove it and run `rhain add URL` for each remote module")
}

impl Lock {
    /// Read a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not what a lock is.
    pub fn read(file: &Path) -> Result<Lock, Error> {
        let size = std::fs::metadata(file).map_err(|why| refused(file, why))?.len();
        if size > LARGEST {
            return Err(refused(file, "it is too large"));
        }
        let text = std::fs::read_to_string(file).map_err(|why| refused(file, why))?;
        Lock::parse(&text).map_err(|why| refused(file, why))
    }

    /// Read a text.
    ///
    /// # Errors
    /// Why it is none, in a few words.
    pub fn parse(text: &str) -> Result<Lock, String> {
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| {
                text.get(..span.start).map_or(0, |before| before.matches('\n').count()) + 1
            });
            format!("line {line}: {}", error.message())
        })?;
        let version = table.get_ref().get("version").and_then(|version| version.get_ref().as_integer());
        if version.map(|version| version.as_str()) != Some(FORM) {
            return Err(format!("its `version` is not {FORM}"));
        }
        let mut lock = Lock::default();
        let modules = table.get_ref().get("module").and_then(|modules| modules.get_ref().as_array());
        for module in modules.into_iter().flatten() {
            let module = module.get_ref().as_table().ok_or("a module is no table")?;
            let value = |key: &str| module.get(key).map(|value| value.get_ref());
            let text = |key: &str| value(key).and_then(DeValue::as_str).map(str::to_string);
            let touches = value("touches").and_then(DeValue::as_array).into_iter().flatten();
            let entry = Entry {
                url: text("url").ok_or("a module has no `url`")?,
                name: text("name"),
                added: value("added").and_then(DeValue::as_bool).unwrap_or(false),
                commit: text("commit"),
                sha256: text("sha256").ok_or("a module has no `sha256`")?,
                touches: touches.filter_map(|touch| touch.get_ref().as_str().map(str::to_string)).collect(),
            };
            let hex = |text: &str, lengths: &[usize]| {
                lengths.contains(&text.len()) && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
            };
            if !hex(&entry.sha256, &[64]) {
                return Err("a `sha256` is not 64 hexadecimal digits".to_string());
            }
            if entry.commit.as_ref().is_some_and(|commit| !hex(commit, &[40, 64])) {
                return Err("a `commit` is no commit".to_string());
            }
            if lock.get(&entry.url).is_some() {
                return Err("a module is there twice".to_string());
            }
            if entry.name.as_ref().is_some_and(|name| lock.named(name).is_some()) {
                return Err("two modules have the same `name`".to_string());
            }
            lock.modules.push(entry);
        }
        lock.modules.sort_by(|one, other| one.url.cmp(&other.url));
        Ok(lock)
    }

    /// The module at an address.
    pub fn get(&self, url: &str) -> Option<&Entry> {
        self.modules.iter().find(|entry| entry.url == url)
    }

    /// The module of a short name.
    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.modules.iter().find(|entry| entry.name.as_deref() == Some(name))
    }

    /// Take a module in, in the place of the one at its address.
    pub fn put(&mut self, entry: Entry) {
        self.modules.retain(|known| known.url != entry.url);
        self.modules.push(entry);
        self.modules.sort_by(|one, other| one.url.cmp(&other.url));
    }

    /// As it is written.
    pub fn text(&self) -> String {
        let mut text = format!(
            "# Remote modules, as they were when `rhain add` or `rhain update` pinned them. Keep it with the scripts.\nversion = {FORM}\n"
        );
        for entry in &self.modules {
            let _ = write!(text, "\n[[module]]\nurl = {}\n", quoted(&entry.url));
            if let Some(name) = &entry.name {
                let _ = writeln!(text, "name = {}", quoted(name));
            }
            if entry.added {
                text.push_str("added = true\n");
            }
            if let Some(commit) = &entry.commit {
                let _ = writeln!(text, "commit = {}", quoted(commit));
            }
            let _ = writeln!(text, "sha256 = {}", quoted(&entry.sha256));
            if entry.touches.is_empty() {
                text.push_str("touches = []\n");
            } else {
                let all = entry.touches.iter().fold(String::new(), |mut all, touch| {
                    let _ = writeln!(all, "    {},", quoted(touch));
                    all
                });
                let _ = writeln!(text, "touches = [\n{all}]");
            }
        }
        text
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let entry = |url: &str, name: Option<&str>| Entry {
            url: url.to_string(),
            name: name.map(str::to_string),
            added: name.is_some(),
            commit: name.map(|_| "0123456789abcdef0123456789abcdef01234567".to_string()),
            sha256: "a".repeat(64),
            touches: vec!["variable A\"B\\\u{7}".to_string(), "delete delete".to_string()],
        };
        let mut lock = Lock::default();
        lock.put(entry("https://b/x.rhai", Some("x")));
        lock.put(entry("https://a/y.rhai", None));
        assert_eq!(Lock::parse(&lock.text()), Ok(lock));
    }

    #[test]
    fn what_was_changed_by_hand_is_refused_where_it_makes_no_sense() {
        let module = |more: &str| format!("version = 1\n[[module]]\nurl = \"https://a/x.rhai\"\n{more}");
        let sha = format!("sha256 = \"{}\"\n", "a".repeat(64));
        for (text, why) in [
            ("version = 2\n".to_string(), "its `version` is not 1"),
            ("version = 1\n[[module\n".to_string(), "line 2: "),
            (module(""), "a module has no `sha256`"),
            (module("sha256 = \"../../etc/passwd\"\n"), "a `sha256` is not 64 hexadecimal digits"),
            (module(&format!("{sha}commit = \"--upload-pack=x\"\n")), "a `commit` is no commit"),
            (
                format!("{}{}", module(&sha), module(&sha).replace("version = 1\n", "")),
                "a module is there twice",
            ),
        ] {
            let told = Lock::parse(&text).err().unwrap_or_default();
            assert!(told.starts_with(why), "{text}: {told}");
        }
    }
}
