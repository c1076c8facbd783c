//! What most of Nova's handlers ask of a request: its checked body, its server, its page of a list, and links.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::{Answer, Call};
use crate::openstack::query;
use crate::openstack::schema::{DIGITS, check};
use crate::world::World;

/// The request's body, checked against a schema.
pub(super) fn body(call: &Call<'_>, schema: &Value) -> Result<Value, Answer> {
    let kind = call.request.header("content-type").unwrap_or("application/json");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let text = &call.request.body;
    if !text.is_empty() && !matches!(kind, "application/json" | "application/vnd.openstack.compute+json") {
        return Err(fault(415, "Unsupported Content-Type"));
    }
    let value = match text.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(text).map_err(|_| fault(400, "Malformed request body"))?,
    };
    check(schema, &value).map_err(|problem| fault(400, &problem.message()))?;
    Ok(value)
}

/// Refuses a caller without the admin role, naming the policy.
pub(super) fn policy(call: &Call<'_>, rule: &str) -> Result<(), Answer> {
    if call.admin() {
        return Ok(());
    }
    Err(fault(403, &format!("Policy doesn't allow os_compute_api:{rule} to be performed.")))
}

/// The address of a resource, with the version and project of the request.
pub(super) fn own_link(call: &Call<'_>, rest: &str) -> String {
    format!("{}{}/{rest}", call.home(), call.cut.before)
}

/// The lasting address of a resource, without a version.
pub(super) fn bookmark(call: &Call<'_>, rest: &str) -> String {
    match &call.cut.project {
        Some(project) => format!("{}/{project}/{rest}", call.home()),
        None => format!("{}/{rest}", call.home()),
    }
}

pub(super) fn links(call: &Call<'_>, rest: &str) -> Value {
    v!([{"rel": "self", "href": own_link(call, rest)}, {"rel": "bookmark", "href": bookmark(call, rest)}])
}

/// The index of the server that the path names, if the caller may see it.
pub(super) fn server(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let id = call.param(0);
    let seen = |at: &usize| call.admin() || world.servers[*at].project == call.project();
    let found = world.server_at(id).filter(seen);
    found.ok_or_else(|| fault(404, &format!("Instance {id} could not be found.")))
}

/// The part of a sorted list that `limit` and `marker` ask for, and the link to what follows.
pub(super) fn page<'a, T>(
    call: &Call<'_>,
    rows: Vec<&'a T>,
    id: impl Fn(&T) -> &str,
    path: &str,
) -> Result<(Vec<&'a T>, Option<Value>), Answer> {
    const MOST: usize = 1000;
    let mut rows = rows;
    let limit = match call.query("limit") {
        Some(text) => {
            let schema = v!({"pattern": DIGITS});
            check(&schema, &Value::String(text.to_owned()))
                .map_err(|problem| fault(400, &problem.of_query("limit")))?;
            text.parse().unwrap_or(MOST).min(MOST)
        }
        None => MOST,
    };
    if let Some(marker) = call.query("marker") {
        let at = rows.iter().position(|row| id(row) == marker);
        let at = at.ok_or_else(|| fault(400, &format!("marker [{marker}] not found")))?;
        rows.drain(..=at);
    }
    rows.truncate(limit);
    let next = rows.last().filter(|_| rows.len() == limit && limit > 0).map(|last| {
        let mut query: Vec<_> =
            call.request.query.iter().filter(|(key, _)| key != "marker").cloned().collect();
        query.push(("marker".into(), id(last).to_owned()));
        v!([{"rel": "next", "href": format!("{}?{}", own_link(call, path), query::write(&query))}])
    });
    Ok((rows, next))
}
