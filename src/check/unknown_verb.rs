//! A call of what is no verb, no function of the script or of a module, and none of the language.

use super::Finding;
use super::facts::{Called, Facts};
use crate::infer::Type;
use crate::script::natives;
use crate::verbs::verb;

/// Words that the engine itself calls.
const SYNTAX: [&str; 8] = ["type_of", "call", "curry", "is_shared", "is_def_var", "is_def_fn", "Fn", "eval"];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    for call in &facts.calls {
        let name = &call.name.text;
        found.extend(named(facts, call));
        if verb(name).is_none() && facts.calls_variable(call) && !SYNTAX.contains(&name.as_str()) {
            found.push(facts.finding(natives::variable_called(name), call.name.span.clone()));
            continue;
        }
        if name.is_empty() || !unknown(facts, call) {
            continue;
        }
        let called = match call.modules {
            [] => name.clone(),
            [module, ..] => format!("{}::{name}", module.text),
        };
        let count = call.given().count();
        let error = match call.receiver {
            None => natives::no_function(facts.session, facts.signatures(), &called, count, |name| {
                facts.declares(name)
            }),
            Some(_) => natives::misfit(facts.session, facts.signatures(), &called, count),
        };
        // The nearest name is in the label where there is just one.
        let near = error.label.as_deref().and_then(only);
        let finding = facts.finding(error, call.name.span.clone());
        found.push(match near {
            Some(near) => {
                let text = near.rsplit("::").next().unwrap_or(&near).to_string();
                finding.fixed(call.name.span.clone(), text)
            }
            None => finding,
        });
    }
}

/// `Fn("name")` of a function that is not there.
fn named(facts: &Facts<'_>, call: &Called<'_>) -> Option<Finding> {
    let name = call.given().next().filter(|_| call.name.text == "Fn" && call.receiver.is_none())?;
    let text = name.text()?;
    let there = verb(text).is_some() || facts.is_own(text) || facts.native(text).is_some();
    // What is no name at all is told where the call is read.
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if there || !is_name || SYNTAX.contains(&text) {
        return None;
    }
    let error = natives::no_function(facts.session, facts.signatures(), text, 1, |name| facts.declares(name));
    let near = error.label.as_deref().and_then(only);
    let finding = facts.finding(error, name.span.clone());
    Some(match near {
        Some(near) => finding.fixed(name.span.clone(), format!("\"{near}\"")),
        None => finding,
    })
}

/// The name that a label proposes, where it proposes one.
pub(super) fn only(label: &str) -> Option<String> {
    let name = label.strip_prefix("did you mean `").or(label.strip_prefix("it is `"))?;
    let name = name.strip_suffix("`?").or(name.strip_suffix("` here"))?;
    (!name.contains('`')).then(|| name.to_string())
}

fn unknown<'a>(facts: &Facts<'a>, call: &Called<'a>) -> bool {
    let name = call.name.text.as_str();
    if let [module] = call.modules {
        let Some(Some(module)) = facts.modules.get(&module.text) else { return false };
        return !module.functions.iter().any(|(known, _)| known == name);
    }
    if !call.modules.is_empty() || verb(name).is_some() || facts.is_own(name) || facts.native(name).is_some()
    {
        return false;
    }
    match call.receiver {
        None => !SYNTAX.contains(&name),
        // A closure in a map is called like a method of it.
        Some(receiver) => {
            !SYNTAX.contains(&name) && !matches!(facts.types.of(receiver), None | Some(Type::Map(_)))
        }
    }
}
