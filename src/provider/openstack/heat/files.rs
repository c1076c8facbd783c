//! Collecting the files that a template names, as python-heatclient does where that is right.
//!
//! `get_file` and a resource's `type` that ends in `.yaml` or `.template` name files relative to the file they stand in. Each is read
//! once, called by its absolute address, and the name is changed where it stands and nowhere else: the rest of a template goes out
//! as it was written. What is not UTF-8 goes as base64.

use crate::base::yaml_tree::{self, Data, Node};
use crate::cloud::{Error, Kind, ReadFile, TemplateSource};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::ops::Range;

/// What is collected so far.
pub struct Collector<'a> {
    reader: &'a dyn ReadFile,
    /// Files that the script gave itself, by the names that templates call them.
    given: &'a BTreeMap<String, Vec<u8>>,
    /// What goes out, by address.
    pub files: BTreeMap<String, String>,
    /// The templates that are being read, outermost first.
    open: Vec<String>,
}

fn invalid(message: String) -> Error {
    Error::new(Kind::InvalidArgument, message).coded("cloud::invalid_argument")
}

/// Bytes as a request carries them.
fn content(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| STANDARD.encode(error.into_bytes()))
}

/// What a text is called where it stands: the file, or the script itself.
pub fn named(source: &TemplateSource) -> String {
    source.path().map_or_else(|| "the template".to_string(), str::to_string)
}

impl<'a> Collector<'a> {
    /// One that has collected what the script gave itself.
    pub fn new(reader: &'a dyn ReadFile, given: &'a BTreeMap<String, Vec<u8>>) -> Collector<'a> {
        let files = given.iter().map(|(name, bytes)| (name.clone(), content(bytes.clone())));
        Collector { reader, given, files: files.collect(), open: Vec::new() }
    }

    /// The text of a template with the addresses of its files in it.
    ///
    /// # Errors
    /// Of a file that may not be read, is not there, or leads back to itself.
    pub fn template(&mut self, source: &TemplateSource) -> Result<Option<String>, Error> {
        let Some(text) = source.text() else { return Ok(None) };
        self.text(text, source.path().unwrap_or_default()).map(Some)
    }

    /// The same of any template's text; `path` is the file that it is in.
    fn text(&mut self, text: &str, path: &str) -> Result<String, Error> {
        // What is no YAML is the service's to tell: it counts lines as its users know them.
        let Ok(tree) = yaml_tree::parse(text) else { return Ok(text.to_string()) };
        let mut names: Vec<(Range<usize>, String, bool, usize)> = Vec::new();
        find(&tree, false, &mut names);
        let mut changes: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        for (span, name, nested, line) in names {
            if let Some(address) = self.file(&name, path, nested, line)? {
                changes.insert(span.start, (span.end, address));
            }
        }
        let (mut out, mut from) = (String::with_capacity(text.len()), 0);
        for (start, (end, address)) in changes {
            out.push_str(&text[from..start]);
            out.push_str(&serde_json::Value::from(address).to_string());
            from = end;
        }
        out.push_str(&text[from..]);
        Ok(out)
    }

    /// Collect one file that stands in another; gives its address, or `None` where its name stays as it is.
    pub fn file(
        &mut self,
        name: &str,
        from: &str,
        nested: bool,
        line: usize,
    ) -> Result<Option<String>, Error> {
        if self.given.contains_key(name) {
            return Ok(None);
        }
        let whose = if from.is_empty() { "the template".to_string() } else { format!("`{from}`") };
        if nested && name.ends_with(".yml") {
            return Err(invalid(format!("{whose} names the nested template `{name}`, at line {line}")).help(
                "nested templates end in .yaml or .template: rename the file; Heat takes no other for one",
            ));
        }
        if name.contains("://") && !name.starts_with("file://") {
            return Err(invalid(format!("{whose} names `{name}`, at line {line}, which is no file"))
                .help(format!("read it with `http_get`, and give it: `files: #{{ \"{name}\": text }}`")));
        }
        let path = match name.strip_prefix("file://") {
            Some(path) => path.to_string(),
            None => join(from, name),
        };
        let address = format!("file://{}", absolute(self.reader, &path));
        if self.open.contains(&address) {
            let mut way: Vec<&str> = self.open.iter().map(|one| base(one)).collect();
            way.push(base(&address));
            return Err(invalid(format!("nested templates lead back to themselves: {}", way.join(" → ")))
                .help("take one of them out of the circle"));
        }
        if self.files.contains_key(&address) {
            return Ok(Some(address));
        }
        let bytes = self.reader.read_file(&path).map_err(|error| match error.kind {
            Kind::NotFound => invalid(format!("{whose} names `{name}`, at line {line}: {}", error.message))
                .help(format!("paths in a template are relative to it; give the file, or `files: #{{ \"{name}\": text }}`")),
            _ => error,
        })?;
        let text = content(bytes);
        let text = match nested {
            true => {
                self.open.push(address.clone());
                let inner = self.text(&text, &path)?;
                self.open.pop();
                inner
            }
            false => text,
        };
        self.files.insert(address.clone(), text);
        Ok(Some(address))
    }
}

/// The last part of an address.
fn base(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

/// A path that stands in a file, from the working directory.
pub fn join(from: &str, name: &str) -> String {
    let folder = from.rsplit_once('/').map(|(folder, _)| folder);
    match folder {
        Some(folder) if !name.starts_with('/') => format!("{folder}/{name}"),
        _ => name.to_string(),
    }
}

/// An absolute path without `.` and `..`, so that one file has one address.
fn absolute(reader: &dyn ReadFile, path: &str) -> String {
    let whole =
        if path.starts_with('/') { path.to_string() } else { format!("{}/{path}", reader.directory()) };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The names of files in a template: where each stands, whether it is a nested template, and its line. `resources` tells that the
/// fields here are resources.
fn find(node: &Node, resources: bool, names: &mut Vec<(Range<usize>, String, bool, usize)>) {
    for item in node.items() {
        find(item, false, names);
    }
    for (key, value) in node.fields() {
        let key = key.text().unwrap_or_default();
        match (&value.data, key) {
            (Data::Scalar(name, _), "get_file" | "Fn::GetFile") => {
                names.push((value.span.clone(), name.clone(), false, value.line));
            }
            (_, "resource_def" | "resource") => definition(value, names),
            _ if resources => definition(value, names),
            _ => find(value, matches!(key, "resources" | "Resources"), names),
        }
    }
}

/// A definition of a resource: its type may be a nested template.
fn definition(node: &Node, names: &mut Vec<(Range<usize>, String, bool, usize)>) {
    let kind = node.get("type").or_else(|| node.get("Type"));
    if let Some(kind) = kind
        && let Data::Scalar(name, _) = &kind.data
        && [".yaml", ".template", ".yml"].iter().any(|end| name.ends_with(end))
    {
        names.push((kind.span.clone(), name.clone(), true, kind.line));
    }
    find(node, false, names);
}
