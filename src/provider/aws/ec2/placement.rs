//! Placement groups: what a script calls server groups. EC2 knows them by their names.

use super::super::call::{Call, literal};
use super::super::decode::text;
use crate::cloud::{Filter, NameMatch, ServerGroup};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// What instances of a group are to share.
pub const STRATEGIES: &[&str] = &["cluster", "spread", "partition"];

/// EC2's word for a policy; `None` for what it has none for.
pub fn strategy(policy: &str) -> Option<&'static str> {
    match policy {
        "affinity" => Some("cluster"),
        "anti-affinity" => Some("spread"),
        other => STRATEGIES.iter().copied().find(|word| *word == other),
    }
}

/// Ask for what a listing may let through.
pub fn page(filter: &Filter) -> Call {
    let call = Call::ec2("server_group.list", "DescribePlacementGroups");
    match &filter.name {
        Some(NameMatch::Exact(name)) => call.filter("group-name", [literal(name)]),
        _ => call,
    }
}

/// Ask for one.
pub fn show(name: &str) -> Call {
    Call::ec2("server_group.show", "DescribePlacementGroups").with("GroupName", json!([name]))
}

/// Make one.
pub fn create(name: &str, strategy: &str) -> Call {
    Call::ec2("server_group.create", "CreatePlacementGroup")
        .with("GroupName", name)
        .with("Strategy", strategy)
}

/// Delete one.
pub fn delete(name: &str) -> Call {
    Call::ec2("server_group.delete", "DeletePlacementGroup").idempotent().with("GroupName", name)
}

/// Ask for the instances of these groups.
pub fn members(names: &[String]) -> Call {
    Call::ec2("server.list", "DescribeInstances")
        .filter("placement-group-name", names.iter().map(|name| literal(name)))
        .filter("instance-state-name", ["pending", "running", "shutting-down", "stopping", "stopped"])
}

/// The group that an instance is in.
pub fn group_of(instance: &Json) -> Option<String> {
    text(instance.get("placement")?, "groupName").filter(|name| !name.is_empty())
}

/// A group from its description; its servers are their own to tell.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<ServerGroup> {
    let name = text(body, "groupName")?;
    // One that is being deleted is still shown for a while.
    if text(body, "state").as_deref() == Some("deleted") {
        return None;
    }
    Some(ServerGroup {
        id: name.clone(),
        name,
        policy: text(body, "strategy"),
        servers: Vec::new(),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
