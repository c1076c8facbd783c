//! A script and all that it imports in one text: the script as it is, and behind a marker the modules, each with its length
//! and hash. Nothing else is read for it, and a text that is not what its hash says is refused.

use crate::cloud::{Error, Kind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the line behind the script begins with.
const MARKER: &str = "//@ rhain-bundle ";

/// The form that is written and read.
const FORM: u64 = 1;

/// One source of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name as it was outside.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What was read of a bundle.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// The script, then the modules.
    pub sources: Vec<Source>,
    /// Which source an import means: the importer's index and the path as it is written → an index.
    pub imports: BTreeMap<(usize, String), usize>,
}

/// Whether a text is a bundle.
pub fn is_bundle(text: &str) -> bool {
    marker(text).is_some()
}

fn marker(text: &str) -> Option<usize> {
    if text.starts_with(MARKER) {
        return Some(0);
    }
    text.find(&format!("\n{MARKER}")).map(|at| at + 1)
}

/// The hash of a text, in hexadecimal.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::Script, message)
        .coded("import::bundle")
        .help("make it anew from its script: `rhain bundle FILE -o OUT`; nothing ran")
}

impl Bundle {
    /// Write it as one text.
    ///
    /// # Errors
    /// When one of its sources is a bundle itself.
    pub fn write(&self, lock: Value) -> Result<String, Error> {
        let mut files = Vec::new();
        for source in &self.sources {
            if is_bundle(&source.text) {
                return Err(refused(format!("`{}` is a bundle already", source.name)));
            }
            files.push(
                json!({ "name": source.name, "bytes": source.text.len(), "sha256": hash(&source.text) }),
            );
        }
        let imports: Vec<Value> =
            self.imports.iter().map(|((from, path), to)| json!([from, path, to])).collect();
        let main = self.sources.first().map_or("", |main| main.text.as_str());
        let head = json!({
            "form": FORM,
            "by": concat!("rhain ", env!("CARGO_PKG_VERSION")),
            "files": files,
            "imports": imports,
            "lock": lock,
        });
        let mut text = format!("{main}\n{MARKER}{head}\n");
        for source in self.sources.iter().skip(1) {
            let _ = write!(text, "//@ file {}\n{}\n", visible(&source.name), source.text);
        }
        Ok(text)
    }

    /// Read it back; `None` for a text that is no bundle.
    ///
    /// # Errors
    /// When it is not whole, or a part is not what its hash says.
    pub fn read(text: &str) -> Result<Option<Bundle>, Error> {
        let Some(at) = marker(text) else { return Ok(None) };
        let broken = || refused("this bundle is not whole");
        let (line, mut rest) =
            text.get(at + MARKER.len()..).and_then(|rest| rest.split_once('\n')).ok_or_else(broken)?;
        let head: Value = serde_json::from_str(line).map_err(|_| broken())?;
        if head["form"] != FORM {
            return Err(refused(
                "this bundle was made by another version of rhain, in a form that is not known here",
            ));
        }
        let mut bundle = Bundle::default();
        for (nth, file) in head["files"].as_array().ok_or_else(broken)?.iter().enumerate() {
            let (name, wanted) =
                (file["name"].as_str().ok_or_else(broken)?, file["sha256"].as_str().unwrap_or(""));
            let length =
                file["bytes"].as_u64().and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(broken)?;
            let own = match nth {
                // The script stands before the marker.
                0 => text.get(..at.saturating_sub(1)).ok_or_else(broken)?,
                _ => {
                    let (_, after) = rest.split_once('\n').ok_or_else(broken)?;
                    let own = after.get(..length).ok_or_else(|| changed(name))?;
                    rest = after.get(length + 1..).unwrap_or("");
                    own
                }
            };
            if own.len() != length || hash(own) != wanted {
                return Err(changed(name));
            }
            bundle.sources.push(Source { name: name.to_string(), text: own.to_string() });
        }
        let index = |value: &Value| {
            let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
            index.filter(|index| *index < bundle.sources.len())
        };
        let mut imports = BTreeMap::new();
        for import in head["imports"].as_array().ok_or_else(broken)? {
            // Nothing imports the script itself.
            let to = index(&import[2]).filter(|to| *to > 0);
            let (from, to) = index(&import[0]).zip(to).ok_or_else(broken)?;
            imports.insert((from, import[1].as_str().ok_or_else(broken)?.to_string()), to);
        }
        bundle.imports = imports;
        if bundle.sources.is_empty() || !rest.trim().is_empty() {
            return Err(broken());
        }
        Ok(Some(bundle))
    }
}

fn changed(name: &str) -> Error {
    refused(format!("`{name}` in this bundle is not what the bundle was made of"))
        .fact("seen", "another SHA-256")
}

/// A name that ends no line.
fn visible(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let source = |name: &str, text: &str| Source { name: name.to_string(), text: text.to_string() };
        Bundle {
            sources: vec![
                source("site.rhai", "import \"lib/web\" as web;\nweb::f();"),
                source("lib/web.rhai", "fn f() { 1 }\n//@ file x\n"),
            ],
            imports: BTreeMap::from([((0, "lib/web".to_string()), 1)]),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = bundle().write(Value::Null).expect("written");
        let read = Bundle::read(&text).expect("read").expect("a bundle");
        assert_eq!((read.sources, read.imports), (bundle().sources, bundle().imports));
        assert!(Bundle::read("print(1);").expect("read").is_none());
    }

    #[test]
    fn any_change_is_seen() {
        let text = bundle().write(Value::Null).expect("written");
        for (from, to) in
            [("{ 1 }", "{ 2 }"), ("web::f();", "web::g();"), ("{ 1 }", "{ 11 }"), ("fn f()", "fn  f()")]
        {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text);
            assert_eq!(Bundle::read(&other).expect_err("refused").diagnostic, Some("import::bundle"), "{to}");
        }
        for cut in [text.len() - 3, text.len() - 30] {
            assert!(Bundle::read(&text[..cut]).is_err(), "{cut}");
        }
        assert!(Bundle::read(&format!("{text}print(1);\n")).is_err());
        assert!(
            Bundle { sources: vec![Source { name: "a".into(), text }], ..bundle() }
                .write(Value::Null)
                .is_err()
        );
    }
}
