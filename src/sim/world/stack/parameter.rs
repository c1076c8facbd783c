//! The parameters of a template: their types, defaults and constraints, and the values that a stack gives them.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::flaw::{Flaw, Outcome};

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Number,
    List,
    Json,
    Flag,
}

/// A parameter as it is declared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: Type,
    /// The type as it is written.
    pub(crate) word: String,
    pub(crate) description: String,
    pub(crate) label: Option<String>,
    pub(crate) default: Option<Value>,
    pub(crate) hidden: bool,
    pub(crate) immutable: bool,
    /// `allowed_values`, `length`, `range`, `allowed_pattern`, `custom_constraint`, each with its own description.
    pub(crate) constraints: Vec<(String, Value, Option<String>)>,
}

impl Parameter {
    pub(super) fn read(name: &str, value: &Value, hot: bool) -> Outcome<Self> {
        let key = |hot_name: &'static str, cfn: &'static str| if hot { hot_name } else { cfn };
        let word = value[key("type", "Type")].as_str().unwrap_or_default().to_owned();
        let kind = match word.as_str() {
            "string" | "String" => Type::Text,
            "number" | "Number" => Type::Number,
            "comma_delimited_list" | "CommaDelimitedList" => Type::List,
            "json" | "Json" => Type::Json,
            "boolean" | "Boolean" => Type::Flag,
            word if !hot && word.starts_with("List<") => Type::List,
            word if !hot && word.starts_with("AWS::") => Type::Text,
            "" => return Err(Flaw::Other(format!("Missing parameter type for parameter: {name}"))),
            _ => return Err(Flaw::Other(format!("Invalid type ({word})"))),
        };
        let flag =
            |value: &Value| *value == true || value.as_str().is_some_and(|t| t.eq_ignore_ascii_case("true"));
        let constraints = if hot { hot_constraints(value) } else { cfn_constraints(value) };
        Ok(Self {
            name: name.to_owned(),
            kind,
            word,
            description: value[key("description", "Description")].as_str().unwrap_or_default().to_owned(),
            label: value["label"].as_str().map(str::to_owned),
            default: value.get(key("default", "Default")).filter(|value| !value.is_null()).cloned(),
            hidden: flag(&value[key("hidden", "NoEcho")]),
            immutable: flag(&value["immutable"]),
            constraints,
        })
    }

    /// A given value as this parameter's, or why it is none.
    fn take(&self, given: &Value) -> Result<Value, String> {
        let plain = match given {
            Value::String(text) => text.clone(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            other => other.to_string(),
        };
        let value = match self.kind {
            Type::Text => Value::String(plain),
            Type::Number => number(&plain).ok_or(format!("could not convert string to float: '{plain}'"))?,
            Type::List => match given {
                Value::Array(rows) => rows.clone().into(),
                _ if plain.is_empty() => json!([]),
                _ => plain.split(',').map(|part| part.trim().to_owned()).collect(),
            },
            Type::Json => match given {
                Value::String(text) if text.is_empty() => json!({}),
                Value::String(text) => {
                    serde_json::from_str(text).map_err(|_| format!("Value must be valid JSON: {text}"))?
                }
                other => other.clone(),
            },
            Type::Flag => match plain.to_lowercase().as_str() {
                "t" | "true" | "on" | "y" | "yes" | "1" => Value::Bool(true),
                "f" | "false" | "off" | "n" | "no" | "0" | "" => Value::Bool(false),
                other => {
                    return Err(format!(
                        "Unrecognized value '{other}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', \
                         'on', 't', 'true', 'y', 'yes'"
                    ));
                }
            },
        };
        for (rule, wanted, description) in &self.constraints {
            if let Err(why) = self.holds(rule, wanted, &value) {
                return Err(description.clone().unwrap_or(why));
            }
        }
        Ok(value)
    }

    fn holds(&self, rule: &str, wanted: &Value, value: &Value) -> Result<(), String> {
        let shown = as_text(value);
        let length = match value {
            Value::Array(rows) => rows.len(),
            Value::Object(map) => map.len(),
            _ => shown.chars().count(),
        };
        let over = |what: f64| {
            let bound = |name: &str| number(&as_text(&wanted[name])).and_then(|n| n.as_f64());
            bound("min").is_some_and(|min| what < min) || bound("max").is_some_and(|max| what > max)
        };
        let span = || {
            let bound = |name: &str| match &wanted[name] {
                Value::Null => "None".to_owned(),
                value => as_text(value),
            };
            format!("(min: {}, max: {})", bound("min"), bound("max"))
        };
        match rule {
            "allowed_values" => {
                let rows: Vec<String> = wanted.as_array().into_iter().flatten().map(as_text).collect();
                let within = match value {
                    Value::Array(own) => own.iter().all(|one| rows.contains(&as_text(one))),
                    _ => rows.contains(&shown),
                };
                if within {
                    Ok(())
                } else {
                    let told = |value: &Value| match value {
                        Value::String(text) => format!("\"{text}\""),
                        other => as_text(other),
                    };
                    let rows: Vec<String> = wanted.as_array().into_iter().flatten().map(told).collect();
                    Err(format!("{} is not an allowed value [{}]", told(value), rows.join(", ")))
                }
            }
            #[allow(clippy::cast_precision_loss)] // a length
            "length" if over(length as f64) => Err(format!("length ({length}) is out of range {}", span())),
            "range" if value.as_f64().is_some_and(over) => Err(format!("{shown} is out of range {}", span())),
            "allowed_pattern" => {
                let pattern = as_text(wanted);
                let whole = Regex::new(&format!("^(?:{pattern})$"));
                if whole.is_ok_and(|pattern| !pattern.is_match(&shown)) {
                    return Err(format!("\"{shown}\" does not match pattern \"{pattern}\""));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn hot_constraints(value: &Value) -> Vec<(String, Value, Option<String>)> {
    let rows = value["constraints"].as_array().cloned().unwrap_or_default();
    let rule = |row: Value| {
        let description = row["description"].as_str().map(str::to_owned);
        let row = row.as_object().cloned().unwrap_or_default();
        row.into_iter().find(|(name, _)| name != "description").map(|(name, what)| (name, what, description))
    };
    rows.into_iter().filter_map(rule).collect()
}

fn cfn_constraints(value: &Value) -> Vec<(String, Value, Option<String>)> {
    let description = value["ConstraintDescription"].as_str().map(str::to_owned);
    let mut rules = Vec::new();
    if let Some(values) = value.get("AllowedValues") {
        rules.push(("allowed_values".to_owned(), values.clone(), description.clone()));
    }
    if let Some(pattern) = value.get("AllowedPattern") {
        rules.push(("allowed_pattern".to_owned(), pattern.clone(), description.clone()));
    }
    for (rule, min, max) in [("length", "MinLength", "MaxLength"), ("range", "MinValue", "MaxValue")] {
        if value.get(min).is_some() || value.get(max).is_some() {
            let span = json!({"min": value[min], "max": value[max]});
            rules.push((rule.to_owned(), span, description.clone()));
        }
    }
    rules
}

fn number(text: &str) -> Option<Value> {
    match text.trim().parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => text.trim().parse::<f64>().ok().map(Value::from).filter(|value| !value.is_null()),
    }
}

/// A value as text: a text as it is, all else as JSON.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The values of all parameters: what is given, else its default from an environment, else the template's own.
///
/// # Errors
/// When a given one is not declared, one is missing, or a value is not allowed.
pub(crate) fn resolve(
    declared: &[Parameter],
    given: &Map<String, Value>,
    defaults: &Map<String, Value>,
) -> Outcome<BTreeMap<String, Value>> {
    let unknown: Vec<String> =
        given.keys().filter(|name| !declared.iter().any(|own| own.name == **name)).cloned().collect();
    if !unknown.is_empty() {
        return Err(Flaw::ParameterUnknown(unknown));
    }
    let (mut values, mut missing) = (BTreeMap::new(), Vec::new());
    for parameter in declared {
        let name = &parameter.name;
        let found = given.get(name).or_else(|| defaults.get(name)).or(parameter.default.as_ref());
        let Some(found) = found else {
            missing.push(name.clone());
            continue;
        };
        let value = parameter.take(found).map_err(|why| Flaw::Parameter(name.clone(), why))?;
        values.insert(name.clone(), value);
    }
    if missing.is_empty() { Ok(values) } else { Err(Flaw::ParameterMissing(missing)) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::super::flaw::Flaw;
    use super::{Parameter, resolve};

    fn declared(rows: Value) -> Vec<Parameter> {
        rows.as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, row)| Parameter::read(name, row, true).ok())
            .collect()
    }

    fn given(rows: Value) -> Map<String, Value> {
        rows.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn values_take_their_types_and_defaults() {
        let own = declared(
            json!({"n": {"type": "number"}, "l": {"type": "comma_delimited_list", "default": "a,b"},
            "j": {"type": "json", "default": {}}, "b": {"type": "boolean", "default": false}, "s": {"type": "string"}}),
        );
        let values = resolve(
            &own,
            &given(json!({"n": "1", "j": "{\"k\": [1]}", "b": "yes"})),
            &given(json!({"s": "from afar"})),
        );
        let values = values.map(|values| json!(values));
        assert_eq!(
            values,
            Ok(json!({"n": 1, "l": ["a", "b"], "j": {"k": [1]}, "b": true, "s": "from afar"}))
        );
    }

    #[test]
    fn what_is_not_allowed_is_told_in_the_constraint_s_own_words() {
        let own = declared(
            json!({"p": {"type": "string", "constraints": [{"allowed_values": ["a", "b"], "description": "pick a or b"}]},
            "n": {"type": "number", "default": 1, "constraints": [{"range": {"min": 1, "max": 3}}]}}),
        );
        let refused = |rows| resolve(&own, &given(rows), &Map::new()).err();
        let told = |name: &str, why: &str| Some(Flaw::Parameter(name.into(), why.into()));
        assert_eq!(refused(json!({"p": "c"})), told("p", "pick a or b"));
        assert_eq!(refused(json!({"p": "a", "n": 4})), told("n", "4 is out of range (min: 1, max: 3)"));
        assert_eq!(
            refused(json!({"p": "a", "n": "abc"})),
            told("n", "could not convert string to float: 'abc'")
        );
        assert_eq!(refused(json!({"p": "a", "z": 1})), Some(Flaw::ParameterUnknown(vec!["z".into()])));
        assert_eq!(refused(json!({})), Some(Flaw::ParameterMissing(vec!["p".into()])));
    }
}
