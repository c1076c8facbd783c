//! Server groups: their calls and the noun.

use super::super::call::{With, get, json, segment};
use super::super::decode::{list, scalar, text};
use super::super::page;
use super::super::session::{Call, Range, Service};
use super::version;
use crate::cloud::ServerGroup;
use crate::wire::Method;
use serde_json::{Value as Json, json as value};
use std::sync::Arc;

/// What a server may be told to share a host with, or not.
pub const POLICIES: &[&str] = &["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"];

/// Ask for a page: this many were read before.
pub fn page(read: usize, all_projects: bool, range: &Range) -> Call {
    let mut query = vec![("limit".to_string(), page::PAGE.to_string())];
    if read > 0 {
        query.push(("offset".to_string(), read.to_string()));
    }
    if all_projects {
        query.push(("all_projects".to_string(), "true".to_string()));
    }
    get("server_group.list", Service::Compute, "/os-server-groups")
        .query(query)
        .version(version::usual(range))
}

/// Ask for one server group.
pub fn show(id: &str, range: &Range) -> Call {
    get("server_group.show", Service::Compute, path(id)).version(version::usual(range))
}

/// Ask for a new group.
pub fn create(name: &str, policy: &str, range: &Range) -> Call {
    let version = version::usual(range);
    let mut group = value!({ "name": name });
    // Before 2.64 a group had a list of them.
    match version.is_some_and(|version| version >= version::SERVER_GROUP_POLICY) {
        true => group["policy"] = value!(policy),
        false => group["policies"] = value!([policy]),
    }
    let body = value!({ "server_group": group });
    json("server_group.create", Service::Compute, Method::Post, "/os-server-groups", body).version(version)
}

/// Ask for a deletion.
pub fn delete(id: &str, range: &Range) -> Call {
    Call::new("server_group.delete", Service::Compute, Method::Delete, path(id))
        .version(version::usual(range))
}

fn path(id: &str) -> String {
    format!("/os-server-groups/{}", segment(id))
}

/// A server group from its description; `None` where it has no id.
pub fn decode(body: &Json, cloud: &Arc<str>) -> Option<ServerGroup> {
    let first = |key: &str| list(body, key).and_then(|policies| policies.first()).and_then(scalar);
    let members = list(body, "members").into_iter().flatten();
    Some(ServerGroup {
        id: body.get("id").and_then(scalar)?,
        name: text(body, "name").unwrap_or_default(),
        policy: text(body, "policy").or_else(|| first("policies")),
        servers: members.filter_map(scalar).collect(),
        cloud: cloud.clone(),
        raw: Arc::new(body.clone()),
    })
}
