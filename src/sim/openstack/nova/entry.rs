//! What stands before every call of Nova: the split of its paths, tokens, projects and microversions; and the versions.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::{Answer, Call, Outcome, json};
use crate::world::World;

/// The newest microversion, `2.104`.
const LATEST: u16 = 104;

pub(super) fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    if call.route.is_some_and(|route| route.operation.starts_with("compute.version")) {
        call.version = asked_version(call).ok().flatten().filter(|v| *v <= LATEST).unwrap_or(1);
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_none() {
        let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
        let message = "The request you have made requires authentication.";
        let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
        return Err(Answer { plain: true, ..json(401, &body) }.with("WWW-Authenticate", uri));
    }
    if !call.cut.before.starts_with("/v2.1") {
        call.version = 1;
    } else if let Some(version) = asked_version(call)? {
        call.version = version;
        if !(1..=LATEST).contains(&version) {
            let message = format!(
                "Version 2.{version} is not supported by the API. Minimum is 2.1 and maximum is 2.{LATEST}."
            );
            return Err(fault(406, &message));
        }
    }
    if let Some(project) = call.cut.project.as_deref().filter(|project| *project != call.project()) {
        let message = format!(
            "Malformed request URL: URL's project_id '{project}' doesn't match Context's project_id '{}'",
            call.project()
        );
        return Err(fault(400, &message));
    }
    Ok(())
}

/// The microversion that the headers ask for.
fn asked_version(call: &Call<'_>) -> Result<Option<u16>, Answer> {
    let general = call.request.header("openstack-api-version").and_then(|value| {
        value.split(',').find_map(|part| part.trim().strip_prefix("compute ").map(str::trim))
    });
    let Some(text) = general.or_else(|| call.request.header("x-openstack-nova-api-version")) else {
        return Ok(None);
    };
    if text == "latest" {
        return Ok(Some(LATEST));
    }
    let minor = text.split_once('.').map(|(major, minor)| (major, minor.parse::<u16>()));
    match minor {
        Some(("2", Ok(minor))) => Ok(Some(minor)),
        Some((_, Ok(_))) => {
            let message = format!(
                "Version {text} is not supported by the API. Minimum is 2.1 and maximum is 2.{LATEST}."
            );
            Err(fault(406, &message))
        }
        _ => {
            let message = format!(
                "API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum."
            );
            Err(fault(400, &message))
        }
    }
}

pub(super) fn stamp(call: &Call<'_>, answer: &mut Answer) {
    answer.headers.push(("x-compute-request-id", call.request.id.clone()));
    if answer.plain || !call.cut.before.starts_with("/v2.1") {
        return;
    }
    let version = call.version;
    answer.headers.push(("OpenStack-API-Version", format!("compute 2.{version}")));
    answer.headers.push(("X-OpenStack-Nova-API-Version", format!("2.{version}")));
    answer.headers.push(("Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version".into()));
}

fn version_value(call: &Call<'_>, old: bool) -> Value {
    let (id, status, newest, oldest, updated) = if old {
        ("v2.0", "DEPRECATED", String::new(), "", "2025-07-04T12:00:00Z")
    } else {
        ("v2.1", "CURRENT", format!("2.{LATEST}"), "2.1", "2013-07-23T11:33:21Z")
    };
    let own = format!("{}/{}/", call.home(), if old { "v2" } else { "v2.1" });
    v!({"id": id, "status": status, "version": newest, "min_version": oldest, "updated": updated,
        "links": [{"rel": "self", "href": own}]})
}

pub(super) fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let body = v!({"versions": [version_value(call, true), version_value(call, false)]});
    Ok(Answer { plain: true, ..json(200, &body) })
}

fn described(call: &Call<'_>, old: bool) -> Answer {
    let mut value = version_value(call, old);
    if let Some(links) = value["links"].as_array_mut() {
        links.push(v!({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}));
    }
    let minor = if old { "2" } else { "2.1" };
    let kind = format!("application/vnd.openstack.compute+json;version={minor}");
    value["media-types"] = v!([{"base": "application/json", "type": kind}]);
    json(200, &v!({"version": value}))
}

pub(super) fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(described(call, false))
}

pub(super) fn version_old(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(described(call, true))
}
