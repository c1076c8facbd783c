//! What is wrong with a document, as diagnostics, and the corrections that are certain, as quick fixes.

use super::documents::{Document, Documents};
use super::server::{Answer, Client, Open, read};
use crate::check::{self, Checked, Finding, Fix, Severity};
use crate::script::session::Session;
use crate::syntax::lexer;
use lsp_types::CodeActionParams;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Arc;

/// A longer text is not checked while it is typed, in bytes: nobody wrote it by hand.
const LONGEST: usize = 2 << 20;
/// How many diagnostics are shown of one text.
const MOST: usize = 200;

/// What is wrong with a document's text; where it imports what is wrong itself, the import is told.
pub(super) fn find(session: &Arc<Session>, document: &Document) -> Vec<Finding> {
    if document.text.len() > LONGEST {
        return Vec::new();
    }
    let mut checked = check::all(session, &document.name, &document.text).into_iter();
    let Some(mut script) = checked.next() else { return Vec::new() };
    let modules: Vec<Checked> = checked.collect();
    for module in &modules {
        if let Some(mistake) = module.findings.iter().find(|found| found.severity == Severity::Error)
            && let Some(span) = import_of(&modules, module)
        {
            let line = lexer::position(&module.text, mistake.span.start).0;
            let mut error = mistake.error.clone();
            error.message = format!("`{}`, line {line}: {}", module.name, error.message);
            error.label = None;
            script.findings.push(Finding::error(error, span));
        }
    }
    script.findings.truncate(MOST);
    script.findings
}

/// The script's own import that leads to a module.
fn import_of(modules: &[Checked], module: &Checked) -> Option<Range<usize>> {
    let (mut importer, mut span) = module.imported.clone()?;
    // Each is imported by one before it; the script is the first of all.
    while importer > 0 {
        (importer, span) = modules.get(importer - 1)?.imported.clone()?;
    }
    Some(span)
}

/// A document's diagnostics, as the client takes them.
pub(super) fn shown(document: &Document, _: &Documents, client: &Client) -> Value {
    let found = document.checked.as_deref().unwrap_or_default();
    found.iter().map(|finding| diagnostic(document, finding, client)).collect()
}

fn diagnostic(document: &Document, finding: &Finding, client: &Client) -> Value {
    let region = |span: &Range<usize>| document.lines.region(&document.text, span, client.encoding);
    let error = &finding.error;
    let mut message = error.message.clone();
    if let Some(label) = error.label.as_deref().filter(|label| !label.is_empty()) {
        message.push_str(&format!("\n{label}"));
    }
    if !client.related {
        finding.also.iter().for_each(|(_, label)| message.push_str(&format!("\n{label}")));
    }
    if let Some(help) = &error.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let mut shown = json!({
        "range": region(&finding.span),
        "severity": if finding.severity == Severity::Error { 1 } else { 2 },
        "source": "rhain",
        "message": message,
    });
    if let Some(code) = error.diagnostic {
        shown["code"] = code.into();
        if matches!(code, "check::unused_variable" | "check::unreachable") {
            // Shown as what can go.
            shown["tags"] = json!([1]);
        }
    }
    if client.related && !finding.also.is_empty() {
        let related = finding.also.iter().map(|(span, label)| {
            let location = json!({ "uri": document.uri.as_str(), "range": region(span) });
            json!({ "location": location, "message": label })
        });
        shown["relatedInformation"] = related.collect();
    }
    shown
}

/// The quick fixes for what stands in a range.
pub(super) fn actions(open: &Open<'_>, params: Value) -> Answer {
    let asked: CodeActionParams = read("textDocument/codeAction", params)?;
    let wanted =
        asked.context.only.as_ref().is_none_or(|only| {
            only.iter().any(|kind| kind.as_str().is_empty() || kind.as_str() == "quickfix")
        });
    let document = open.document;
    let span = document.lines.span(&document.text, &asked.range, open.client.encoding);
    let touches = |other: &Range<usize>| other.start <= span.end && span.start <= other.end;
    let found = document.checked.as_deref().unwrap_or_default();
    let here = found.iter().filter(|finding| touches(&finding.span));
    let fixes = here.filter_map(|finding| Some((finding, finding.fix.as_ref()?))).filter(|_| wanted);
    let shown = fixes.map(|(finding, fix)| {
        json!({
            "title": title(&document.text, fix),
            "kind": "quickfix",
            "isPreferred": true,
            "diagnostics": [diagnostic(document, finding, open.client)],
            "edit": super::answers::edit(open, &[(fix.span.clone(), fix.text.clone())]),
        })
    });
    Ok(shown.collect())
}

/// What a fix does, in few words.
fn title(text: &str, fix: &Fix) -> String {
    let short = |text: &str| {
        let line = text.trim().lines().next().unwrap_or("");
        match line.char_indices().nth(40) {
            Some((at, _)) => format!("`{}…`", &line[..at]),
            None => format!("`{line}`"),
        }
    };
    let old = text.get(fix.span.clone()).unwrap_or("");
    match (old.trim().is_empty(), fix.text.trim().is_empty()) {
        (true, _) => format!("Insert {}", short(&fix.text)),
        (false, true) => format!("Remove {}", short(old)),
        (false, false) => format!("Replace {} with {}", short(old), short(&fix.text)),
    }
}
