//! Values as JSON, and back: what `to_json` prints and what a request carries.

use super::handle::Handle;
use super::ty::Noun;
use super::value::Value;
use serde_json::{Map, Number};

/// Finds the name of a resource by its id, for fields that are looked up when read.
pub type NameOf<'a> = &'a dyn Fn(Noun, &str) -> Value;

/// What stands for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrets {
    Shown,
    Sent,
    Placeholders,
}

impl Value {
    /// As JSON for people and pipes: resources as their documented fields without `raw`, secrets masked, times as text.
    pub fn to_json(&self, name_of: NameOf<'_>) -> serde_json::Value {
        self.json(name_of, Secrets::Shown)
    }

    /// The same with a placeholder for each secret, for text that a script may send.
    pub fn to_text_json(&self, name_of: NameOf<'_>) -> serde_json::Value {
        self.json(name_of, Secrets::Placeholders)
    }

    /// As JSON for a cloud: secrets as they are, resources as their ids.
    pub fn to_request(&self) -> serde_json::Value {
        self.json(&|_, id| Value::text(id), Secrets::Sent)
    }

    fn json(&self, name_of: NameOf<'_>, secrets: Secrets) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Unit | Value::Unread | Value::Other(_) => Json::Null,
            Value::Bool(truth) => Json::Bool(*truth),
            Value::Int(number) => Json::from(*number),
            Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
            Value::Text(text) => Json::from(&**text),
            Value::Secret(secret) => Json::from(match secrets {
                Secrets::Shown => secret.shown().to_string(),
                Secrets::Sent => secret.reveal().to_string(),
                Secrets::Placeholders => secret.placeholder(),
            }),
            Value::Time(time) => Json::from(time.to_string()),
            Value::Span(span) => {
                if span.nanos() % 1_000_000_000 == 0 {
                    Json::from(span.seconds())
                } else {
                    Json::from(span.nanos() as f64 / 1e9)
                }
            }
            Value::Blob(bytes) => Json::from(bytes.clone()),
            Value::Array(items) => {
                Json::Array(items.iter().map(|item| item.json(name_of, secrets)).collect())
            }
            Value::Map(map) => Json::Object(
                map.iter().map(|(key, value)| (key.clone(), value.json(name_of, secrets))).collect(),
            ),
            Value::Resource(resource) if secrets == Secrets::Sent => Json::from(resource.id()),
            Value::Resource(resource) => resource_json(resource, name_of, secrets),
            Value::Cloud(name) => Json::from(super::region::name_of(name)),
            Value::Error(error) => {
                let mut fields = Map::new();
                fields.insert("kind".to_string(), Json::from(error.kind.as_str()));
                fields.insert("message".to_string(), Json::from(error.message.as_str()));
                Json::Object(fields)
            }
            Value::NameOf(noun, id) => name_of(*noun, id).json(name_of, secrets),
        }
    }
}

fn resource_json(resource: &Handle, name_of: NameOf<'_>, secrets: Secrets) -> serde_json::Value {
    let latest = resource.latest();
    let fields = latest.noun().fields().iter().filter(|field| field.name != "raw").filter_map(|field| {
        let value = latest.field(field.name)?;
        Some((field.name.to_string(), value.json(name_of, secrets)))
    });
    serde_json::Value::Object(fields.collect())
}
