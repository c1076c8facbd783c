//! Tags: names, metadata and tags are one thing on EC2. `Name` is the name, a tag without a value is one of `.tags`, the
//! others are the metadata; what AWS itself put there (`aws:`) and rhain's marker are neither.

use super::super::call::Call;
use super::super::decode;
use crate::cloud::{Error, Kind, MARKER, Result};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The tag that holds a name.
pub const NAME: &str = "Name";
/// How the tags that AWS keeps for itself begin.
const RESERVED: &str = "aws:";

/// What the tags of a thing say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its name; empty where there is none.
    pub name: String,
    /// Its metadata.
    pub meta: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// The tags in a description.
pub fn decode(body: &Json) -> Told {
    let mut told = Told::default();
    for (key, value) in decode::tags(body) {
        match (key.as_str(), value.is_empty()) {
            (NAME, _) => told.name = value,
            (key, _) if key.starts_with(RESERVED) || key == MARKER => {}
            (_, true) => told.tags.push(key),
            (_, false) => drop(told.meta.insert(key, value)),
        }
    }
    told
}

/// Tags as the API takes them: the name, metadata and tags of a new thing.
///
/// # Errors
/// When a key is one that is not the user's to set, or stands in both.
pub fn list(name: Option<&str>, meta: &BTreeMap<String, String>, tags: &[String]) -> Result<Vec<Json>> {
    check(meta.keys().chain(tags).map(String::as_str))?;
    if let Some(both) = tags.iter().find(|tag| meta.contains_key(*tag)) {
        return Err(Error::new(
            Kind::InvalidArgument,
            format!("`{both}` is both metadata and a tag, which are one on EC2"),
        )
        .coded("cloud::invalid_argument")
        .help("leave it out of `tags`"));
    }
    let named = name.filter(|name| !name.is_empty()).map(|name| tag(NAME, name));
    let items = meta.iter().map(|(key, value)| tag(key, value));
    Ok(named.into_iter().chain(items).chain(tags.iter().map(|key| tag(key, ""))).collect())
}

/// Keys that scripts may not set as metadata.
///
/// # Errors
/// Names the first such key.
pub fn check<'a>(mut keys: impl Iterator<Item = &'a str>) -> Result<()> {
    let wrong = keys.find(|key| *key == NAME || key.to_ascii_lowercase().starts_with(RESERVED));
    let Some(key) = wrong else { return Ok(()) };
    let (message, help) = match key {
        NAME => {
            ("`Name` is a server's name here, and no metadata".to_string(), "use `rename` to change a name")
        }
        key => (format!("`{key}` begins with `aws:`, which AWS keeps for itself"), "choose another key"),
    };
    Err(Error::new(Kind::InvalidArgument, message).coded("cloud::invalid_argument").help(help))
}

/// The tag by which a thing is known as one of this run.
pub fn marker(marker: &str) -> Json {
    tag(MARKER, marker)
}

fn tag(key: &str, value: &str) -> Json {
    json!({"Key": key, "Value": value})
}

/// The tags of a new thing, as the parameter that carries them; null where there are none.
pub fn specification(kind: &str, tags: Vec<Json>) -> Json {
    match tags.is_empty() {
        true => Json::Null,
        false => json!([{"ResourceType": kind, "Tag": tags}]),
    }
}

/// Ask for the tags of one thing.
pub fn show(id: &str) -> Call {
    Call::ec2("tag.list", "DescribeTags").filter("resource-id", [id])
}

/// Set tags; others stay.
pub fn set<'a>(id: &str, items: impl IntoIterator<Item = (&'a str, &'a str)>) -> Call {
    let tags: Vec<Json> = items.into_iter().map(|(key, value)| tag(key, value)).collect();
    Call::ec2("tag.set", "CreateTags").idempotent().with("ResourceId", json!([id])).with("Tag", tags)
}

/// Take tags away, whatever their values.
pub fn delete<'a>(id: &str, keys: impl IntoIterator<Item = &'a str>) -> Call {
    let tags: Vec<Json> = keys.into_iter().map(|key| json!({"Key": key})).collect();
    Call::ec2("tag.delete", "DeleteTags").idempotent().with("ResourceId", json!([id])).with("Tag", tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_name_metadata_and_tags() {
        let body = json!({"tagSet": [{"key": "Name", "value": "web"}, {"key": "role", "value": "db"},
            {"key": "blank", "value": null}, {"key": "aws:x", "value": "1"}, {"key": MARKER, "value": "m"}]});
        let told = decode(&body);
        assert_eq!((told.name.as_str(), &told.tags[..]), ("web", &["blank".to_string()][..]));
        assert_eq!(told.meta, BTreeMap::from([("role".to_string(), "db".to_string())]));
    }

    #[test]
    fn keys_that_are_not_the_users_are_refused() {
        let one = |key: &str| BTreeMap::from([(key.to_string(), "v".to_string())]);
        assert_eq!(
            list(Some("web"), &one("Name"), &[]).unwrap_err().message,
            "`Name` is a server's name here, and no metadata"
        );
        assert_eq!(
            list(None, &one("aws:a"), &[]).unwrap_err().message,
            "`aws:a` begins with `aws:`, which AWS keeps for itself"
        );
        assert_eq!(
            list(None, &one("a"), &["a".to_string()]).unwrap_err().message,
            "`a` is both metadata and a tag, which are one on EC2"
        );
        let tags = list(Some("web"), &one("a"), &["t".to_string()]).unwrap();
        assert_eq!(
            Json::from(tags),
            json!([{"Key": "Name", "Value": "web"}, {"Key": "a", "Value": "v"}, {"Key": "t", "Value": ""}])
        );
    }
}
