//! The values of a template's expressions: what both forms share, and the way to the functions of each.

use serde_json::{Map, Value};

use super::flaw::{Flaw, Outcome};
use super::parameter::as_text;
use super::template::Form;
use super::{cfn_functions, hot_functions};

/// What an expression may ask of the stack that it stands in.
pub(crate) trait Scope {
    fn form(&self) -> Form;
    /// The value of a parameter, or of one that every stack has.
    fn parameter(&self, name: &str) -> Option<Value>;
    /// What a reference to a resource gives; none where there is no such resource.
    fn reference(&self, resource: &str) -> Option<Value>;
    /// The attribute of a resource, by its path.
    fn attribute(&self, resource: &str, path: &[Value], at: &str) -> Outcome<Value>;
    fn file(&self, name: &str) -> Option<String>;
    fn condition(&self, name: &str) -> Outcome<bool>;
    fn export(&self, name: &str) -> Option<Value>;
    fn mapping(&self, map: &str, first: &str, second: &str) -> Option<Value>;
}

/// An expression's value; nothing where it asks for that.
///
/// # Errors
/// When it refers to what is not there, or uses a function wrongly.
pub(crate) fn evaluate(value: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    Ok(inner(value, scope, at)?.unwrap_or(Value::Null))
}

/// The same, with none for a value that is to be left out.
pub(super) fn inner(value: &Value, scope: &dyn Scope, at: &str) -> Outcome<Option<Value>> {
    match value {
        Value::Object(map) => {
            if let Some((name, asked)) = single(map) {
                let below = format!("{at}.{name}");
                let found = match scope.form() {
                    Form::Hot => hot_functions::call(name, asked, scope, &below)?,
                    Form::HeatCfn | Form::Aws => cfn_functions::call(name, asked, scope, &below)?,
                };
                if let Some(found) = found {
                    return Ok(found.value());
                }
            }
            let mut out = Map::new();
            for (name, value) in map {
                if let Some(value) = inner(value, scope, &format!("{at}.{name}"))? {
                    out.insert(name.clone(), value);
                }
            }
            Ok(Some(Value::Object(out)))
        }
        Value::Array(rows) => {
            let mut out = Vec::with_capacity(rows.len());
            for (number, row) in rows.iter().enumerate() {
                if let Some(value) = inner(row, scope, &format!("{at}[{number}]"))? {
                    out.push(value);
                }
            }
            Ok(Some(Value::Array(out)))
        }
        other => Ok(Some(other.clone())),
    }
}

/// What a function gave.
pub(super) enum Given {
    Value(Value),
    /// What it stands in is left out.
    Nothing,
}

impl Given {
    fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing => None,
        }
    }
}

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self::Value(Value::String(text))
    }
}

/// The one name and value of a map that has no other.
pub(super) fn single(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut rows = map.iter();
    match (rows.next(), rows.next()) {
        (Some((name, value)), None) => Some((name, value)),
        _ => None,
    }
}

/// Follows a path into a value: names and positions.
pub(crate) fn follow(value: &Value, path: &[Value]) -> Value {
    let step = |value: &Value, step: &Value| match value {
        Value::Array(rows) => {
            let at = step.as_u64().or_else(|| as_text(step).parse().ok());
            at.and_then(|at| rows.get(usize::try_from(at).ok()?)).cloned().unwrap_or(Value::Null)
        }
        other => other.get(as_text(step)).cloned().unwrap_or(Value::Null),
    };
    path.iter().fold(value.clone(), |value, next| step(&value, next))
}

/// The truth of a condition: a name, a truth, or a function of such.
pub(crate) fn holds(value: &Value, scope: &dyn Scope, at: &str) -> Outcome<bool> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(name) => scope.condition(name),
        Value::Object(map) => {
            let Some((name, asked)) = single(map) else { return Err(wrong(at, "no condition")) };
            let below = format!("{at}.{name}");
            let rows = || asked.as_array().cloned().unwrap_or_else(|| vec![asked.clone()]);
            match name.strip_prefix("Fn::").unwrap_or(name) {
                "equals" | "Equals" => {
                    let rows = rows();
                    let [one, other] = rows.as_slice() else {
                        return Err(wrong(
                            &below,
                            "Arguments to \"equals\" must be of the form: [value_1, value_2]",
                        ));
                    };
                    let one = evaluate(one, scope, &below)?;
                    let other = evaluate(other, scope, &below)?;
                    Ok(one == other || as_text(&one) == as_text(&other))
                }
                "not" | "Not" => Ok(!holds(rows().first().unwrap_or(&Value::Null), scope, &below)?),
                "and" | "And" => all(&rows(), scope, &below, true),
                "or" | "Or" => Ok(!all(&rows(), scope, &below, false)?),
                "contains" => {
                    let rows = rows();
                    let found = evaluate(rows.first().unwrap_or(&Value::Null), scope, &below)?;
                    let within = evaluate(rows.get(1).unwrap_or(&Value::Null), scope, &below)?;
                    Ok(match &within {
                        Value::Array(own) => own.contains(&found),
                        other => as_text(other).contains(&as_text(&found)),
                    })
                }
                "Condition" => scope.condition(&as_text(asked)),
                _ => match evaluate(value, scope, at)? {
                    Value::Bool(truth) => Ok(truth),
                    _ => Err(wrong(at, "it is no condition")),
                },
            }
        }
        _ => Err(wrong(at, "it is no condition")),
    }
}

/// Whether all of them are so.
fn all(rows: &[Value], scope: &dyn Scope, at: &str, truth: bool) -> Outcome<bool> {
    for row in rows {
        if holds(row, scope, at)? != truth {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn wrong(at: &str, why: &str) -> Flaw {
    Flaw::Function(at.to_owned(), why.to_owned())
}

/// A value within a text that a function makes: structures as JSON, nothing as no letter.
pub(super) fn within_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => as_text(other),
    }
}

/// The resources that an expression refers to, and where.
pub(crate) fn references(value: &Value, form: Form, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            if let Some((name, asked)) = single(map) {
                let first = |asked: &Value| match asked {
                    Value::Array(rows) => rows.first().and_then(Value::as_str).map(str::to_owned),
                    Value::String(text) => text.split('.').next().map(str::to_owned),
                    _ => None,
                };
                let named = match (form, name) {
                    (Form::Hot, "get_resource") => asked.as_str().map(str::to_owned),
                    (Form::Hot, "get_attr") | (_, "Fn::GetAtt") => first(asked),
                    (Form::HeatCfn | Form::Aws, "Ref") => asked.as_str().map(str::to_owned),
                    (Form::Aws, "Fn::Sub") => {
                        for name in cfn_functions::names_within(asked) {
                            let name = name.split('.').next().unwrap_or_default().to_owned();
                            found.push((name, at.to_owned()));
                        }
                        None
                    }
                    _ => None,
                };
                found.extend(named.map(|name| (name, at.to_owned())));
            }
            for (name, value) in map {
                references(value, form, &format!("{at}.{name}"), found);
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| references(row, form, at, found)),
        _ => {}
    }
}
