//! Errors as a record keeps them: whole, with the members' results and what exists.

use super::value::{Reader, Unreadable, Writer};
use crate::cloud::error::{Place, RequestLine};
use crate::cloud::{Error, Kind, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A text of the program itself, read from a record: the few words that errors are told by.
pub(super) fn shared(text: &str) -> &'static str {
    static WORDS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let words = words.get_or_insert_with(HashSet::new);
    if let Some(known) = words.get(text) {
        return known;
    }
    // Each different word once, and there are as many as the program has.
    let kept: &'static str = Box::leak(text.to_string().into_boxed_str());
    words.insert(kept);
    kept
}

/// Write an error; what it does not know is left out.
pub(super) fn write(writer: &mut Writer<'_>, error: &Error, at: &mut Option<String>) -> Json {
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| {
        if !value.is_null() {
            out.insert(key.to_string(), value);
        }
    };
    put("kind", Json::from(error.kind.as_str()));
    put("message", Json::from(error.message.as_str()));
    put("diagnostic", json!(error.diagnostic));
    put("verb", json!(error.verb));
    put("cloud", json!(error.cloud));
    put("provider", json!(error.provider));
    put("service", json!(error.service));
    put("status", json!(error.status));
    put("code", json!(error.code));
    put("request_id", json!(error.request_id));
    put("help", json!(error.help));
    put("answer", json!(error.answer));
    put("label", json!(error.label));
    put("path", json!(error.path.as_deref()));
    put("raised", json!(error.raised));
    put("maybe", flag(error.maybe));
    put("accepted", flag(error.accepted));
    if let Some(request) = &error.request {
        let took = i64::try_from(request.elapsed.as_nanos()).unwrap_or(i64::MAX);
        put("request", json!([request.method, request.path, request.outcome, took]));
    }
    if !error.facts.is_empty() {
        put("facts", json!(error.facts));
    }
    put(
        "place",
        match &error.place {
            Place::Verb => Json::Null,
            Place::Argument(index) => json!({ "argument": index }),
            Place::OptionKey(key) => json!({ "key": key }),
            Place::OptionValue(key) => json!({ "value": key }),
        },
    );
    for (key, values) in [("results", &error.results), ("exists", &error.exists)] {
        if !values.is_empty() {
            let inside = at.as_ref().map(|at| format!("{at}.{key}"));
            put(key, writer.value(&Value::Array(values.clone()), &mut inside.clone()));
        }
    }
    if !error.also.is_empty() {
        let also: Vec<Json> = error.also.iter().map(|one| write(writer, one, &mut None)).collect();
        put("also", Json::Array(also));
    }
    Json::Object(out)
}

fn flag(truth: bool) -> Json {
    if truth { Json::from(true) } else { Json::Null }
}

/// Read an error.
pub(super) fn read(
    reader: &mut Reader<'_>,
    json: &Json,
    at: &mut Option<String>,
) -> Result<Error, Unreadable> {
    let wrong = |what: &str| Unreadable(format!("an error with a `{what}` that cannot be read"));
    let text = |key: &str| match json.get(key) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(key)),
    };
    let word = |key: &str| text(key).map(|text| text.map(|text| shared(&text)));
    let kind = text("kind")?.unwrap_or_default();
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| wrong("kind"))?;
    let mut error = Error::new(kind, text("message")?.unwrap_or_default());
    error.diagnostic = word("diagnostic")?;
    error.verb = word("verb")?;
    error.cloud = text("cloud")?;
    error.provider = word("provider")?;
    error.service = word("service")?;
    error.status = match json.get("status") {
        None => None,
        Some(status) => {
            Some(status.as_u64().and_then(|s| u16::try_from(s).ok()).ok_or_else(|| wrong("status"))?)
        }
    };
    error.code = text("code")?;
    error.request_id = text("request_id")?;
    error.help = text("help")?;
    error.answer = text("answer")?;
    error.label = text("label")?;
    error.path = text("path")?.map(Into::into);
    error.raised = match json.get("raised") {
        None => None,
        Some(raised) => serde_json::from_value(raised.clone()).map_err(|_| wrong("raised"))?,
    };
    error.maybe = json.get("maybe").is_some();
    error.accepted = json.get("accepted").is_some();
    if let Some(request) = json.get("request") {
        let read = serde_json::from_value::<(String, String, String, u64)>(request.clone());
        let (method, path, outcome, took) = read.map_err(|_| wrong("request"))?;
        let elapsed = Duration::from_nanos(took);
        error.request = Some(RequestLine { method: shared(&method), path, outcome, elapsed });
    }
    if let Some(facts) = json.get("facts") {
        let read = serde_json::from_value::<Vec<(String, String)>>(facts.clone());
        let facts = read.map_err(|_| wrong("facts"))?;
        error.facts = facts.into_iter().map(|(name, text)| (shared(&name), text)).collect();
    }
    error.place = match json.get("place").and_then(Json::as_object).and_then(|place| place.iter().next()) {
        None => Place::Verb,
        Some((kind, of)) => match (kind.as_str(), of.as_u64(), of.as_str()) {
            ("argument", Some(index), _) => {
                Place::Argument(usize::try_from(index).map_err(|_| wrong("place"))?)
            }
            ("key", _, Some(key)) => Place::OptionKey(key.to_string()),
            ("value", _, Some(key)) => Place::OptionValue(key.to_string()),
            _ => return Err(wrong("place")),
        },
    };
    for key in ["results", "exists"] {
        let Some(values) = json.get(key) else { continue };
        let mut inside = at.as_ref().map(|at| format!("{at}.{key}"));
        let Value::Array(values) = reader.value(values, &mut inside)? else { return Err(wrong(key)) };
        match key {
            "results" => error.results = values,
            _ => error.exists = values,
        }
    }
    for one in json.get("also").and_then(Json::as_array).into_iter().flatten() {
        error.also.push(read(reader, one, &mut None)?);
    }
    Ok(error)
}
