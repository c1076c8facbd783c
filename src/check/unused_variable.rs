//! A variable that nothing uses.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::scope::Declares;
use crate::syntax::tree::{ExpressionKind, Node};
use std::collections::HashSet;

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut global = HashSet::new();
    let mut filled = Vec::new();
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        match &expression.kind {
            ExpressionKind::Path { name, .. } => {
                global.insert(name.text.as_str());
            }
            // Who writes `${name}` means the variable, in whichever quotes.
            ExpressionKind::Text(text) if text.contains("${") => filled.push(text.as_str()),
            _ => {}
        }
    });
    let missed: HashSet<&str> = facts
        .scopes
        .uses
        .iter()
        .filter(|used| used.declaration.is_none())
        .map(|used| used.name.text.as_str())
        .collect();
    // A closure that is called like a function is told there.
    let called: HashSet<&str> = facts
        .calls
        .iter()
        .filter(|call| call.receiver.is_none())
        .map(|call| call.name.text.as_str())
        .collect();
    for (nth, declared) in facts.scopes.declarations.iter().enumerate() {
        let name = declared.name.text.as_str();
        let kept = !matches!(declared.by, Declares::Let | Declares::Const) || declared.exported;
        if kept || name.is_empty() || name.starts_with('_') || facts.scopes.uses_of(nth).next().is_some() {
            continue;
        }
        let elsewhere = (declared.top && global.contains(name))
            || facts.is_forgotten(name)
            || missed.contains(name)
            || called.contains(name)
            || filled.iter().any(|text| text.contains(&format!("${{{name}")));
        if elsewhere {
            continue;
        }
        let error = Error::new(Kind::Script, format!("`{name}` is never used"))
            .coded("check::unused_variable")
            .at(Place::Verb, "declared here")
            .help(format!("remove it, or call it `_{name}` to keep it"));
        found.push(Finding::warning(error, declared.name.span.clone()));
    }
}
