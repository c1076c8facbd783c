//! How a plan is shown: as a picture for people, and for programs.

use super::plan::Plan;
use crate::effects::plan::{Change, told};
use serde_json::{Value as Json, json};
use std::path::Path;

/// What a plan tells, for programs: without its key.
pub(super) fn shown_json(plan: &Plan) -> Json {
    let mut told = serde_json::to_value(plan).unwrap_or_default();
    if let Some(map) = told.as_object_mut() {
        map.remove("key");
        map.remove("texts");
        map.insert("foreseen".to_string(), Json::from(plan.foreseen()));
        map.insert("counts".to_string(), counts(plan));
    }
    told
}

fn counts(plan: &Plan) -> Json {
    let count = |sign: &str| plan.changes.iter().filter(|change| change.sign() == sign).count();
    json!({ "make": count("+"), "change": count("~"), "delete": count("-") })
}

/// A plan for people: the changes in order, and what they come to.
pub(super) fn picture(plan: &Plan, out: Option<&Path>) -> String {
    let mut lines = Vec::new();
    for (index, change) in plan.changes.iter().enumerate() {
        if index == plan.sure {
            lines.push(
                "as far as can be foreseen, for from here on what the script does depends on what it meets:"
                    .to_string(),
            );
        }
        let on: Vec<&str> =
            change.on.iter().filter_map(|one| one.get("name").and_then(Json::as_str)).collect();
        let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(", ")) };
        lines.push(format!("  {} {}{}   {}", change.sign(), named(plan, change), on, change.at));
    }
    let count = |sign: &str| plan.changes.iter().filter(|change| change.sign() == sign).count();
    if plan.changes.is_empty() {
        lines.push("nothing would be changed".to_string());
    } else {
        let (make, change, delete) = (count("+"), count("~"), count("-"));
        lines.push(format!("{make} to make, {change} to change, {delete} to delete, where nothing fails"));
    }
    for question in &plan.asks {
        lines.push(format!("asked on the way, and taken for yes: {question}"));
    }
    match out {
        Some(out) => lines.push(format!("`rhain apply {}` does exactly that, once", out.display())),
        None => lines.push("give --out FILE to keep the plan for `rhain apply`".to_string()),
    }
    lines.join("\n")
}

/// A change with what earlier ones make by its name.
fn named(plan: &Plan, change: &Change) -> String {
    let makes = plan.changes.iter().filter(|other| other.sign() == "+");
    makes.fold(call(change), |text, other| match other.a.get(0).and_then(Json::as_str) {
        Some(name) => text.replace(&format!("‹call {}›", other.p), name),
        None => text,
    })
}

/// A change as a script would write it; what is known later between ‹ ›.
pub(super) fn call(change: &Change) -> String {
    fn shown(json: &Json) -> Json {
        match json {
            Json::Object(map) if map.contains_key("$later") => {
                let part = |key: &str| map.get(key).and_then(Json::as_str).unwrap_or_default();
                Json::from(format!("{}‹later›{}", part("starts"), part("ends")))
            }
            Json::Array(items) => items.iter().map(shown).collect(),
            Json::Object(map) => {
                Json::Object(map.iter().map(|(key, item)| (key.clone(), shown(item))).collect())
            }
            other => other.clone(),
        }
    }
    let told = told(&Change { a: shown(&change.a), ..change.clone() });
    told.trim_matches('`').to_string()
}
