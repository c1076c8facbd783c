//! The functions of `heat_template_version` templates.

use md5::Md5;
use serde_json::{Map, Value};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::evaluate::{Given, Scope, evaluate, follow, holds, inner, within_text, wrong};
use super::flaw::{Flaw, Outcome};
use super::parameter::as_text;
use crate::world::hex;

/// What a function gives; none where there is no function of this name.
pub(super) fn call(name: &str, asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Option<Given>> {
    let given = match name {
        "get_param" => param(asked, scope, at)?.into(),
        "get_resource" => {
            let name = as_text(asked);
            let place = at.trim_end_matches(".get_resource").to_owned();
            scope.reference(&name).ok_or(Flaw::Reference(name, place))?.into()
        }
        "get_attr" => attribute(asked, scope, at)?.into(),
        "get_file" => {
            let name = as_text(&evaluate(asked, scope, at)?);
            let place = at.trim_end_matches(".get_file").to_owned();
            scope.file(&name).ok_or(Flaw::NoFile(name, place))?.into()
        }
        "str_replace" | "str_replace_strict" | "str_replace_vstrict" => replace(asked, scope, at)?.into(),
        "list_join" => join(asked, scope, at)?.into(),
        "list_concat" | "list_concat_unique" => {
            let mut rows = Vec::new();
            for row in list(&evaluate(asked, scope, at)?) {
                for item in list(&row) {
                    if name == "list_concat" || !rows.contains(&item) {
                        rows.push(item);
                    }
                }
            }
            Value::Array(rows).into()
        }
        "str_split" => split(asked, scope, at)?.into(),
        "repeat" => repeat(asked, scope, at)?.into(),
        "map_merge" => {
            let mut merged = Map::new();
            for row in list(&evaluate(asked, scope, at)?) {
                merged.extend(row.as_object().cloned().unwrap_or_default());
            }
            Value::Object(merged).into()
        }
        "map_replace" => map_replace(asked, scope, at)?.into(),
        "digest" => digest(asked, scope, at)?.into(),
        "filter" => {
            let rows = list(&evaluate(asked, scope, at)?);
            let out = rows.first().map(list).unwrap_or_default();
            let kept = rows.get(1).map(list).unwrap_or_default();
            Value::Array(kept.into_iter().filter(|row| !out.contains(row)).collect()).into()
        }
        "if" => return Ok(Some(choose(asked, scope, at)?)),
        "equals" | "not" | "and" | "or" | "contains" => {
            let asked = Value::Object(Map::from_iter([(name.to_owned(), asked.clone())]));
            Value::Bool(holds(&asked, scope, at)?).into()
        }
        _ => return Ok(None),
    };
    Ok(Some(given))
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn param(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let (name, path) = match asked {
        Value::Array(rows) => (rows.first().cloned().unwrap_or_default(), rows.get(1..).unwrap_or_default()),
        one => (one.clone(), &[][..]),
    };
    let name = as_text(&evaluate(&name, scope, at)?);
    let place = at.trim_end_matches(".get_param").to_owned();
    let value = scope.parameter(&name).ok_or(Flaw::NoParameter(name, place))?;
    let path: Vec<Value> = path.iter().map(|step| evaluate(step, scope, at)).collect::<Outcome<_>>()?;
    Ok(follow(&value, &path))
}

fn attribute(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(asked);
    let Some(Value::String(resource)) = rows.first() else {
        let why = "Arguments to \"get_attr\" must be of the form [resource_name, attribute, (path), ...]";
        return Err(wrong(at, why));
    };
    let path: Vec<Value> = rows[1..].iter().map(|step| evaluate(step, scope, at)).collect::<Outcome<_>>()?;
    scope.attribute(resource, &path, at)
}

fn replace(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let template = evaluate(&asked["template"], scope, at)?;
    let params = evaluate(&asked["params"], scope, at)?;
    let (Some(params), true) = (params.as_object(), asked.get("template").is_some()) else {
        return Err(wrong(at, "\"str_replace\" syntax should be str_replace: template: ... params: ..."));
    };
    let pairs: Vec<(String, String)> =
        params.iter().map(|(name, value)| (name.clone(), within_text(value))).collect();
    Ok(Value::String(replaced(&within_text(&template), &pairs)))
}

/// A text with each of these names replaced, the longest first and none within what another put there.
pub(super) fn replaced(text: &str, pairs: &[(String, String)]) -> String {
    let mut names: Vec<_> = pairs.iter().filter(|(name, _)| !name.is_empty()).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(letter) = rest.chars().next() {
        match names.iter().find(|(name, _)| rest.starts_with(name.as_str())) {
            Some((name, value)) => {
                out.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    out
}

fn join(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(asked);
    let delimiter = as_text(&evaluate(rows.first().unwrap_or(&Value::Null), scope, at)?);
    let mut parts = Vec::new();
    for row in rows.iter().skip(1) {
        match evaluate(row, scope, at)? {
            Value::Array(items) => parts.extend(items.iter().map(within_text)),
            Value::Null => {}
            _ => {
                return Err(wrong(
                    at,
                    "Incorrect arguments to \"list_join\" should be: [ <delimiter>, <list> ]",
                ));
            }
        }
    }
    Ok(Value::String(parts.join(&delimiter)))
}

fn split(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(&evaluate(asked, scope, at)?);
    let text = |at: usize| rows.get(at).map(as_text).unwrap_or_default();
    let parts: Vec<Value> = text(1).split(text(0).as_str()).map(Value::from).collect();
    Ok(match rows.get(2) {
        None => Value::Array(parts),
        Some(step) => follow(&Value::Array(parts), std::slice::from_ref(step)),
    })
}

fn repeat(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let each = evaluate(&asked["for_each"], scope, at)?;
    let Some(each) = each.as_object() else {
        return Err(wrong(at, "\"repeat\" syntax should be repeat: template: ... for_each: ..."));
    };
    let together = asked["permutations"] == Value::Bool(false);
    let mut rounds: Vec<Vec<(String, Value)>> = vec![Vec::new()];
    if together {
        let most = each.values().map(|rows| list(rows).len()).max().unwrap_or_default();
        let row = |number: usize| {
            each.iter().map(|(name, rows)| (name.clone(), rows[number].clone())).collect::<Vec<_>>()
        };
        rounds = (0..most).map(row).collect();
    } else {
        for (name, rows) in each {
            let rows = match rows {
                Value::Object(map) => map.keys().map(|key| Value::from(key.as_str())).collect(),
                other => list(other),
            };
            let with = |round: &Vec<(String, Value)>, value: &Value| {
                let mut round = round.clone();
                round.push((name.clone(), value.clone()));
                round
            };
            rounds =
                rounds.iter().flat_map(|round| rows.iter().map(move |value| with(round, value))).collect();
        }
    }
    let mut out = Vec::new();
    for round in rounds {
        let row = filled(&asked["template"], &round);
        if let Some(row) = inner(&row, scope, at)? {
            out.push(row);
        }
    }
    Ok(Value::Array(out))
}

/// A template with the names of one round in it replaced.
fn filled(template: &Value, round: &[(String, Value)]) -> Value {
    match template {
        Value::String(text) => match round.iter().find(|(name, _)| name == text) {
            Some((_, value)) => value.clone(),
            None => {
                let pairs: Vec<(String, String)> =
                    round.iter().map(|(name, value)| (name.clone(), within_text(value))).collect();
                Value::String(replaced(text, &pairs))
            }
        },
        Value::Array(rows) => rows.iter().map(|row| filled(row, round)).collect(),
        Value::Object(map) => {
            let key = |name: &str| as_text(&filled(&Value::from(name), round));
            Value::Object(map.iter().map(|(name, value)| (key(name), filled(value, round))).collect())
        }
        other => other.clone(),
    }
}

fn map_replace(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(&evaluate(asked, scope, at)?);
    let (map, how) = (rows.first().cloned().unwrap_or_default(), rows.get(1).cloned().unwrap_or_default());
    let mut out = Map::new();
    for (name, value) in map.as_object().into_iter().flatten() {
        let key = how["keys"].get(name).map_or_else(|| name.clone(), as_text);
        let text = as_text(value);
        out.insert(key, how["values"].get(&text).cloned().unwrap_or_else(|| value.clone()));
    }
    Ok(Value::Object(out))
}

fn digest(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Value> {
    let rows = list(&evaluate(asked, scope, at)?);
    let text = rows.get(1).map(as_text).unwrap_or_default();
    let name = rows.first().map(as_text).unwrap_or_default();
    let bytes = match name.to_lowercase().as_str() {
        "md5" => Md5::digest(&text).to_vec(),
        "sha1" => Sha1::digest(&text).to_vec(),
        "sha224" => Sha224::digest(&text).to_vec(),
        "sha256" => Sha256::digest(&text).to_vec(),
        "sha384" => Sha384::digest(&text).to_vec(),
        "sha512" => Sha512::digest(&text).to_vec(),
        _ => return Err(wrong(at, "Algorithm must be one of md5, sha1, sha224, sha256, sha384, sha512")),
    };
    Ok(Value::String(hex(&bytes)))
}

/// One of two values, by a condition; only that one is looked at.
pub(super) fn choose(asked: &Value, scope: &dyn Scope, at: &str) -> Outcome<Given> {
    let rows = list(asked);
    let (2 | 3) = rows.len() else {
        return Err(wrong(
            at,
            "Arguments to \"if\" must be of the form: [condition_name, value_if_true, value_if_false]",
        ));
    };
    let chosen = if holds(&rows[0], scope, at)? { Some(&rows[1]) } else { rows.get(2) };
    let value = match chosen {
        Some(value) => inner(value, scope, at)?,
        None => None,
    };
    Ok(value.map_or(Given::Nothing, Given::Value))
}
