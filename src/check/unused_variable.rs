//! A variable that nothing uses.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::scope::Declares;
use crate::syntax::tree::{ExpressionKind, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut global = Vec::new();
    facts.tree.walk(&mut |path| {
        if let Some(Node::Expression(expression)) = path.last()
            && let ExpressionKind::Path { name, .. } = &expression.kind
        {
            global.push(name.text.as_str());
        }
    });
    for (nth, declared) in facts.scopes.declarations.iter().enumerate() {
        let name = &declared.name.text;
        let kept = !matches!(declared.by, Declares::Let | Declares::Const) || declared.exported;
        let elsewhere = (declared.top && global.contains(&name.as_str())) || facts.is_forgotten(name);
        if kept
            || elsewhere
            || name.is_empty()
            || name.starts_with('_')
            || facts.scopes.uses_of(nth).next().is_some()
        {
            continue;
        }
        let error = Error::new(Kind::Script, format!("`{name}` is never used"))
            .coded("check::unused_variable")
            .at(Place::Verb, "declared here")
            .help(format!("take it away, or call it `_{name}` to keep it"));
        found.push(Finding::warning(error, declared.name.span.clone()));
    }
}
