//! Answers of the query APIs as maps and arrays, and reading those leniently.
//!
//! Lists lose their wrapping (`<item>`, `<member>`), fields keep the names that the cloud gives them, numbers and truth values
//! have their documented type. What is empty is null, or an empty list where the field is documented as one.

use super::types::{self, Holds};
use crate::cloud::Time;
pub(super) use crate::provider::fields::{int, text};
use crate::wire::xml::Element;
use serde_json::{Map, Number, Value as Json};
use std::collections::BTreeMap;

/// What an answer says: EC2's without its wrapper and request id, the others' without their result's wrapper and metadata.
pub fn answer(root: &Element) -> Json {
    let wrapped = root.children.iter().find(|child| {
        child.name.ends_with("Result")
            && root.name.strip_suffix("Response") == child.name.strip_suffix("Result")
    });
    match value(wrapped.unwrap_or(root)) {
        Json::Object(mut fields) => {
            for own in ["requestId", "RequestId", "ResponseMetadata"] {
                fields.shift_remove(own);
            }
            Json::Object(fields)
        }
        // An answer that says nothing but that it was done.
        Json::Null => Json::Object(Map::new()),
        other => other,
    }
}

/// Whether an element is what answers an action; an answer of another service or to another question says nothing.
pub fn is_answer_to(root: &str, action: &str) -> bool {
    let stem = root.len().checked_sub("Response".len()).and_then(|end| root.split_at_checked(end));
    stem.is_some_and(|(stem, end)| end.eq_ignore_ascii_case("Response") && stem.eq_ignore_ascii_case(action))
}

/// An element as a value.
pub fn value(element: &Element) -> Json {
    let holds = types::of(&element.name);
    let children = &element.children;
    let list = |name: &str| !children.is_empty() && children.iter().all(|child| child.name == name);
    if list("item") || list("member") {
        return Json::Array(children.iter().map(value).collect());
    }
    if children.is_empty() {
        return scalar_of(&element.text, holds);
    }
    let mut fields = Map::new();
    for child in children {
        let value = field(element, child);
        match fields.get_mut(&child.name) {
            // The same name again, without a wrapper: a list after all.
            Some(Json::Array(items)) => items.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
            None => drop(fields.insert(child.name.clone(), value)),
        }
    }
    // A single structure where a list is documented comes from a server that leaves the wrapper out.
    Json::Object(fields)
}

/// A field in its structure: `code` is a number beside the name of a state, and text elsewhere.
fn field(parent: &Element, child: &Element) -> Json {
    let state = child.name == "code" && parent.name.ends_with("tate") && parent.child("name").is_some();
    if state && child.children.is_empty() {
        return scalar_of(&child.text, Holds::Number);
    }
    value(child)
}

fn scalar_of(text: &str, holds: Holds) -> Json {
    if text.trim().is_empty() {
        return if holds == Holds::List { Json::Array(Vec::new()) } else { Json::Null };
    }
    let typed = match holds {
        Holds::Number => number(text.trim()),
        Holds::Truth => text.trim().parse().ok().map(Json::Bool),
        Holds::List | Holds::Text => None,
    };
    typed.unwrap_or_else(|| Json::from(text))
}

fn number(text: &str) -> Option<Json> {
    match text.parse::<i64>() {
        Ok(whole) => Some(Json::from(whole)),
        Err(_) => text.parse().ok().and_then(Number::from_f64).map(Json::Number),
    }
}

/// A field as a truth value.
pub fn truth(object: &Json, key: &str) -> Option<bool> {
    let value = object.get(key)?;
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

/// A field as a time.
pub fn time(object: &Json, key: &str) -> Option<Time> {
    object.get(key)?.as_str().and_then(Time::parse)
}

/// The members of a list; one that came without its wrapper is the only member.
pub fn list<'a>(object: &'a Json, key: &str) -> &'a [Json] {
    match object.get(key) {
        Some(Json::Array(items)) => items,
        Some(one @ Json::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// Tags, empty ones too.
pub fn tags(object: &Json) -> BTreeMap<String, String> {
    list(object, "tagSet")
        .iter()
        .filter_map(|tag| Some((text(tag, "key")?, text(tag, "value").unwrap_or_default())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;
    use serde_json::json;

    fn read(text: &str) -> Json {
        answer(&xml::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn sets_are_lists_and_documented_types_are_kept() {
        let told = read(
            "<DescribeVolumesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n<requestId>r</requestId>\n\
             <volumeSet>\n <item><volumeId>vol-1</volumeId><size>8</size><encrypted>false</encrypted><iops/>\
             <attachmentSet/><tagSet><item><key>n</key><value>8</value></item><item><key>e</key><value/></item></tagSet>\
             <snapshotId/></item>\n</volumeSet></DescribeVolumesResponse>",
        );
        assert_eq!(
            told,
            json!({"volumeSet": [{"volumeId": "vol-1", "size": 8, "encrypted": false, "iops": null,
                "attachmentSet": [], "tagSet": [{"key": "n", "value": "8"}, {"key": "e", "value": null}],
                "snapshotId": null}]})
        );
        let volume = &told["volumeSet"][0];
        assert_eq!(tags(volume), BTreeMap::from([("n".into(), "8".into()), ("e".into(), String::new())]));
        assert_eq!((int(volume, "size"), truth(volume, "encrypted")), (Some(8), Some(false)));
    }

    #[test]
    fn a_code_is_a_number_of_a_state_alone() {
        let told = read(
            "<R><instanceState><code>16</code><name>running</name></instanceState>\
             <stateReason><code>16</code><message>m</message></stateReason></R>",
        );
        assert_eq!(told["instanceState"]["code"], json!(16));
        assert_eq!(told["stateReason"]["code"], json!("16"));
    }

    #[test]
    fn a_result_is_unwrapped() {
        let told = read(
            "<ListStacksResponse><ListStacksResult><StackSummaries><member><StackName>a</StackName></member>\
             </StackSummaries></ListStacksResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListStacksResponse>",
        );
        assert_eq!(told, json!({"StackSummaries": [{"StackName": "a"}]}));
        assert_eq!(
            read("<CreateTagsResponse><return>true</return></CreateTagsResponse>"),
            json!({"return": true})
        );
        assert_eq!(read("<XResponse/>"), json!({}));
    }
}
