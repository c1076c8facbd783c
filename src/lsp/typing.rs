//! Help while something is typed: completions, signatures, explanations. The text, the modules it imports and the files
//! beside it are all that is looked at: no cloud is asked for its names.

use super::server::{Answer, Open};
use crate::assist::{self, Environment, Item, Kind};
use crate::cloud::Providers;
use crate::script::modules;
use serde_json::{Value, json};
use std::path::Path;

/// More entries of a folder are not offered.
const MOST_FILES: usize = 500;

/// What is around a document.
struct Around<'a>(&'a Open<'a>);

impl Environment for Around<'_> {
    fn module(&self, path: &str) -> Option<String> {
        modules::find(self.0.session, &self.0.document.name, path).ok().map(|(_, text)| text)
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let here = match self.0.document.file.as_deref().and_then(Path::parent) {
            Some(beside) => beside,
            None => &self.0.session.policy.directory,
        };
        let Ok(entries) = std::fs::read_dir(here.join(folder)) else { return Vec::new() };
        let names = entries.filter_map(Result::ok).filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            Some(if is_folder { format!("{name}/") } else { name })
        });
        let mut names: Vec<String> = names.take(MOST_FILES).collect();
        names.sort();
        names
    }

    fn providers(&self) -> Providers {
        self.0.session.host.clouds.providers()
    }
}

/// What may stand at the cursor, in the order of its worth.
pub(super) fn completions(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/completion", &params)?;
    let text = &open.document.text;
    let found = assist::complete(text, at, &Around(open));
    let start = found.start.min(at);
    let word = &text[start..at];
    // A word is replaced as a whole, wherever the cursor is in it.
    let tail = text[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len() - at);
    let items = found.items.iter().enumerate().map(|(nth, item)| {
        let end = if in_text(item.kind) { at } else { at + tail };
        let (inserted, snippet) = insertion(open, item, &text[end..]);
        let mut shown = json!({
            "label": item.label,
            "kind": kind(item),
            // Editors sort by their own measure, unless told.
            "sortText": format!("{nth:05}"),
            // What was found by a loose match stays in the list.
            "filterText": if item.text.starts_with(word) { item.text.as_str() } else { word },
            "textEdit": { "range": open.region(&(start..end)), "newText": inserted },
        });
        if snippet {
            shown["insertTextFormat"] = 2.into();
        }
        if !item.detail.is_empty() {
            shown["detail"] = item.detail.as_str().into();
        }
        shown
    });
    // Asked again with each letter: the order changes with them.
    Ok(json!({ "isIncomplete": true, "items": items.collect::<Value>() }))
}

/// Whether such an item stands in a text, where words may hold anything.
fn in_text(kind: Kind) -> bool {
    matches!(kind, Kind::Value | Kind::Name(_) | Kind::Zone | Kind::Cloud | Kind::File)
}

/// What an item inserts in front of the rest of the text, and whether it has a place for the cursor.
fn insertion(open: &Open<'_>, item: &Item, rest: &str) -> (String, bool) {
    let rest = rest.trim_start_matches([' ', '\t']);
    for there in ["()", "(", ": "] {
        // What stands there already is not written twice.
        if let Some(name) = item.text.strip_suffix(there)
            && rest.starts_with(&there[..1])
            && !in_text(item.kind)
        {
            return (name.to_string(), false);
        }
    }
    match item.text.strip_suffix('(') {
        Some(name) if open.client.snippets => (format!("{name}($0)"), true),
        _ => (item.text.clone(), false),
    }
}

/// The protocol's number of a kind of item.
fn kind(item: &Item) -> u8 {
    match item.kind {
        Kind::Method => 2,
        Kind::Function | Kind::Verb => 3,
        Kind::Field => 5,
        Kind::Variable => 6,
        Kind::Module => 9,
        Kind::Option | Kind::Key => 10,
        Kind::Name(_) | Kind::Zone | Kind::Cloud => 12,
        Kind::Keyword => 14,
        Kind::File if item.label.ends_with('/') => 19,
        Kind::File => 17,
        Kind::Value => 20,
    }
}

/// The signatures of the call around the cursor.
pub(super) fn signatures(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/signatureHelp", &params)?;
    let Some(found) = assist::signature(&open.document.text, at, &Around(open)) else {
        return Ok(Value::Null);
    };
    let forms = found.forms.iter().map(|form| {
        let params = form.params.iter().map(|(span, what)| {
            let label = match open.client.offsets {
                // Counted in UTF-16, whatever was agreed on for texts.
                true => json!([units(&form.label, span.start), units(&form.label, span.end)]),
                false => form.label.get(span.clone()).unwrap_or("").into(),
            };
            json!({ "label": label, "documentation": what })
        });
        json!({ "label": form.label, "documentation": found.summary, "parameters": params.collect::<Value>() })
    });
    let mut shown = json!({ "signatures": forms.collect::<Value>(), "activeSignature": found.form });
    // One behind the last is no parameter.
    let last = found.forms.get(found.form).map_or(0, |form| form.params.len());
    shown["activeParameter"] = found.param.unwrap_or(last).into();
    Ok(shown)
}

fn units(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.encode_utf16().count())
}

/// What the word at the cursor is.
pub(super) fn hovered(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/hover", &params)?;
    let Some(found) = assist::hover(&open.document.text, at, &Around(open)) else { return Ok(Value::Null) };
    let contents = json!({ "kind": "markdown", "value": found.markdown });
    Ok(json!({ "contents": contents, "range": open.region(&found.span) }))
}
