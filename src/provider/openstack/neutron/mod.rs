//! Neutron: networks, subnets, routers, ports, floating IPs, security groups and quotas.
//!
//! Each file builds the calls of one resource and decodes its answers; nothing here sends. Every path ends where a
//! plugin may add attributes of its own, so what is not known is left alone and stays in `raw`.

pub mod floating_ip;
pub mod network;
pub mod port;
pub mod quota;
pub mod router;
pub mod security_group;
pub mod subnet;

use super::decode::text;
use super::page;
use crate::cloud::{Filter, MARKER, NameMatch};
use serde_json::Value as Json;

/// How many ids one query carries at the most; more make a URL that servers refuse.
pub const IDS: usize = 40;

/// What of a listing every list of Neutron can be narrowed by, and the size of its pages.
pub fn query(filter: &Filter) -> Vec<(String, String)> {
    let mut query = Vec::new();
    if let Some(NameMatch::Exact(name)) = &filter.name {
        query.push(("name".to_string(), name.clone()));
    }
    query.push(("limit".to_string(), page::size(filter)));
    query
}

/// The same with the project's own things only: an admin is shown everybody's, and a member what others share. The old name of
/// the key is the one that every release knows.
pub fn own(mut query: Vec<(String, String)>, project: Option<&str>) -> Vec<(String, String)> {
    query.extend(project.map(|project| ("tenant_id".to_string(), project.to_string())));
    query
}

/// Whether an entry is the project's own, or shared with it, or leads out of the cloud: an admin is shown everybody's.
pub fn is_for(entry: &Json, project: Option<&str>) -> bool {
    let owner = text(entry, "project_id").or_else(|| text(entry, "tenant_id"));
    let says = |key: &str| entry.get(key).and_then(Json::as_bool) == Some(true);
    match (owner, project) {
        (Some(owner), Some(project)) => owner == project || says("shared") || says("router:external"),
        _ => true,
    }
}

/// The description of what is known by a call's marker.
pub fn described(marker: &str) -> String {
    format!("{MARKER} {marker}")
}

/// Whether it is what carries this marker.
pub fn is_marked(body: &Json, marker: &str) -> bool {
    text(body, "description").as_deref() == Some(&described(marker))
}

/// One pair for each id, where they are few enough to be asked for; `None` where all must be.
pub fn of_these(key: &str, ids: &[String]) -> Option<Vec<(String, String)>> {
    (ids.len() <= IDS).then(|| ids.iter().map(|id| (key.to_string(), id.clone())).collect())
}
