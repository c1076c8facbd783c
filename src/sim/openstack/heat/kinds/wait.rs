//! Wait conditions: resources that are made when enough signals have come to their handle.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::kind;
use crate::world::World;
use crate::world::stack::{
    Behaviour, Kind, Made, Progress, Resource, Shape, Site, as_text, live, needed, plain,
};

/// What signals are sent to. They are kept in what is remembered of it, by their ids.
struct Handle;

impl Behaviour for Handle {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        let path = format!("stacks/{}/{}/resources/{}/signal", site.stack_name, site.stack, site.logical);
        Ok(Made { physical: crate::world::fresh_hex(), data: json!({"path": path, "signals": {}}) })
    }

    fn attribute(&self, world: &World, resource: &Resource, name: &str) -> Option<Value> {
        let path = as_text(&resource.data["path"]);
        let base = world.base.as_str();
        let project =
            path.split('/').nth(2).and_then(|id| world.stack(id)).map(|stack| stack.user_project.clone());
        let url = format!("{base}/orchestration/v1/{}/{path}", project.unwrap_or_default());
        match name {
            "endpoint" => Some(url.into()),
            "token" => Some("".into()),
            "curl_cli" => Some(
                format!(
                    "curl -i -X POST -H 'X-Auth-Token: ' -H 'Content-Type: application/json' -H 'Accept: application/json' {url}"
                )
                .into(),
            ),
            "signal" => Some("null".into()),
            _ => None,
        }
    }
}

struct Condition;

/// The signals of the handle with this id.
fn signals(world: &World, handle: &str) -> Map<String, Value> {
    let all = world.stacks.iter().flat_map(|stack| &stack.resources);
    let own = all.into_iter().find(|resource| resource.physical.as_deref() == Some(handle));
    own.and_then(|own| own.data["signals"].as_object().cloned()).unwrap_or_default()
}

impl Behaviour for Condition {
    fn make(&self, site: &mut Site<'_>) -> Result<Made, String> {
        Ok(Made { physical: site.name.clone(), data: Value::Null })
    }

    fn made(&self, site: &mut Site<'_>) -> Progress {
        let signals = signals(site.world, &site.text("handle").unwrap_or_default());
        let reason = |status: &str| {
            let rows = signals.values().filter(|signal| as_text(&signal["status"]) == status);
            rows.map(|signal| as_text(&signal["reason"])).collect::<Vec<_>>().join(";")
        };
        if signals.values().any(|signal| as_text(&signal["status"]) == "FAILURE") {
            return Progress::Failed(format!("WaitConditionFailure: {}", reason("FAILURE")));
        }
        let count = site.text("count").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
        if signals.len() >= count {
            return Progress::Done;
        }
        let past = site.world.now().duration_since(site.since).unwrap_or_default().as_secs();
        let timeout = site.text("timeout").and_then(|text| text.parse::<u64>().ok()).unwrap_or(3600);
        if past >= timeout {
            return Progress::Failed(format!("WaitConditionTimeout: {} of {count} received", signals.len()));
        }
        Progress::Wait
    }

    fn settled(&self, site: &mut Site<'_>) -> Option<Value> {
        let signals = signals(site.world, &site.text("handle").unwrap_or_default());
        let row = |(id, signal): (&String, &Value)| (id.clone(), signal["data"].clone());
        let data: Map<String, Value> = signals.iter().map(row).collect();
        Some(json!({"data": Value::Object(data).to_string()}))
    }

    fn attribute(&self, _: &World, resource: &Resource, name: &str) -> Option<Value> {
        resource.data.get(name).cloned()
    }
}

pub(super) fn add(kinds: &mut Vec<Arc<Kind>>) {
    kinds.push(kind(
        "OS::Heat::WaitConditionHandle",
        const { &[plain("signal_transport", Shape::Text)] },
        &["signal", "curl_cli", "endpoint", "token"],
        Handle,
    ));
    kinds.push(kind(
        "OS::Heat::WaitCondition",
        const { &[needed("handle", Shape::Text), live("timeout", Shape::Number), live("count", Shape::Integer)] },
        &["data"],
        Condition,
    ));
}
