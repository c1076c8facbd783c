//! Imports that mean no module, one outside of the script's folder, or the script itself by a way around.

use super::facts::Facts;
use super::{Finding, Severity};
use crate::cloud::Error;
use crate::script::modules;
use crate::script::session::Session;
use crate::syntax::tree::{Node, StatementKind, Tree};
use crate::syntax::{self};
use std::ops::Range;
use std::sync::Arc;

/// An import whose path is written out: the path, its bytes, and its name in the script.
pub(super) struct Import {
    pub(super) path: String,
    pub(super) span: Range<usize>,
    pub(super) alias: Option<String>,
}

/// The imports of a tree whose paths are written out.
pub(super) fn imports(tree: &Tree) -> Vec<Import> {
    let mut found = Vec::new();
    tree.walk(&mut |path| {
        if let Some(Node::Statement(statement)) = path.last()
            && let StatementKind::Import { path, alias } = &statement.kind
            && let Some(text) = path.text()
        {
            let alias = alias.as_ref().map(|alias| alias.text.clone());
            found.push(Import { path: text.to_string(), span: path.span.clone(), alias });
        }
    });
    found
}

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for import in imports(facts.tree) {
        let mistake = match modules::find(facts.session, facts.name, &import.path) {
            Err(error) => Some(error),
            Ok((name, text)) => {
                let mut open = vec![facts.name.to_string()];
                circle(facts.session, name, &text, &mut open)
            }
        };
        if let Some(error) = mistake {
            found.push(Finding { severity: Severity::Error, ..Finding::error(error, import.span) });
        }
    }
}

/// The error of the first way back to a source that is being read.
fn circle(session: &Arc<Session>, name: String, text: &str, open: &mut Vec<String>) -> Option<Error> {
    if let Some(start) = open.iter().position(|known| *known == name) {
        // A circle that does not go through the script itself is told where it begins.
        let mut cycle = open[start..].to_vec();
        cycle.push(name.clone());
        return (start == 0).then(|| modules::circular(&name, &cycle));
    }
    open.push(name.clone());
    for import in imports(&syntax::parse(text)) {
        let Ok((next, text)) = modules::find(session, &name, &import.path) else { continue };
        if let Some(error) = circle(session, next, &text, open) {
            return Some(error);
        }
    }
    open.pop();
    None
}

/// The modules that a text imports: name, text, and the bytes of the path.
pub(super) fn sources(session: &Arc<Session>, name: &str, text: &str) -> Vec<(String, String, Range<usize>)> {
    let found = imports(&syntax::parse(text)).into_iter();
    found
        .filter_map(|import| {
            let (name, text) = modules::find(session, name, &import.path).ok()?;
            session.texts.add(&name, &text);
            Some((name, text, import.span))
        })
        .collect()
}
