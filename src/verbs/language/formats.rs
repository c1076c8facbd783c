//! Text that other programs read: YAML and digests.

use super::declared::verb;
use super::text::{ANY, DATA, TEXT, named};
use crate::base::{placeholder, yaml};
use crate::cloud::{Error, Kind, Ty, Value};
use crate::verbs::verb::{Example, Form, Run, Verb};
use saphyr::{LoadableYamlNode as _, Mapping, Scalar, Yaml, YamlEmitter};
use sha2::{Digest as _, Sha256};

/// How deep YAML may be, and how many values it may have once its aliases are resolved.
const DEEPEST: usize = 100;
const MOST: usize = 1_000_000;

/// `to_yaml`
pub static TO_YAML: Verb = verb(
    "to_yaml",
    "A value as YAML text; a resource as its documented fields. A secret in it prints masked and is sent whole.",
    &[Form::of(&[ANY.param()])],
    Ty::Text,
    &[Example { code: r#"to_yaml(#{ a: [1, "2"] })"#, gives: "a:\n  - 1\n  - \"2\"\n" }],
    &["parse_yaml", "to_json"],
    Run::Once(|call| {
        Box::pin(async move {
            let value = named(&call, call.get(&ANY)?).await?;
            let json = value.to_json(&|_, id| Value::text(id));
            let mut text = String::new();
            let failed = |error: saphyr::EmitError| {
                Error::new(Kind::InvalidArgument, format!("the value has no YAML: {error}"))
            };
            YamlEmitter::new(&mut text).dump(&node(&json)).map_err(failed)?;
            let text = text.strip_prefix("---").map_or(text.as_str(), str::trim_start);
            let text =
                placeholder::reformed(text.trim_end(), |secret| serde_json::Value::from(secret).to_string());
            Ok(Value::text(format!("{text}\n")))
        })
    }),
);

fn node(json: &serde_json::Value) -> Yaml<'_> {
    use serde_json::Value as Json;
    match json {
        Json::Null => Yaml::Value(Scalar::Null),
        Json::Bool(truth) => Yaml::Value(Scalar::Boolean(*truth)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Yaml::Value(Scalar::Integer(whole)),
            (None, Some(float)) => Yaml::Value(Scalar::FloatingPoint(float.into())),
            _ => Yaml::Value(Scalar::String(number.to_string().into())),
        },
        Json::String(text) => Yaml::Value(Scalar::String(text.as_str().into())),
        Json::Array(items) => Yaml::Sequence(items.iter().map(node).collect()),
        Json::Object(fields) => {
            let pair = |(key, value)| (Yaml::Value(Scalar::String(String::as_str(key).into())), node(value));
            Yaml::Mapping(fields.iter().map(pair).collect::<Mapping>())
        }
    }
}

/// `parse_yaml`
pub static PARSE_YAML: Verb = verb(
    "parse_yaml",
    "YAML text as a value; of several documents an array.",
    &[Form::of(&[TEXT.param()])],
    Ty::Any,
    &[Example { code: r#"parse_yaml("a: [1, two]\n").a"#, gives: r#"[1, "two"]"# }],
    &["to_yaml", "parse_json"],
    Run::Once(|call| {
        Box::pin(async move {
            let text = call.get(&TEXT)?;
            yaml::measure(&text, DEEPEST, MOST).map_err(|yaml::TooMuch(what, line)| {
                Error::new(Kind::InvalidArgument, format!("the text is no YAML to read: {what}"))
                    .coded("call::invalid_argument")
                    .help(format!("look at line {line}"))
                    .at(call.place(TEXT.name), what)
            })?;
            let documents = Yaml::load_from_str(&text).map_err(|error| {
                let place = error.marker();
                Error::new(
                    Kind::InvalidArgument,
                    format!("the text is no YAML: line {}, column {}", place.line(), place.col() + 1),
                )
                .coded("call::wrong_type")
                .answer(error.info())
                .at(call.place(TEXT.name), "not YAML")
            })?;
            Ok(call.read_of(&TEXT, documents_of(&documents), |text| {
                yaml::measure(text, DEEPEST, MOST).ok()?;
                Yaml::load_from_str(text).ok().map(|documents| documents_of(&documents))
            }))
        })
    }),
);

fn documents_of(documents: &[Yaml]) -> Value {
    let mut values = documents.iter().map(value).collect::<Vec<_>>();
    match values.len() {
        0 => Value::Unit,
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

fn value(node: &Yaml) -> Value {
    match node {
        Yaml::Value(Scalar::Null) | Yaml::BadValue | Yaml::Alias(_) => Value::Unit,
        Yaml::Value(Scalar::Boolean(truth)) => Value::Bool(*truth),
        Yaml::Value(Scalar::Integer(number)) => Value::Int(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::Float(number.into_inner()),
        Yaml::Value(Scalar::String(text)) => Value::text(text),
        Yaml::Representation(text, ..) => Value::text(text),
        Yaml::Tagged(_, inner) => value(inner),
        Yaml::Sequence(items) => Value::Array(items.iter().map(value).collect()),
        Yaml::Mapping(fields) => {
            Value::Map(fields.iter().map(|(name, field)| (key(&value(name)), value(field))).collect())
        }
    }
}

/// A map's key is text: a number or a truth value as it is written.
fn key(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Unit => "null".to_string(),
        other => other.to_json(&|_, id| Value::text(id)).to_string(),
    }
}

/// `sha256`
pub static SHA256: Verb = verb(
    "sha256",
    "The SHA-256 of text or a blob, in 64 hexadecimal digits.",
    &[Form::of(&[DATA.param()])],
    Ty::Text,
    &[Example {
        code: r#"sha256("abc")"#,
        gives: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }],
    &["base64"],
    Run::Once(|call| {
        Box::pin(async move {
            let digest = Sha256::digest(call.get(&DATA)?.0);
            Ok(Value::text(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        })
    }),
);
