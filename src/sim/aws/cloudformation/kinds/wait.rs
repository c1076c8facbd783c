//! Wait conditions, and resources that nothing is made for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind;
use crate::world::World;
use crate::world::stack::{Behaviour, Kind, Made, Progress, Resource, Shape, Site, as_text, live, plain};

/// What signals are sent to.
struct Handle;

impl Behaviour for Handle {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let url = format!("{}/cfn-signal/{}/{}", site.world.base, site.stack, site.logical);
        Ok(Made { physical: url, data: json!({"signals": {}}) })
    }
}

/// It is made when enough signals have come.
struct Condition;

fn signals(site: &Site<'_>) -> Vec<Value> {
    let handle = site.text("Handle").unwrap_or_default();
    let all = site.world.stacks.iter().flat_map(|stack| &stack.resources);
    let mut rows: Vec<Value> = Vec::new();
    for own in all {
        let is_handle = own.physical.as_deref() == Some(handle.as_str()) && !handle.is_empty();
        let is_self = own.physical.as_deref() == Some(site.physical.as_str());
        if is_handle || is_self {
            let row = own.data["signals"].as_object().into_iter().flatten();
            rows.extend(row.map(|(id, signal)| {
                let mut signal = signal.clone();
                signal["id"] = id.clone().into();
                signal
            }));
        }
    }
    rows
}

impl Behaviour for Condition {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: format!("{}-{}", site.stack, site.logical), data: json!({"signals": {}}) })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let rows = signals(site);
        let failed = rows.iter().find(|row| as_text(&row["status"]) == "FAILURE");
        if let Some(failed) = failed {
            return Progress::Failed(format!(
                "WaitCondition received failed message: '{}' for uniqueId: {}",
                as_text(&failed["reason"]),
                as_text(&failed["id"])
            ));
        }
        let count = site.text("Count").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
        if rows.len() >= count {
            return Progress::Done;
        }
        let past = site.world.now().duration_since(site.since).unwrap_or_default().as_secs();
        let timeout = site.text("Timeout").and_then(|text| text.parse::<u64>().ok()).unwrap_or(300);
        if past < timeout {
            return Progress::Wait;
        }
        Progress::Failed(format!(
            "WaitCondition timed out. Received {} conditions when expecting {count}",
            rows.len()
        ))
    }

    fn attribute(&self, _: &World, resource: &Resource, _: &str) -> Option<Value> {
        let rows = resource.data["signals"].as_object().into_iter().flatten();
        let data: serde_json::Map<String, Value> =
            rows.map(|(id, row)| (id.clone(), row["data"].clone())).collect();
        Some(Value::Object(data).to_string().into())
    }
}

/// It takes its place in a template, and no more.
struct Nothing;

impl Behaviour for Nothing {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: site.name.clone(), data: Value::Null })
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind("AWS::CloudFormation::WaitConditionHandle", &[], &[], Handle));
    kinds.push(kind(
        "AWS::CloudFormation::WaitCondition",
        const { &[live("Handle", Shape::Text), live("Timeout", Shape::Integer), live("Count", Shape::Integer)] },
        &["Data"],
        Condition,
    ));
    kinds.push(kind(
        "AWS::CloudFormation::Stack",
        const {
            &[
                live("TemplateURL", Shape::Text),
                live("Parameters", Shape::Map),
                live("TimeoutInMinutes", Shape::Integer),
                live("Tags", Shape::List),
                plain("NotificationARNs", Shape::List),
            ]
        },
        &["*"],
        Nothing,
    ));
}
