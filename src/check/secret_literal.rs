//! A secret that is written into the script: who reads the file has it. What stands where a secret belongs is hidden
//! from now on in all that the session says, whatever comes of the script.

use super::Finding;
use super::facts::Facts;
use crate::cloud::Ty;
use crate::cloud::error::{Error, Kind, Place};
use crate::script::secret_literals::is_key;
use crate::syntax::tree::{Expression, ExpressionKind, Node, StatementKind};
use crate::verbs::{arguments, verb};

/// Keys of maps that hold secrets, whatever the map is for.
const KEYS: [&str; 6] = ["admin_pass", "password", "passwd", "secret_key", "private_key", "api_key"];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    let mut literals: Vec<(&Expression, &str)> = Vec::new();
    for call in facts.calls.iter().filter(|call| call.modules.is_empty() && !facts.is_own(&call.name.text)) {
        let Some(verb) = verb(&call.name.text) else { continue };
        let given: Vec<&Expression> = call.given().collect();
        for form in verb.forms {
            for (param, value) in form.params.iter().zip(&given) {
                if param.ty == Ty::Secret && !matches!(verb.name, "reveal" | "secret") {
                    literals.push((value, param.name));
                }
            }
            let Some(ExpressionKind::Map(entries)) = given.last().map(|last| &last.kind) else { continue };
            for key in arguments::option_keys(verb, form).iter().filter(|key| key.ty == Ty::Secret) {
                let values = entries.iter().filter(|entry| entry.key.text == key.name);
                literals.extend(values.map(|entry| (&entry.value, key.name)));
            }
        }
        if verb.name == "secret" {
            literals.extend(given.first().map(|value| (*value, "secret")));
        }
    }
    facts.tree.walk(&mut |path| {
        let Some(Node::Expression(expression)) = path.last() else { return };
        match &expression.kind {
            ExpressionKind::Map(entries) => {
                let named = entries.iter().filter_map(|entry| {
                    let key = KEYS.iter().find(|key| **key == entry.key.text)?;
                    Some((&entry.value, *key))
                });
                literals.extend(named);
            }
            // `let token = "…"` is as plain as a key of a map.
            ExpressionKind::Text(_) if let_of(path).is_some_and(says) => literals.push((expression, "")),
            ExpressionKind::Text(text) if is_key(text) => literals.push((expression, "")),
            _ => {}
        }
    });
    let mut seen = Vec::new();
    for (value, what) in literals {
        let Some(text) = value.text().filter(|text| !text.is_empty()) else { continue };
        facts.session.host.clouds.mask_secret(text);
        if seen.contains(&value.span) || stands_in(text) {
            continue;
        }
        seen.push(value.span.clone());
        let message = match what {
            "" => "a key is written into the script".to_string(),
            "secret" => "a secret is written into the script".to_string(),
            what => format!("`{what}` is written into the script"),
        };
        let error = Error::new(Kind::Script, message)
            .coded("check::secret_literal")
            .at(Place::Verb, "who reads the file has it")
            .help("take it from outside: `param(\"name\", #{ secret: true })`, or `secret(env(\"NAME\"))` with --allow-env=NAME");
        found.push(Finding::warning(error, value.span.clone()));
    }
}

/// The variable that a literal is the value of.
fn let_of<'a>(path: &[Node<'a>]) -> Option<&'a str> {
    match path.iter().rev().nth(1) {
        Some(Node::Statement(statement)) => match &statement.kind {
            StatementKind::Let { name, .. } => Some(name.text.as_str()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a name means a secret itself, and not where one is.
fn says(name: &str) -> bool {
    let name = name.to_lowercase();
    let ends =
        ["password", "passwd", "secret", "token", "secret_key", "private_key", "api_key", "access_key"];
    ends.iter().any(|end| name.ends_with(end))
}

/// Whether a text says by itself that it is no secret: an example's word, or too short for one.
fn stands_in(text: &str) -> bool {
    const WORDS: [&str; 4] = ["changeme", "example", "xxx", "<"];
    text.chars().count() < 8 || WORDS.iter().any(|word| text.to_lowercase().starts_with(word))
}
