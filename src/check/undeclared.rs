//! A name that nothing declares where it is used: every use of it, in the language's own words.

use super::facts::Facts;
use super::unknown_verb::only;
use super::{Finding, Severity};
use crate::cloud::error::{Error, Kind, Place};
use crate::cloud::nearest::did_you_mean;
use crate::syntax::tree::{ExpressionKind, Node, StatementKind};

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for used in facts.scopes.uses.iter().filter(|used| used.declaration.is_none()) {
        let name = &used.name.text;
        if facts.is_forgotten(name) || (!used.module && facts.is_own(name)) {
            continue;
        }
        let function = used.function.as_ref().map(|body| body.start);
        let told = facts.undeclared.get(&(name.clone(), function));
        let told = told.or_else(|| facts.undeclared.get(&(name.clone(), None))).cloned();
        let rest = || facts.rest.contains(&(name.clone(), function)).then(|| unknown(name, facts));
        let Some(mut error) = told.or_else(rest) else { continue };
        let of_script = || facts.scopes.declarations.iter().any(|one| one.name.text == *name);
        if error.diagnostic == Some("language::function_scope") && (function.is_none() || !of_script()) {
            error = unknown(name, facts);
        }
        // The nearest of what the script declares: another misspelling is no help.
        let nearest = error.label.as_deref().is_some_and(|label| label.starts_with("did you mean"));
        if error.diagnostic == Some("language::unknown_variable") && nearest && !used.module {
            error = unknown(name, facts);
        }
        let near = error.label.as_deref().and_then(only);
        let constant = error.label.as_deref().and_then(|label| label.strip_prefix("write `global::"));
        let global = constant.and_then(|rest| rest.strip_suffix('`')).map(|name| format!("global::{name}"));
        let finding = Finding { severity: Severity::Error, ..Finding::error(error, used.name.span.clone()) };
        found.push(match near.or(global) {
            Some(text) => finding.fixed(used.name.span.clone(), text),
            None => finding,
        });
    }
    constants(facts, found);
}

fn unknown(name: &str, facts: &Facts<'_>) -> Error {
    let error = Error::new(Kind::Script, format!("there is no variable `{name}`"))
        .coded("language::unknown_variable");
    let names: Vec<&String> = facts.scopes.declarations.iter().map(|declared| &declared.name.text).collect();
    match did_you_mean(name, names) {
        Some(label) => error.at(Place::Verb, label),
        None => error.help(format!("declare it first: `let {name} = …;`")),
    }
}

/// `global::NAME` without such a constant.
fn constants(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut names: Vec<&str> = Vec::new();
    let mut variables: Vec<&str> = Vec::new();
    for statement in &facts.tree.block.statements {
        if let StatementKind::Let { name, constant, .. } = &statement.kind {
            if *constant { names.push(&name.text) } else { variables.push(&name.text) }
        }
    }
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        let ExpressionKind::Path { modules, name } = &expression.kind else { return };
        let [module] = modules.as_slice() else { return };
        let text = name.text.as_str();
        if module.text != "global" || text.is_empty() || names.contains(&text) || facts.is_forgotten(text) {
            return;
        }
        let error = Error::new(Kind::Script, format!("there is no constant `{text}`"))
            .coded("language::unknown_variable");
        let error = match did_you_mean(text, &names) {
            _ if variables.contains(&text) => error
                .at(Place::Verb, format!("declare it with `const {text} = …`"))
                .help(format!("write `const` instead of `let` where `{text}` is declared")),
            Some(label) => error.at(Place::Verb, label),
            None => error.help(format!("declare it at the top level of this file: `const {text} = …;`")),
        };
        let near = error.label.as_deref().and_then(only);
        let finding = facts.finding(error, name.span.clone());
        found.push(match near {
            Some(near) => finding.fixed(name.span.clone(), near),
            None => finding,
        });
    });
}
