//! The open documents, as their editor has them: what is on disk does not count while one is open.

use super::place::{Encoding, Lines};
use crate::check::Finding;
use crate::script::session::parent_and_name;
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

/// An open document.
pub(super) struct Document {
    /// As the client names it.
    pub uri: Uri,
    /// Its name as a source, which is what imports call it; the client's where it has no place yet.
    pub name: String,
    /// The file it is; none for one that has no place yet.
    pub file: Option<PathBuf>,
    /// Its version, as the client counts.
    pub version: i32,
    /// Its text.
    pub text: String,
    /// Its lines.
    pub lines: Lines,
    /// Whether the newest text was checked, and what was found then.
    pub checked: Option<Vec<Finding>>,
    /// What the client was last told of it.
    pub published: Option<serde_json::Value>,
}

impl Document {
    /// A document as it is opened; its name tells of the file from this folder.
    pub(super) fn open(uri: Uri, version: i32, text: String, folder: &Path) -> Document {
        let lines = Lines::of(&text);
        let file = path_of(&uri).map(|path| real(&path));
        let name = match &file {
            Some(file) => {
                let here = folder.canonicalize().ok();
                let inside = here.and_then(|here| file.strip_prefix(&here).ok());
                inside.unwrap_or(file).to_string_lossy().into_owned()
            }
            None => uri.as_str().to_string(),
        };
        Document { uri, name, file, version, text, lines, checked: None, published: None }
    }

    /// Take over changes, one after another.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        for change in changes {
            match change.range {
                Some(region) => {
                    let span = self.lines.span(&self.text, &region, encoding);
                    self.text.replace_range(span, &change.text);
                }
                None => self.text = change.text,
            }
            self.lines = Lines::of(&self.text);
        }
        self.version = version;
        self.checked = None;
    }
}

/// All that is open, by the client's names.
#[derive(Default)]
pub(super) struct Documents(pub BTreeMap<String, Document>);

impl Documents {
    /// The open document of a file.
    pub(super) fn of_file(&self, file: &Path) -> Option<&Document> {
        self.0.values().find(|document| document.file.as_deref() == Some(file))
    }
}

/// The path of a `file:` name.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let url = url::Url::parse(uri.as_str()).ok()?;
    (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten()
}

/// The `file:` name of a path.
pub(super) fn uri_of(file: &Path) -> Option<Uri> {
    Uri::from_str(url::Url::from_file_path(file).ok()?.as_str()).ok()
}

/// A path without links and dots, as imports find it; as it stands where not even its folder is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().ok().or_else(|| parent_and_name(path)).unwrap_or_else(|| path.to_path_buf())
}
