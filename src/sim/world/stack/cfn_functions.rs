//! The functions of CloudFormation's templates; Heat, which reads such too, does not know all of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::evaluate::{Given, Scope, evaluate, follow, holds, within_text, wrong};
use super::flaw::{Flaw, Outcome};
use super::hot_functions::{choose, replaced};
use super::parameter::as_text;
use super::template::Form;

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// What a function gives; none where there is no function of this name.
pub(super) fn call(name: &str, asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Option<Given>> {
    if scope.form() == Form::Aws
        && let Some(given) = aws_only(name, asked, scope, at)?
    {
        return Ok(Some(given));
    }
    let given = match name {
        "Ref" => return reference(asked, scope, at).map(Some),
        "Fn::GetAtt" => attribute(asked, scope, at)?.into(),
        "Fn::Join" => join(asked, scope, at)?.into(),
        "Fn::Split" => {
            let rows = list(&evaluate(asked, scope, at)?);
            let text = |at: usize| rows.get(at).map(as_text).unwrap_or_default();
            Value::Array(text(1).split(text(0).as_str()).map(Value::from).collect()).into()
        }
        "Fn::Select" => select(asked, scope, at)?.into(),
        "Fn::FindInMap" => {
            let rows = list(&evaluate(asked, scope, at)?);
            let text = |at: usize| rows.get(at).map(as_text).unwrap_or_default();
            let found = scope.mapping(&text(0), &text(1), &text(2));
            found
                .ok_or_else(|| wrong(at, &format!("no value for {}/{}/{}", text(0), text(1), text(2))))?
                .into()
        }
        "Fn::Base64" => {
            let text = as_text(&evaluate(asked, scope, at)?);
            // Heat leaves it as it is: whoever takes it encodes it.
            if scope.form() == Form::Aws { STANDARD.encode(text).into() } else { text.into() }
        }
        "Fn::GetAZs" => match scope.form() {
            Form::Aws => json!(["us-east-1a"]).into(),
            _ => json!(["nova"]).into(),
        },
        "Fn::Replace" => {
            let rows = list(&evaluate(asked, scope, at)?);
            let names = rows.first().and_then(Value::as_object).cloned().unwrap_or_default();
            let pairs: Vec<_> =
                names.iter().map(|(name, value)| (name.clone(), within_text(value))).collect();
            replaced(&rows.get(1).map(as_text).unwrap_or_default(), &pairs).into()
        }
        "Fn::If" => return choose(asked, scope, at).map(Some),
        "Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or" => {
            let asked = Value::Object(Map::from_iter([(name.to_owned(), asked.clone())]));
            Value::Bool(holds(&asked, scope, at)?).into()
        }
        _ => return Ok(None),
    };
    Ok(Some(given))
}

fn aws_only(name: &str, asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Option<Given>> {
    Ok(Some(match name {
        "Fn::Sub" => substitute(asked, scope, at)?.into(),
        "Fn::ImportValue" => {
            let name = as_text(&evaluate(asked, scope, at)?);
            scope.export(&name).ok_or(Flaw::NoExport(name))?.into()
        }
        "Fn::Length" => Value::from(list(&evaluate(asked, scope, at)?).len()).into(),
        "Fn::ToJsonString" => evaluate(asked, scope, at)?.to_string().into(),
        name if name.starts_with("Fn::") && !KNOWN.contains(&name) => {
            return Err(wrong(at, &format!("unsupported function: [{name}]")));
        }
        _ => return Ok(None),
    }))
}

const KNOWN: [&str; 14] = [
    "Fn::GetAtt",
    "Fn::Join",
    "Fn::Split",
    "Fn::Select",
    "Fn::FindInMap",
    "Fn::Base64",
    "Fn::GetAZs",
    "Fn::If",
    "Fn::Equals",
    "Fn::Not",
    "Fn::And",
    "Fn::Or",
    "Fn::Sub",
    "Fn::ImportValue",
];

fn reference(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Given> {
    let name = as_text(asked);
    if name == "AWS::NoValue" {
        return Ok(Given::Nothing);
    }
    if let Some(value) = scope.parameter(&name) {
        return Ok(value.into());
    }
    let place = at.trim_end_matches(".Ref").to_owned();
    Ok(scope.reference(&name).ok_or(Flaw::Reference(name, place))?.into())
}

fn attribute(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = match asked {
        Value::String(text) => match text.split_once('.') {
            Some((resource, attribute)) => vec![Value::from(resource), Value::from(attribute)],
            None => vec![Value::from(text.as_str())],
        },
        other => list(other),
    };
    let Some(Value::String(resource)) = rows.first() else {
        return Err(wrong(at, "Arguments to \"Fn::GetAtt\" must be of the form [resource_name, attribute]"));
    };
    let path: Vec<Value> = rows[1..].iter().map(|step| evaluate(step, scope, at)).collect::<Outcome<_>>()?;
    scope.attribute(resource, &path, at)
}

fn join(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(asked);
    let [delimiter, rows] = rows.as_slice() else {
        return Err(wrong(at, "Incorrect arguments to \"Fn::Join\" should be: [ <delimiter>, <list> ]"));
    };
    let delimiter = as_text(&evaluate(delimiter, scope, at)?);
    let rows = list(&evaluate(rows, scope, at)?);
    let text = |row: &Value| if scope.form() == Form::Aws { as_text(row) } else { within_text(row) };
    Ok(Value::String(rows.iter().map(text).collect::<Vec<_>>().join(&delimiter)))
}

fn select(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(&evaluate(asked, scope, at)?);
    let (step, mut from) =
        (rows.first().cloned().unwrap_or_default(), rows.get(1).cloned().unwrap_or_default());
    if let Value::String(text) = &from {
        // A list that came as text.
        from = text.split(',').map(|part| Value::from(part.trim())).collect();
    }
    let found = follow(&from, &[step]);
    if found.is_null() && scope.form() == Form::Aws {
        return Err(wrong(at, "Fn::Select cannot select nonexistent value at index"));
    }
    Ok(if found.is_null() { Value::String(String::new()) } else { found })
}

fn substitute(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<String> {
    let (text, own) = match asked {
        Value::Array(rows) => {
            let own = evaluate(rows.get(1).unwrap_or(&Value::Null), scope, at)?;
            (rows.first().map(as_text).unwrap_or_default(), own)
        }
        other => (as_text(other), Value::Null),
    };
    let mut out = String::new();
    for part in parts(&text) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Name(name) => {
                let value = match (own.get(name), name.split_once('.')) {
                    (Some(value), _) => value.clone(),
                    (None, Some((resource, attribute))) => {
                        scope.attribute(resource, &[Value::from(attribute)], at)?
                    }
                    (None, None) => match reference(&Value::from(name), scope, at)? {
                        Given::Value(value) => value,
                        Given::Nothing => Value::Null,
                    },
                };
                out.push_str(&as_text(&value));
            }
        }
    }
    Ok(out)
}

enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// The texts and the `${Name}`s of a text; `${!Name}` is a text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, then)) = after.split_once('}') else { break };
        out.push(Part::Text(before));
        match name.strip_prefix('!') {
            Some(literal) => out.extend([Part::Text("${"), Part::Text(literal), Part::Text("}")]),
            None => out.push(Part::Name(name.trim())),
        }
        rest = then;
    }
    out.push(Part::Text(rest));
    out
}

/// The names that a substitution refers to, but for those it brings itself.
pub(super) fn names_within(asked: &Value) -> Vec<String> {
    let (text, own) = match asked {
        Value::Array(rows) => (rows.first().map(as_text).unwrap_or_default(), rows.get(1).cloned()),
        other => (as_text(other), None),
    };
    let own = own.unwrap_or_default();
    let name = |part: Part<'_>| match part {
        Part::Name(name) if own.get(name).is_none() => Some(name.to_owned()),
        _ => None,
    };
    parts(&text).into_iter().filter_map(name).collect()
}
