//! Which function answers which question; those about names are answered here.

use super::documents::uri_of;
use super::frame::code;
use super::server::{Answer, Open, read};
use super::{colours, problems, typing};
use crate::assist::definition::{Definition, Module, definition};
use crate::assist::references::references;
use crate::assist::rename;
use crate::assist::symbols::{Symbol, SymbolKind, folds, symbols};
use crate::script::modules;
use lsp_types::{ReferenceParams, RenameParams};
use serde_json::{Value, json};
use std::ops::Range;

/// What answers a method.
pub(super) type Question = fn(&Open<'_>, Value) -> Answer;

/// What answers this method, where anything does.
pub(super) fn question(method: &str) -> Option<Question> {
    Some(match method {
        "textDocument/completion" => typing::completions,
        "textDocument/signatureHelp" => typing::signatures,
        "textDocument/hover" => typing::hovered,
        "textDocument/semanticTokens/full" => colours::tokens,
        "textDocument/definition" => definition_at,
        "textDocument/references" => references_to,
        "textDocument/documentHighlight" => highlights,
        "textDocument/documentSymbol" => outline,
        "textDocument/foldingRange" => folding,
        "textDocument/prepareRename" => prepare_rename,
        "textDocument/rename" => renaming,
        "textDocument/codeAction" => problems::actions,
        "textDocument/formatting" => formatting,
        _ => return None,
    })
}

fn definition_at(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/definition", &params)?;
    let source = Module { name: open.document.name.clone(), text: open.document.text.clone() };
    let find = |from: &str, path: &str| {
        let (name, text) = modules::find(open.session, from, path).ok()?;
        Some(Module { name, text })
    };
    let found = definition(&source, at, &find);
    Ok(found.and_then(|found| location(open, &source, &found)).unwrap_or(Value::Null))
}

/// Where a definition is; none in the standard library, which is no file.
fn location(open: &Open<'_>, asked: &Module, found: &Definition) -> Option<Value> {
    let (uri, target) = if found.source.name == asked.name {
        (open.document.uri.clone(), open.region(&found.span))
    } else {
        let path = open.session.policy.directory.join(&found.source.name);
        let file = open.session.texts.real(&path).ok().filter(|_| !found.source.name.starts_with("std/"))?;
        let uri =
            open.documents.of_file(&file).map(|document| document.uri.clone()).or_else(|| uri_of(&file))?;
        let lines = super::place::Lines::of(&found.source.text);
        (uri, lines.region(&found.source.text, &found.span, open.client.encoding))
    };
    Some(if open.client.links {
        json!([{
            "originSelectionRange": open.region(&found.asked),
            "targetUri": uri.as_str(),
            "targetRange": target,
            "targetSelectionRange": target,
        }])
    } else {
        json!({ "uri": uri.as_str(), "range": target })
    })
}

/// One edit, of the lines that change; none for what is no script, which its diagnostics tell.
fn formatting(open: &Open<'_>, _: Value) -> Answer {
    let text = &open.document.text;
    let problems = crate::check::syntax(open.session, &open.document.name, text);
    let Some(formatted) = problems.is_empty().then(|| crate::format::format(text)).flatten() else {
        return Ok(Value::Null);
    };
    let Some((span, new)) = crate::format::difference(text, &formatted) else { return Ok(json!([])) };
    Ok(json!([{ "range": open.region(&span), "newText": new }]))
}

fn references_to(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/references", &params)?;
    let asked: ReferenceParams = read("textDocument/references", params)?;
    let places = references(&open.document.text, at);
    let wanted = places.iter().filter(|place| asked.context.include_declaration || !place.declares);
    let uri = open.document.uri.as_str();
    Ok(wanted.map(|place| json!({ "uri": uri, "range": open.region(&place.span) })).collect())
}

fn highlights(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/documentHighlight", &params)?;
    let places = references(&open.document.text, at);
    let shown = places.iter().map(|place| {
        // 2 reads, 3 writes.
        json!({ "range": open.region(&place.span), "kind": if place.writes { 3 } else { 2 } })
    });
    Ok(shown.collect())
}

fn outline(open: &Open<'_>, _: Value) -> Answer {
    let found = symbols(&open.document.text);
    if open.client.trees {
        return Ok(found.iter().map(|symbol| tree(open, symbol)).collect());
    }
    let mut flat = Vec::new();
    found.iter().for_each(|symbol| list(open, symbol, None, &mut flat));
    Ok(Value::Array(flat))
}

fn tree(open: &Open<'_>, symbol: &Symbol) -> Value {
    json!({
        "name": symbol.name,
        "detail": symbol.detail,
        "kind": kind(symbol.kind),
        "range": open.region(&symbol.span),
        "selectionRange": open.region(&symbol.name_span),
        "children": symbol.children.iter().map(|child| tree(open, child)).collect::<Value>(),
    })
}

fn list(open: &Open<'_>, symbol: &Symbol, container: Option<&str>, flat: &mut Vec<Value>) {
    let location = json!({ "uri": open.document.uri.as_str(), "range": open.region(&symbol.span) });
    let mut entry = json!({ "name": symbol.name, "kind": kind(symbol.kind), "location": location });
    if let Some(container) = container {
        entry["containerName"] = container.into();
    }
    flat.push(entry);
    symbol.children.iter().for_each(|child| list(open, child, Some(&symbol.name), flat));
}

/// The protocol's number of a kind of symbol.
fn kind(kind: SymbolKind) -> u8 {
    match kind {
        SymbolKind::Module => 2,
        SymbolKind::Function => 12,
        SymbolKind::Variable => 13,
        SymbolKind::Constant => 14,
        SymbolKind::Parameter => 7,
        SymbolKind::Step => 24,
    }
}

fn folding(open: &Open<'_>, _: Value) -> Answer {
    let line = |byte| open.document.lines.place(&open.document.text, byte, open.client.encoding).line;
    let shown = folds(&open.document.text).into_iter().filter_map(|(span, comment)| {
        let first = line(span.start);
        // The line of a closing bracket stays in sight.
        let last = if comment { line(span.end) } else { line(span.end).saturating_sub(1) };
        let mut fold = json!({ "startLine": first, "endLine": last });
        if comment {
            fold["kind"] = "comment".into();
        }
        (last > first).then_some(fold)
    });
    Ok(shown.collect())
}

fn prepare_rename(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/prepareRename", &params)?;
    let span = rename::renamable(&open.document.text, at).map_err(|why| (code::REQUEST_FAILED, why))?;
    Ok(json!({ "range": open.region(&span), "placeholder": &open.document.text[span] }))
}

fn renaming(open: &Open<'_>, params: Value) -> Answer {
    let at = open.byte("textDocument/rename", &params)?;
    let asked: RenameParams = read("textDocument/rename", params)?;
    let edits = rename::rename(&open.document.text, at, &asked.new_name)
        .map_err(|why| (code::REQUEST_FAILED, why))?;
    Ok(edit(open, &edits))
}

/// Edits of a document, as the client takes them.
pub(super) fn edit(open: &Open<'_>, edits: &[(Range<usize>, String)]) -> Value {
    let edits: Value =
        edits.iter().map(|(span, text)| json!({ "range": open.region(span), "newText": text })).collect();
    let uri = open.document.uri.as_str();
    if open.client.versioned {
        let document = json!({ "uri": uri, "version": open.document.version });
        return json!({ "documentChanges": [{ "textDocument": document, "edits": edits }] });
    }
    json!({ "changes": { uri: edits } })
}
