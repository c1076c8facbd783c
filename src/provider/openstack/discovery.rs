//! Versions: which part of a URL is one, and what a version document says. Pure functions; [`session`](super::session) asks.
//!
//! The URLs inside a version document are never followed: behind a proxy they often name a host that only the cloud can
//! reach. Their last segment is the version's path, and that is put below the URL that was asked.

use super::service::{Range, Version};
use serde_json::Value;

/// One version of a version document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its path: `v2.1`, `v3`.
    pub path: String,
    /// Major and minor.
    pub version: Version,
    /// The oldest microversion.
    pub min: Option<Version>,
    /// The newest microversion.
    pub max: Option<Version>,
    /// Whether the cloud calls it deprecated or experimental.
    pub retired: bool,
}

impl Offered {
    /// Its microversions.
    pub fn range(&self) -> Range {
        Range { min: self.min, max: self.max, default: None }
    }
}

/// A URL cut at its version: up to the version, the version's segment, what follows (a project).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut<'a> {
    /// Without the slash at its end.
    pub before: &'a str,
    /// `v2.1`.
    pub version: Option<&'a str>,
    /// Empty, or `/PROJECT`.
    pub after: &'a str,
}

/// `v2`, `v2.1`, `v3.14`.
pub fn is_version(segment: &str) -> bool {
    Version::parse(segment.strip_prefix('v').unwrap_or("")).is_some()
}

/// Cut a URL at its last version segment; a query is no part of an endpoint.
pub fn cut(url: &str) -> Cut<'_> {
    let url = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
    let path = url.find("://").map_or(0, |at| at + 3);
    let path = url[path..].find('/').map_or(url.len(), |at| path + at);
    let mut end = url.len();
    while let Some(slash) = url[path..end].rfind('/') {
        let slash = path + slash;
        if is_version(&url[slash + 1..end]) {
            return Cut { before: &url[..slash], version: Some(&url[slash + 1..end]), after: &url[end..] };
        }
        end = slash;
    }
    Cut { before: url, version: None, after: "" }
}

/// The versions of a document: `versions` as an array or within `values`, or a single `version`.
pub fn versions(document: &Value) -> Vec<Offered> {
    let list = match (&document["versions"], &document["version"]) {
        (Value::Array(list), _) => list.as_slice(),
        (Value::Object(map), _) => map.get("values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice),
        (_, one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    list.iter().filter_map(offered).collect()
}

fn offered(item: &Value) -> Option<Offered> {
    let id = item.get("id")?.as_str()?;
    let version = Version::parse(id.strip_prefix('v').unwrap_or(id))?;
    let links = item.get("links").and_then(Value::as_array);
    let own = links.into_iter().flatten().find(|link| link["rel"] == "self");
    let path = own
        .and_then(|link| cut(link["href"].as_str()?).version)
        .map_or_else(|| if id.starts_with('v') { id.to_string() } else { format!("v{id}") }, str::to_string);
    let status = item.get("status").and_then(Value::as_str).unwrap_or("").to_ascii_uppercase();
    let micro = |key: &str| item.get(key).and_then(Value::as_str).and_then(Version::parse);
    Some(Offered {
        path,
        version,
        min: micro("min_version"),
        max: micro("version").or_else(|| micro("max_version")),
        retired: matches!(status.as_str(), "DEPRECATED" | "EXPERIMENTAL" | "PREVIEW"),
    })
}

/// The newest version of this major, in use before retired.
pub fn best(offered: &[Offered], major: u16) -> Option<&Offered> {
    offered
        .iter()
        .filter(|offered| offered.version.0 == major)
        .max_by_key(|offered| (!offered.retired, offered.version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn urls_are_cut_at_their_version() {
        for (url, before, version, after) in [
            ("http://h:8774/v2.1", "http://h:8774", Some("v2.1"), ""),
            ("http://h:8774/v2.1/", "http://h:8774", Some("v2.1"), ""),
            ("https://h/compute/v2/abc123", "https://h/compute", Some("v2"), "/abc123"),
            ("https://h/compute", "https://h/compute", None, ""),
            ("https://v2.example/", "https://v2.example", None, ""),
            ("https://h/v1/AUTH_x/v3", "https://h/v1/AUTH_x", Some("v3"), ""),
            ("https://h", "https://h", None, ""),
            ("", "", None, ""),
        ] {
            assert_eq!(cut(url), Cut { before, version, after }, "{url}");
        }
    }

    #[test]
    fn documents_of_each_shape_are_read() {
        let keystone = json!({"versions": {"values": [
            {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": "http://inside:5000/v3/"}]},
            {"id": "v2.0", "status": "deprecated", "links": []}]}});
        let read = versions(&keystone);
        assert_eq!(best(&read, 3).map(|v| v.path.as_str()), Some("v3"));
        assert_eq!(best(&read, 2).map(|v| v.path.as_str()), Some("v2.0"));
        let nova = json!({"versions": [
            {"id": "v2.0", "status": "SUPPORTED", "version": "", "min_version": ""},
            {"id": "v2.1", "status": "CURRENT", "version": "2.104", "min_version": "2.1"}]});
        let read = versions(&nova);
        let best = best(&read, 2).expect("v2.1");
        assert_eq!((best.path.as_str(), best.max), ("v2.1", Some(Version(2, 104))));
        assert_eq!(versions(&json!({"version": nova["versions"][1]})).len(), 1);
        assert_eq!(versions(&json!({"versions": {"values": 3}, "version": []})), []);
        assert_eq!(versions(&json!("no")), []);
    }
}
