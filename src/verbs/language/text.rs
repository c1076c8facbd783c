//! JSON, encodings, secrets, patterns.

use super::declared::verb;
use crate::base::{glob, placeholder};
use crate::cloud::{Error, Handle, Kind, Noun, Result, Secret, Ty, Value, call_scope};
use crate::verbs::argument::Data;
use crate::verbs::call::Call;
use crate::verbs::verb::{Effect, Example, Form, Key, Run, Verb};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;

pub(super) const ANY: Key<Value> = Key::required("value", "Anything.");
pub(super) const TEXT: Key<String> = Key::required("text", "Text.");
pub(super) const DATA: Key<Data> = Key::required("data", "Text or a blob.");
const HIDDEN: Key<Secret> = Key::required("text", "Text.");
const PATTERN: Key<String> = Key::required("pattern", "A pattern with *, ? and […].");

/// `to_json`
pub static TO_JSON: Verb = verb(
    "to_json",
    "A value as JSON text; a resource as its documented fields. A secret in it prints masked and is sent whole.",
    &[Form::of(&[ANY.param()])],
    Ty::Text,
    &[Example { code: r#"to_json(#{ a: [1, ()] })"#, gives: r#"{"a":[1,null]}"# }],
    &[],
    Run::Once(|call| {
        Box::pin(async move {
            let value = named(&call, call.get(&ANY)?).await?;
            let json = value.to_json(&|_, id| Value::text(id)).to_string();
            let escaped = |secret: &str| {
                let quoted = serde_json::Value::from(secret).to_string();
                quoted[1..quoted.len() - 1].to_string()
            };
            Ok(Value::text(placeholder::reformed(&json, escaped)))
        })
    }),
);

/// The value, its resources' looked-up names known to the run afterwards.
pub(super) async fn named(call: &Call, value: Value) -> Result<Value> {
    let mut names: HashMap<(Noun, String), Value> = HashMap::new();
    let mut open = vec![&value];
    let mut resources: Vec<&Handle> = Vec::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Map(map) => open.extend(map.values()),
            Value::Resource(resource) => resources.push(resource),
            _ => {}
        }
    }
    for resource in resources {
        call.host.read_whole(resource).await?;
        for field in resource.noun().fields() {
            if let Some(Value::NameOf(noun, id)) = resource.field(field.name)
                && !names.contains_key(&(noun, id.to_string()))
            {
                let cloud = call.host.clouds.get(Some(resource.cloud()))?;
                let name = call.host.name_of(&cloud, noun, &id).await?;
                names.insert((noun, id.to_string()), name);
            }
        }
    }
    let json = value.to_text_json(&|noun, id| {
        names.get(&(noun, id.to_string())).cloned().unwrap_or_else(|| Value::text(id))
    });
    Ok(Value::from_json(&json))
}

/// `parse_json`
pub static PARSE_JSON: Verb = verb(
    "parse_json",
    "JSON text as a value.",
    &[Form::of(&[TEXT.param()])],
    Ty::Any,
    &[Example { code: r#"parse_json("{\"a\": [1, null]}").a[0]"#, gives: "1" }],
    &[],
    Run::Once(|call| {
        Box::pin(async move {
            let text = call.get(&TEXT)?;
            match serde_json::from_str::<serde_json::Value>(&text) {
                Ok(json) => Ok(call.read_of(&TEXT, Value::from_json(&json), |text| {
                    serde_json::from_str(text).ok().map(|json| Value::from_json(&json))
                })),
                Err(error) => Err(Error::new(
                    Kind::InvalidArgument,
                    format!("the text is no JSON: line {}, column {}", error.line(), error.column()),
                )
                .coded("call::wrong_type")
                .answer(error.to_string())
                .at(call.place(TEXT.name), "not JSON")),
            }
        })
    }),
);

/// `base64`
pub static BASE64: Verb = verb(
    "base64",
    "Text or a blob in base64.",
    &[Form::of(&[DATA.param()])],
    Ty::Text,
    &[Example { code: r#"base64("hi")"#, gives: "aGk=" }],
    &[],
    Run::Once(|call| {
        Box::pin(async move { Ok(call.made_of(Value::text(STANDARD.encode(call.get(&DATA)?.0)))) })
    }),
);

/// `from_base64`
pub static FROM_BASE64: Verb = verb(
    "from_base64",
    "What base64 text says: text, or a blob where it is no text.",
    &[Form::of(&[TEXT.param()])],
    Ty::Data,
    &[Example { code: r#"from_base64("aGk=")"#, gives: "hi" }],
    &[],
    Run::Once(|call| {
        Box::pin(async move {
            let text: String = call.get(&TEXT)?.split_whitespace().collect();
            match STANDARD.decode(&text) {
                Ok(bytes) => Ok(match String::from_utf8(bytes) {
                    Ok(text) => call.made_of(Value::text(text)),
                    Err(error) => Value::Blob(error.into_bytes()),
                }),
                Err(error) => {
                    Err(Error::new(Kind::InvalidArgument, format!("the text is no base64: {error}"))
                        .coded("call::wrong_type")
                        .at(call.place(TEXT.name), "not base64"))
                }
            }
        })
    }),
);

/// `uuid`
pub static UUID: Verb = Verb {
    effect: Effect::Random,
    ..verb(
        "uuid",
        "A new random UUID.",
        &[Form::of(&[])],
        Ty::Text,
        &[Example { code: r#"uuid().len"#, gives: "36" }],
        &[],
        Run::Once(|_| Box::pin(async move { Ok(Value::text(call_scope::token())) })),
    )
};

/// `secret`
pub static SECRET: Verb = verb(
    "secret",
    "A text that never prints.",
    &[Form::of(&[HIDDEN.param()])],
    Ty::Secret,
    &[Example { code: r#"`${secret("hush")}`"#, gives: "••••••" }],
    &[],
    Run::Once(|call| Box::pin(async move { Ok(Value::Secret(call.get(&HIDDEN)?)) })),
);

/// `reveal`
pub static REVEAL: Verb = verb(
    "reveal",
    "The text of a secret, on purpose.",
    &[Form::of(&[HIDDEN.param()])],
    Ty::Text,
    &[Example { code: r#"reveal(secret("hush"))"#, gives: "hush" }],
    &[],
    Run::Once(|call| Box::pin(async move { Ok(Value::text(call.get(&HIDDEN)?.reveal())) })),
);

/// `glob`
pub static GLOB: Verb = verb(
    "glob",
    "Whether a text fits a pattern with *, ? and […].",
    &[Form::of(&[TEXT.param(), PATTERN.param()])],
    Ty::Bool,
    &[Example { code: r#"glob("web-12", "web-*")"#, gives: "true" }],
    &[],
    Run::Once(|call| {
        Box::pin(async move {
            let pattern = call.get(&PATTERN)?;
            match globset::Glob::new(&pattern) {
                Ok(_) => Ok(Value::Bool(glob::fits(&pattern, &call.get(&TEXT)?))),
                Err(error) => Err(Error::new(
                    Kind::InvalidArgument,
                    format!("`{pattern}` is no pattern: {}", error.kind()),
                )
                .coded("call::wrong_type")
                .at(call.place(PATTERN.name), "not a pattern")),
            }
        })
    }),
);

/// `is_error`
pub static IS_ERROR: Verb = verb(
    "is_error",
    "Whether a value is a failed member of a bulk call.",
    &[Form::of(&[ANY.param()])],
    Ty::Bool,
    &[Example {
        code: r#"refresh(["web", "nosuch"], #{ on_error: "collect" }).map(|s| is_error(s))"#,
        gives: "[false, true]",
    }],
    &[],
    Run::Once(|call| Box::pin(async move { Ok(Value::Bool(matches!(call.get(&ANY)?, Value::Error(_)))) })),
);
