//! What two passes through a script have in common, and whether a call is the one that was planned.

use super::plan::{Change, told};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// One list of two passes, and how many of its changes are foreseen for sure.
pub fn merge(first: Vec<Change>, second: &[Change]) -> (Vec<Change>, usize) {
    let place = |change: &Change| (change.branch.clone(), change.n, change.member);
    let others: HashMap<_, &Change> = second.iter().map(|change| (place(change), change)).collect();
    let same = |change: &Change| {
        let other = others.get(&place(change)).copied();
        other.filter(|other| {
            other.v == change.v && same_targets(other, change) && shape(&other.a) == shape(&change.a)
        })
    };
    let sure = match first.iter().position(|change| same(change).is_none()) {
        Some(at) => at,
        None if first.len() != second.len() => first.len().min(second.len()),
        None => first.len(),
    };
    let merged = first.iter().map(|change| match same(change) {
        Some(other) => Change { a: later(&change.a, &other.a), ..change.clone() },
        None => change.clone(),
    });
    (merged.collect(), sure)
}

/// Whether two changes act on the same: what an overlay made has no id, and may have another name.
fn same_targets(a: &Change, b: &Change) -> bool {
    let key = |on: &Json| [on.get("noun").cloned(), on.get("cloud").cloned(), on.get("id").cloned()];
    a.on.len() == b.on.len() && a.on.iter().zip(&b.on).all(|(a, b)| key(a) == key(b))
}

/// What of two arguments has to be the same for both to be of one call.
fn shape(json: &Json) -> usize {
    json.as_array().map_or(0, Vec::len)
}

/// What two passes give: what differs is known later.
fn later(first: &Json, second: &Json) -> Json {
    match (first, second) {
        (first, second) if first == second => first.clone(),
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).map(|(a, b)| later(a, b)).collect()
        }
        (Json::Object(a), Json::Object(b))
            if a.keys().eq(b.keys()) && !a.keys().any(|key| key.starts_with('$')) =>
        {
            let merged =
                a.iter().map(|(key, item)| (key.clone(), later(item, b.get(key).unwrap_or(&Json::Null))));
            Json::Object(merged.collect::<Map<_, _>>())
        }
        (Json::String(a), Json::String(b)) => {
            // A word is known as a whole or not at all: a minute that ends alike is another minute.
            let same: String = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
            let starts = same.trim_end_matches(char::is_alphanumeric);
            let (a, b) = (&a[starts.len()..], &b[starts.len()..]);
            let back = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a);
            let ends: String = back.collect::<Vec<_>>().into_iter().rev().collect();
            let ends = ends.trim_start_matches(char::is_alphanumeric);
            json!({ "$later": "text", "starts": starts, "ends": ends })
        }
        _ => json!({ "$later": "value" }),
    }
}

/// Whether an argument is the planned one.
pub(super) fn fits(planned: &Json, real: &Json) -> bool {
    match (planned, real) {
        (planned, real) if planned == real => true,
        (Json::Object(later), _) if later.contains_key("$later") => {
            let part = |key: &str| later.get(key).and_then(Json::as_str).unwrap_or_default();
            match (later.get("$later").and_then(Json::as_str), real) {
                (Some("text"), Json::String(text)) => {
                    let (starts, ends) = (part("starts"), part("ends"));
                    text.len() >= starts.len() + ends.len()
                        && text.starts_with(starts)
                        && text.ends_with(ends)
                }
                (kind, _) => kind == Some("value"),
            }
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, item)| b.get(key).is_some_and(|real| fits(item, real)))
        }
        (a, b) => a == b,
    }
}

/// An object by its name and id, whenever it was read.
pub(super) fn steady_objects(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(steady_objects).collect(),
        Json::Object(map) if map.contains_key("$new") => {
            json!({ "$new": map.get("name"), "id": map.get("id") })
        }
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, item)| (key.clone(), steady_objects(item))).collect())
        }
        other => other.clone(),
    }
}

/// Whether a plan that is made anew is still the one: the first change that is not.
pub fn drifted(planned: &[Change], now: &[Change]) -> Option<String> {
    for (index, change) in planned.iter().enumerate() {
        let Some(other) = now.get(index) else {
            return Some(format!("`{}` at {} is not made any more", change.v, change.at));
        };
        let same = (&change.v, &change.branch, change.n) == (&other.v, &other.branch, other.n);
        if !same
            || !same_targets(change, other)
            || !fits(&steady_objects(&change.a), &steady_objects(&other.a))
        {
            return Some(format!("{} is now {}", told(change), told(other)));
        }
        if change.was != other.was {
            return Some(format!("what {} acts on has changed", told(change)));
        }
    }
    now.get(planned.len()).map(|change| format!("{} is new", told(change)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_known_later() {
        let (a, b) = (
            json!(["web-1a", { "meta": { "at": "12:01 x" } }, 1]),
            json!(["web-2b", { "meta": { "at": "12:02 x" } }, 1]),
        );
        let merged = later(&a, &b);
        assert_eq!(
            merged,
            json!([
                { "$later": "text", "starts": "web-", "ends": "" },
                { "meta": { "at": { "$later": "text", "starts": "12:", "ends": " x" } } },
                1
            ])
        );
        assert!(fits(&merged, &json!(["web-99", { "meta": { "at": "12:07 x" } }, 1])));
        for other in [
            json!(["db-99", { "meta": { "at": "12:07 x" } }, 1]),
            json!(["web-99", { "meta": { "at": "12:07 y" } }, 1]),
            json!(["web-99", { "meta": { "at": "12:07 x" } }, 2]),
            json!(["web-99", { "meta": {} }, 1]),
        ] {
            assert!(!fits(&merged, &other), "{other}");
        }
    }
}
