//! Collecting the files that a template names, as python-heatclient does where that is right.
//!
//! `get_file` and a resource's `type` that ends in `.yaml` or `.template` name files relative to the file they stand in. Each is read
//! once, called by its absolute address, and the name is changed where it stands and nowhere else: the rest of a template goes out
//! as it was written. What is not UTF-8 goes as base64.

use crate::base::yaml_tree::{self, Data, Node};
use crate::cloud::{Error, Kind, ReadFile, TemplateSource};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What is collected so far.
pub struct Collector<'a> {
    reader: &'a dyn ReadFile,
    /// Files that the script gave itself, by the names that templates call them.
    given: &'a BTreeMap<String, Vec<u8>>,
    /// What goes out, by address.
    pub files: BTreeMap<String, String>,
    /// Those of them that were read as templates.
    templates: BTreeSet<String>,
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
        Collector { reader, given, files: files.collect(), templates: BTreeSet::new(), open: Vec::new() }
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
        let mut names: Vec<Named> = Vec::new();
        find(&tree, false, &mut names);
        let mut changes: BTreeMap<usize, (usize, String)> = BTreeMap::new();
        for named in names {
            let Named { span, name, nested, line, .. } = &named;
            let Some(address) = self.file(name, path, *nested, *line)? else { continue };
            if !named.stands_alone(text) {
                let whose = if path.is_empty() { "the template".to_string() } else { format!("`{path}`") };
                let message = format!(
                    "{whose} names the file `{name}`, at line {line}, by an anchor, an alias or a block"
                );
                return Err(invalid(message).help(format!("write the name itself: `{}: {name}`", named.key)));
            }
            changes.insert(span.start, (span.end, address));
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
        // What `get_file` took as it stands is still to be read as the template that a type names.
        let known =
            if nested { self.templates.contains(&address) } else { self.files.contains_key(&address) };
        if known {
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
                self.templates.insert(address.clone());
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

/// The name of a file in a template.
struct Named {
    /// What it stands under: `get_file`, `type`.
    key: String,
    /// Where that ends, and where the name stands.
    key_end: usize,
    span: Range<usize>,
    name: String,
    /// Whether it is a nested template.
    nested: bool,
    line: usize,
}

impl Named {
    fn of(key: &Node, value: &Node, name: &str, nested: bool) -> Named {
        Named {
            key: key.text().unwrap_or_default().to_string(),
            key_end: key.span.end,
            span: value.span.clone(),
            name: name.to_string(),
            nested,
            line: key.line,
        }
    }

    /// Whether the name stands behind its key, in one piece and for it alone: so that it can be changed there.
    fn stands_alone(&self, text: &str) -> bool {
        let between = text.get(self.key_end..self.span.start).map(str::trim);
        between == Some(":") && !text[self.span.clone()].starts_with(['|', '>', '&', '*'])
    }
}

/// The names of files in a template. `resources` tells that the fields here are resources.
fn find(node: &Node, resources: bool, names: &mut Vec<Named>) {
    for item in node.items() {
        find(item, false, names);
    }
    for (key, value) in node.fields() {
        match (&value.data, key.text().unwrap_or_default()) {
            (Data::Scalar(name, _), "get_file" | "Fn::GetFile") => {
                names.push(Named::of(key, value, name, false));
            }
            (_, "resource_def" | "resource") => definition(value, names),
            _ if resources => definition(value, names),
            (_, word) => find(value, matches!(word, "resources" | "Resources"), names),
        }
    }
}

/// A definition of a resource: its type may be a nested template.
fn definition(node: &Node, names: &mut Vec<Named>) {
    let kind = node.fields().iter().find(|(key, _)| matches!(key.text(), Some("type" | "Type")));
    if let Some((key, kind)) = kind
        && let Data::Scalar(name, _) = &kind.data
        && [".yaml", ".template", ".yml"].iter().any(|end| name.ends_with(end))
    {
        names.push(Named::of(key, kind, name, true));
    }
    find(node, false, names);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Folder(BTreeMap<&'static str, &'static str>);

    impl ReadFile for Folder {
        fn read_file(&self, path: &str) -> Result<Vec<u8>, Error> {
            self.0
                .get(path)
                .map(|text| text.as_bytes().to_vec())
                .ok_or_else(|| Error::new(Kind::NotFound, "it is not there"))
        }

        fn directory(&self) -> String {
            "/books".to_string()
        }
    }

    fn collected(text: &str) -> Result<(String, BTreeMap<String, String>), Error> {
        let folder = Folder(BTreeMap::from([
            ("a.sh", "#!/bin/sh"),
            ("inner.yaml", "resources: {r: {properties: {user_data: {get_file: a.sh}}}}"),
        ]));
        let given = BTreeMap::new();
        let mut files = Collector::new(&folder, &given);
        files.text(text, "").map(|text| (text, files.files))
    }

    #[test]
    fn a_name_is_changed_where_it_stands_alone_and_refused_elsewhere() {
        for (text, wanted) in [
            ("a: {get_file: a.sh}", "a: {get_file: \"file:///books/a.sh\"}"),
            ("a:\n  get_file:\n    'a.sh' # b\n", "a:\n  get_file:\n    \"file:///books/a.sh\" # b\n"),
            ("{\"a\": {\"get_file\": \"a.sh\"}}", "{\"a\": {\"get_file\": \"file:///books/a.sh\"}}"),
            // The whole call is used twice, and is one.
            ("a: &x {get_file: a.sh}\nb: *x\n", "a: &x {get_file: \"file:///books/a.sh\"}\nb: *x\n"),
        ] {
            assert_eq!(collected(text).map(|told| told.0), Ok(wanted.to_string()), "{text}");
        }
        for text in [
            "name: &n a.sh\na: {get_file: *n}\n",
            "a: {get_file: &n a.sh}\nname: *n\n",
            "a:\n  get_file: |-\n    a.sh\n",
            "a:\n  get_file: >-\n    a.sh\n",
            "a:\n  get_file: !x a.sh\n",
        ] {
            let error = collected(text).expect_err(text);
            assert!(error.message.contains("by an anchor, an alias or a block"), "{text}: {error:?}");
            assert_eq!(error.help.as_deref(), Some("write the name itself: `get_file: a.sh`"), "{text}");
        }
    }

    /// Whichever comes first: what a type names is read as a template.
    #[test]
    fn a_file_that_is_also_a_nested_template_is_read_as_one() {
        let wanted = "resources: {r: {properties: {user_data: {get_file: \"file:///books/a.sh\"}}}}";
        for text in [
            "resources: {a: {properties: {x: {get_file: inner.yaml}}}, b: {type: inner.yaml}}",
            "resources: {a: {type: inner.yaml}, b: {properties: {x: {get_file: inner.yaml}}}}",
        ] {
            let (_, files) = collected(text).expect(text);
            assert_eq!(files.get("file:///books/inner.yaml").map(String::as_str), Some(wanted), "{text}");
            assert_eq!(files.get("file:///books/a.sh").map(String::as_str), Some("#!/bin/sh"), "{text}");
        }
    }
}
