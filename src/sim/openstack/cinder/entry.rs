//! What stands before every call of Cinder: tokens, projects and microversions; and the versions.

use serde_json::{Value, json as v};

use super::refuse::fault;
use super::{Answer, Call, Outcome, json};
use crate::world::World;

/// The newest microversion, `3.71`.
const LATEST: u16 = 71;

pub(super) fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    call.version = 0;
    if call.route.is_some_and(|route| route.operation == "volume.versions") {
        return Ok(());
    }
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    if call.token.is_none() {
        let uri = format!("Keystone uri=\"{}/identity\"", call.request.base);
        let message = "The request you have made requires authentication.";
        let body = v!({"error": {"code": 401, "title": "Unauthorized", "message": message}});
        return Err(Answer { plain: true, ..json(401, &body) }.with("WWW-Authenticate", uri));
    }
    call.version = asked_version(call)?;
    if call.cut.project.as_deref().is_some_and(|project| project != call.project()) {
        return Err(fault(400, "Malformed request url"));
    }
    Ok(())
}

fn asked_version(call: &Call<'_>) -> Result<u16, Answer> {
    let header = call.request.header("openstack-api-version");
    let text = header.and_then(|value| {
        value.split(',').find_map(|part| part.trim().strip_prefix("volume ").map(str::trim))
    });
    let Some(text) = text else { return Ok(0) };
    if text == "latest" {
        return Ok(LATEST);
    }
    match text.split_once('.').map(|(major, minor)| (major, minor.parse::<u16>())) {
        Some(("3", Ok(minor))) if minor <= LATEST => Ok(minor),
        Some((_, Ok(_))) => {
            let message = format!(
                "Version {text} is not supported by the API. Minimum is 3.0 and maximum is 3.{LATEST}."
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
    if !answer.plain && call.cut.before.starts_with("/v3") {
        answer.headers.push(("OpenStack-API-Version", format!("volume 3.{}", call.version)));
        answer.headers.push(("Vary", "OpenStack-API-Version".into()));
    }
}

fn version_value(call: &Call<'_>) -> Value {
    let own = format!("{}/v3/", call.home());
    v!({"id": "v3.0", "status": "CURRENT", "version": format!("3.{LATEST}"), "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [{"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": own}],
        "media-types": [{"base": "application/json",
            "type": "application/vnd.openstack.volume+json;version=3"}]})
}

pub(super) fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Answer { plain: true, ..json(300, &v!({"versions": [version_value(call)]})) })
}

pub(super) fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"versions": [version_value(call)]})))
}
