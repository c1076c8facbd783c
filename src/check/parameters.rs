//! `param` where the command line cannot give it: named like one of the program's own options, inside a function, or
//! under a name that is not written out; and a default that the parameter itself refuses.

use super::Finding;
use super::facts::{Called, Facts};
use crate::cloud::error::{Error, Kind, Place};
use crate::script::given::{self, Given};
use crate::script::params::{self, Declared, option_name};

use crate::syntax::tree::{Expression, ExpressionKind};
use crate::verbs::language::param_type::ParamType;

/// The options that every command takes, as the command line writes them.
pub const OPTIONS: &[&str] = &[
    "allow-env",
    "allow-exec",
    "allow-net",
    "allow-read",
    "allow-write",
    "cloud",
    "concurrency",
    "deny-env",
    "deny-exec",
    "deny-net",
    "deny-read",
    "deny-write",
    "dry-run",
    "format",
    "help",
    "journal",
    "max-memory",
    "no-cache",
    "no-color",
    "no-journal",
    "offline",
    "params",
    "quiet",
    "rate",
    "read-only",
    "secret",
    "stats",
    "timeout",
    "trace",
    "verbose",
    "yes",
];

pub(super) fn find(facts: &Facts<'_>, found: &mut Vec<Finding>) {
    if facts.is_own("param") {
        return;
    }
    for call in facts.calls.iter().filter(|call| call.is_plain("param") && call.receiver.is_none()) {
        if facts.module {
            found.push(of_module(call));
        } else if let Some(finding) = misplaced(facts, call).or_else(|| misnamed(call)) {
            found.push(finding);
        }
    }
    if !facts.module {
        found.extend(params::declared(facts.tree, facts.text).iter().filter_map(unfit_default));
    }
}

/// A default that the parameter itself refuses: the run would fail whenever nothing else is given.
fn unfit_default(one: &Declared) -> Option<Finding> {
    let default = one.default.as_ref().filter(|text| *text != "…" && one.ty != ParamType::List)?;
    let wrong = given::fits(one, &Given::text(default)).err()?;
    let at = one.start;
    let error =
        Error::new(Kind::Script, format!("the default of `{}` does not fit it: {}", one.name, wrong.message))
            .coded("check::param")
            .at(Place::Verb, "it fails whenever nothing else is given");
    let error = match wrong.help {
        Some(ref help) => error.help(help.clone()),
        None => error,
    };
    Some(Finding::error(error, at..at + "param".len()))
}

/// A module's parameter would silently be its default.
fn of_module(call: &Called<'_>) -> Finding {
    let name = call.arguments.list.first().and_then(Expression::text).unwrap_or("name");
    let error = Error::new(Kind::Script, "a parameter is declared in a module")
        .coded("check::param")
        .at(Place::Verb, "only the script that is run has parameters")
        .help(format!("declare `{name}` in the script, and give its value to a function of the module"));
    Finding::error(error, call.name.span.clone())
}

fn misplaced(facts: &Facts<'_>, call: &Called<'_>) -> Option<Finding> {
    let inside = facts
        .scopes
        .functions
        .iter()
        .find(|body| body.start <= call.expression.span.start && call.expression.span.end <= body.end)?;
    let function = facts.tree.functions().find(|function| function.body.span == *inside)?;
    let name = call.arguments.list.first().and_then(Expression::text).unwrap_or("name");
    let constant = name.to_uppercase().replace('-', "_");
    let error = Error::new(Kind::Script, "a parameter is declared inside a function")
        .coded("check::param")
        .at(Place::Verb, format!("`{}` is a function", function.name.text))
        .help(format!("declare it at the top level, `const {constant} = param(\"{name}\", …);`, and write `global::{constant}` here"));
    Some(Finding::error(error, call.name.span.clone()))
}

fn misnamed(call: &Called<'_>) -> Option<Finding> {
    let first = call.arguments.list.first()?;
    let Some(name) = first.text() else {
        if matches!(first.kind, ExpressionKind::Missing) {
            return None;
        }
        let error = Error::new(Kind::Script, "the name of a parameter is not written out")
            .coded("check::param")
            .at(Place::Verb, "give a text in double quotes")
            .help("write one `param(\"name\", …)` for each: `rhain doc` and the command line find them by reading");
        return Some(Finding::warning(error, first.span.clone()));
    };
    if !OPTIONS.contains(&option_name(name).as_str()) {
        return None;
    }
    let error = Error::new(Kind::Script, format!("the parameter `{name}` is named like an option of rhain"))
        .coded("check::param")
        .at(Place::Verb, format!("`--{}` never reaches the script", option_name(name)))
        .help(format!("choose another name: `{name}_name`, `my_{name}`"));
    Some(Finding::error(error, first.span.clone()))
}
