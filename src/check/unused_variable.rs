//! A variable that nothing uses.

use super::Finding;
use super::facts::Facts;
use crate::cloud::error::{Error, Kind, Place};
use crate::syntax::scope::Declares;
use crate::syntax::tree::{ExpressionKind, Node};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut global = Vec::new();
    let mut filled = Vec::new();
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        match &expression.kind {
            ExpressionKind::Path { name, .. } => global.push(name.text.as_str()),
            // Who writes `${name}` means the variable, in whichever quotes.
            ExpressionKind::Text(text) if text.contains("${") => filled.push(text.as_str()),
            _ => {}
        }
    });
    for (nth, declared) in facts.scopes.declarations.iter().enumerate() {
        let name = &declared.name.text;
        let kept = !matches!(declared.by, Declares::Let | Declares::Const) || declared.exported;
        let missed =
            facts.scopes.uses.iter().any(|used| used.declaration.is_none() && used.name.text == *name);
        // A closure that is called like a function is told there.
        let called = facts.calls.iter().any(|call| call.receiver.is_none() && call.name.text == *name);
        let meant = || missed || called || filled.iter().any(|text| text.contains(&format!("${{{name}")));
        let elsewhere =
            (declared.top && global.contains(&name.as_str())) || facts.is_forgotten(name) || meant();
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
            .help(format!("remove it, or call it `_{name}` to keep it"));
        found.push(Finding::warning(error, declared.name.span.clone()));
    }
}
