//! Reading answers, leniently: numbers may come as text and ids as numbers, and what is empty is not there.

use crate::cloud::Time;
pub(super) use crate::provider::fields::{int, text};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What an answer holds: the value of its only key. `Err` says what it is instead.
pub fn unwrapped(body: &[u8]) -> Result<Json, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_string());
    }
    let value: Json = serde_json::from_slice(body).map_err(|_| match body.trim_ascii().first() {
        Some(b'<') => "it is markup, not JSON".to_string(),
        _ => "it is no JSON".to_string(),
    })?;
    let Json::Object(fields) = value else { return Err("it is no object".to_string()) };
    let mut values = fields.into_iter();
    match (values.next(), values.next()) {
        (Some((_, value @ Json::Object(_))), None) => Ok(value),
        (Some((name, Json::Null)), None) => Err(format!("there is nothing in `{name}`")),
        (Some((name, _)), None) => Err(format!("`{name}` is no object")),
        (Some(_), Some(_)) => Err("it has several keys".to_string()),
        (None, _) => Err("it has no key".to_string()),
    }
}

/// A field as a truth value.
pub fn truth(object: &Json, key: &str) -> Option<bool> {
    let value = object.get(key)?;
    value.as_bool().or_else(|| value.as_str()?.trim().to_ascii_lowercase().parse().ok())
}

/// A field as a time: `2026-11-21T07:31:25+0000`.
pub fn time(object: &Json, key: &str) -> Option<Time> {
    let text = object.get(key)?.as_str()?.trim();
    Time::parse(text).or_else(|| {
        // A zone without a colon.
        let (head, zone) = text.split_at_checked(text.len().checked_sub(5)?)?;
        let signed = zone.starts_with(['+', '-']) && zone[1..].bytes().all(|byte| byte.is_ascii_digit());
        signed.then(|| Time::parse(&format!("{head}{}:{}", &zone[..3], &zone[3..]))).flatten()
    })
}

/// The members of a list; none where there is no list.
pub fn list<'a>(object: &'a Json, key: &str) -> &'a [Json] {
    match object.get(key) {
        Some(Json::Array(items)) => items,
        Some(one @ Json::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// The resource tags of a thing, empty ones too.
pub fn tags(object: &Json) -> BTreeMap<String, String> {
    list(object, "tags")
        .iter()
        .filter_map(|tag| Some((text(tag, "key")?, text(tag, "value").unwrap_or_default())))
        .collect()
}

/// Tags as metadata and as tags: those without a value are the latter, and rhain's own are neither.
pub fn meta_and_tags(object: &Json) -> (BTreeMap<String, String>, Vec<String>) {
    let shown = tags(object).into_iter().filter(|(key, _)| key != crate::cloud::MARKER);
    let (meta, bare): (BTreeMap<String, String>, BTreeMap<String, String>) =
        shown.partition(|(_, value)| !value.is_empty());
    (meta, bare.into_keys().collect())
}

/// Whether a text may be an id: releases before 3.0 gave numbers, and all since give UUIDs.
pub fn is_id(text: &str) -> bool {
    is_uuid(text) || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an id of the newer kind.
pub fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_has_one_key() {
        let told = |text: &str| unwrapped(text.as_bytes());
        assert_eq!(told(r#"{"listzonesresponse":{"count":1}}"#), Ok(json!({"count": 1})));
        for (text, why) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            ("<html>", "it is markup, not JSON"),
            ("{", "it is no JSON"),
            ("\"Please use HTTP POST\"", "it is no object"),
            ("{}", "it has no key"),
            (r#"{"a":{},"b":{}}"#, "it has several keys"),
            (r#"{"a":[1]}"#, "`a` is no object"),
            (r#"{"loginresponse":null}"#, "there is nothing in `loginresponse`"),
        ] {
            assert_eq!(told(text), Err(why.to_string()), "{text}");
        }
    }

    #[test]
    fn fields_are_read_whatever_their_type() {
        let one = json!({"jobid": 7, "memory": "512", "isready": "true", "created": "2026-11-21T07:31:25+0000",
            "empty": "", "tags": [{"key": "a", "value": "1"}, {"key": "b"}, {"key": "rhain:marker", "value": "m"}]});
        assert_eq!((text(&one, "jobid").as_deref(), int(&one, "memory")), (Some("7"), Some(512)));
        assert_eq!((truth(&one, "isready"), text(&one, "empty")), (Some(true), None));
        assert_eq!(time(&one, "created"), Time::parse("2026-11-21T07:31:25Z"));
        let (meta, bare) = meta_and_tags(&one);
        assert_eq!((meta, bare), (BTreeMap::from([("a".into(), "1".into())]), vec!["b".to_string()]));
        assert!(is_uuid("dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7af") && !is_uuid("5") && !is_uuid("web-1"));
        assert!(is_id("dc09ed2e-7e3f-4b0b-8e02-9d0ce956b7af") && is_id("5") && !is_id("web-1") && !is_id(""));
    }
}
