//! Reading JSON leniently: clouds of every age write ids as numbers, references as URLs, and leave out what is
//! empty. Nothing here fails; a field that is not there is `None`.

use crate::cloud::Time;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A scalar as text: numbers and truth values are written out; anything else is `None`.
pub fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A field as text; empty text counts as none.
pub fn text(object: &Json, key: &str) -> Option<String> {
    object.get(key).and_then(scalar).filter(|text| !text.is_empty())
}

/// A field as a whole number, also where it is written as text.
pub fn int(object: &Json, key: &str) -> Option<i64> {
    let value = object.get(key)?;
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|number| number as i64))
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// A field as a time.
pub fn time(object: &Json, key: &str) -> Option<Time> {
    object.get(key)?.as_str().and_then(Time::parse)
}

/// The last part of a reference: `http://cloud/v1.1/images/52` is `52`, and an id is itself.
pub fn reference(value: &Json) -> Option<String> {
    match value {
        Json::Object(_) => value.get("id").and_then(reference),
        other => {
            let text = scalar(other)?;
            let path = text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            let last = path.rsplit('/').next().unwrap_or_default();
            (!last.is_empty()).then(|| last.to_string())
        }
    }
}

/// The texts of a map; `{"values": {…}}` of the first APIs is unwrapped. What is no scalar is written as JSON.
pub fn texts(value: Option<&Json>) -> BTreeMap<String, String> {
    let value = match value {
        Some(Json::Object(map)) => match (map.len(), map.get("values")) {
            (1, Some(Json::Object(inner))) => inner,
            _ => map,
        },
        _ => return BTreeMap::new(),
    };
    value
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.clone(), scalar(value).unwrap_or_else(|| value.to_string())))
        .collect()
}

/// The list under `key`; a list that is the whole answer will do too, unless it is empty: that is none of anything.
pub fn list<'a>(body: &'a Json, key: &str) -> Option<&'a Vec<Json>> {
    match body.get(key) {
        Some(Json::Array(items)) => Some(items),
        Some(Json::Object(map)) => map.get("values").and_then(Json::as_array),
        _ => body.as_array().filter(|items| !items.is_empty()),
    }
}

/// The query of the next page, where the answer names one: under `NAME_links` (Nova, Neutron) or `next` (Glance).
pub fn next_page(body: &Json, key: &str) -> Option<Vec<(String, String)>> {
    let linked = body.get(format!("{key}_links")).and_then(Json::as_array).and_then(|links| {
        links
            .iter()
            .find(|link| link.get("rel").and_then(Json::as_str) == Some("next"))?
            .get("href")?
            .as_str()
    });
    let href = linked.or_else(|| body.get("next").and_then(Json::as_str))?;
    let (_, query) = href.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    Some(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

/// Whether an answer tells of a next page in a way that leads nowhere: the list would end there without a word.
pub fn has_odd_next(body: &Json, key: &str) -> bool {
    let leads = |href: Option<&Json>| href.and_then(Json::as_str).is_some_and(|href| href.contains('?'));
    let odd = |link: &Json| match link.get("rel").and_then(Json::as_str) {
        Some("next") => !leads(link.get("href")),
        Some(_) => false,
        None => true,
    };
    let links = match body.get(format!("{key}_links")) {
        None | Some(Json::Null) => false,
        Some(Json::Array(links)) => links.iter().any(odd),
        Some(_) => true,
    };
    let next = body.get("next").filter(|next| !next.is_null());
    links || next.is_some_and(|next| !leads(Some(next)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_next_page_that_leads_nowhere_is_odd() {
        for links in [
            json!([{"rel": "next", "href": "file:///x"}]),
            json!([{"rel": "next"}]),
            json!([{"rel": "next", "href": null}]),
            json!("http://x"),
            json!({"next": "?marker=id2"}),
            json!([{"rel": "next", "href": "http://127.0.0.2:9/zz"}]),
            json!([7]),
        ] {
            assert!(
                has_odd_next(&json!({"servers": [], "servers_links": links.clone()}), "servers"),
                "{links}"
            );
        }
        assert!(has_odd_next(&json!({"images": [], "next": 5}), "images"));
        for good in [
            json!({"servers": []}),
            json!({"servers": [], "servers_links": []}),
            json!({"servers": [], "servers_links": [{"rel": "self", "href": "http://c/s"}]}),
            json!({"servers": [], "servers_links": [{"rel": "next", "href": "http://c/s?marker=a"}]}),
            json!({"images": [], "next": null}),
            json!({"images": [], "next": "/v2/images?marker=x"}),
        ] {
            let key = if good.get("images").is_some() { "images" } else { "servers" };
            assert!(!has_odd_next(&good, key), "{good}");
        }
    }

    #[test]
    fn references_of_every_age_are_ids() {
        for value in
            [json!("52"), json!(52), json!("http://c/v1.1/1/images/52"), json!({"id": 52, "links": []})]
        {
            assert_eq!(reference(&value).as_deref(), Some("52"), "{value}");
        }
        assert_eq!(reference(&json!("")), None);
    }

    #[test]
    fn the_next_page_is_a_query() {
        let nova = json!({"servers": [], "servers_links": [{"rel": "next", "href": "http://inner/v2.1/servers?limit=1&marker=a%20b"}]});
        let query = vec![("limit".to_string(), "1".to_string()), ("marker".to_string(), "a b".to_string())];
        assert_eq!(next_page(&nova, "servers"), Some(query));
        let glance = json!({"images": [], "next": "/v2/images?marker=x"});
        assert_eq!(next_page(&glance, "images"), Some(vec![("marker".to_string(), "x".to_string())]));
        assert_eq!(next_page(&json!({"servers": []}), "servers"), None);
    }
}
