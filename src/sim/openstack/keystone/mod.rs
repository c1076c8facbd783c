//! Keystone's table, and its versions. Signing in is in [`auth`] and, for the old v2.0, in [`v2`]; the rest is one file
//! a resource.

mod auth;
mod credentials;
mod ec2;
mod people;
mod places;
mod v2;

use serde_json::{Value, json as v};

use super::answer::page;
use super::{Answer, Call, Cut, Outcome, Route, Service, json, on};
use crate::world::World;

pub(super) static SERVICE: Service = Service {
    prefix: "/identity",
    routes: &[ROUTES],
    cut: |path| Cut { rest: path.trim_matches('/').to_owned(), ..Cut::default() },
    enter,
    unknown: |_| {
        page(
            404,
            "The requested URL was not found on the server. If you entered the URL manually please check your \
             spelling and try again.",
        )
    },
    error,
    stamp: |_, answer| answer.headers.push(("Vary", "X-Auth-Token".into())),
};

static ROUTES: &[Route] = &[
    on("GET", "", "identity.versions", versions),
    on("GET", "v3", "identity.version", version),
    on("GET", "v2.0", "identity.version", v2::version),
    on("POST", "v2.0/tokens", "token.issue", v2::issue).asking(),
    on("GET", "v2.0/tenants", "project.list", v2::tenants),
    on("POST", "v3/auth/tokens", "token.issue", auth::issue).asking(),
    on("GET", "v3/auth/tokens", "token.show", auth::validate),
    on("DELETE", "v3/auth/tokens", "token.revoke", auth::revoke).asking(),
    on("GET", "v3/auth/projects", "project.list", people::auth_projects),
    on("GET", "v3/auth/domains", "domain.list", people::domains),
    on("GET", "v3/auth/catalog", "catalog.show", auth::catalog_shown),
    on("GET", "v3/domains", "domain.list", people::domains),
    on("GET", "v3/domains/{}", "domain.show", people::domain),
    on("GET", "v3/projects", "project.list", people::projects),
    on("POST", "v3/projects", "project.create", people::project_create),
    on("GET", "v3/projects/{}", "project.show", people::project_show),
    on("PATCH", "v3/projects/{}", "project.update", people::project_update),
    on("DELETE", "v3/projects/{}", "project.delete", people::project_delete),
    on("GET", "v3/users", "user.list", people::users),
    on("GET", "v3/users/{}", "user.show", people::user_show),
    on("GET", "v3/users/{}/projects", "project.list", people::user_projects),
    on("GET", "v3/roles", "role.list", people::roles),
    on("GET", "v3/regions", "region.list", places::regions),
    on("GET", "v3/services", "service.list", places::services),
    on("GET", "v3/endpoints", "endpoint.list", places::endpoints),
    on("POST", "v3/users/{}/application_credentials", "credential.create", credentials::create),
    on("GET", "v3/users/{}/application_credentials", "credential.list", credentials::list),
    on("GET", "v3/users/{}/application_credentials/{}", "credential.show", credentials::show),
    on("DELETE", "v3/users/{}/application_credentials/{}", "credential.delete", credentials::delete),
    on("POST", "v3/users/{}/credentials/OS-EC2", "ec2_credential.create", ec2::create),
    on("GET", "v3/users/{}/credentials/OS-EC2", "ec2_credential.list", ec2::list),
    on("GET", "v3/users/{}/credentials/OS-EC2/{}", "ec2_credential.show", ec2::show),
    on("DELETE", "v3/users/{}/credentials/OS-EC2/{}", "ec2_credential.delete", ec2::delete),
];

/// Keystone's error body.
pub(super) fn error(code: u16, message: &str) -> Answer {
    let title = super::answer::reason(code);
    json(code, &v!({"error": {"code": code, "message": message, "title": title}}))
}

/// The refusal of who is not known.
pub(super) fn unauthorized(call: &Call<'_>) -> Answer {
    let uri = format!("Keystone uri=\"{}/identity/v3\"", call.request.base);
    error(401, "The request you have made requires authentication.").with("WWW-Authenticate", uri)
}

fn enter(world: &World, call: &mut Call<'_>) -> Result<(), Answer> {
    call.token = call.request.header("x-auth-token").and_then(|text| world.token(text)).cloned();
    let open = call.route.is_none_or(|route| {
        matches!(route.operation, "identity.versions" | "identity.version" | "token.issue")
    });
    if open || call.token.is_some() { Ok(()) } else { Err(unauthorized(call)) }
}

fn v3(call: &Call<'_>) -> String {
    format!("{}/v3", call.home())
}

fn version_value(call: &Call<'_>) -> Value {
    v!({"id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/", v3(call))}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}]})
}

fn versions(_: &mut World, call: &Call<'_>) -> Outcome {
    let body = v!({"versions": {"values": [version_value(call), v2::version_value(call)]}});
    Ok(json(300, &body).with("Location", format!("{}/", v3(call))))
}

fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"version": version_value(call)})))
}

/// A list under its name, with the links that Keystone puts around it.
fn listed(call: &Call<'_>, name: &str, rows: Vec<Value>) -> Answer {
    let own = format!("{}{}", call.request.base, call.request.path);
    json(200, &v!({name: rows, "links": {"next": null, "self": own, "previous": null}}))
}

fn may(call: &Call<'_>, what: &str) -> Result<(), Answer> {
    if call.admin() {
        return Ok(());
    }
    Err(error(403, &format!("You are not authorized to perform the requested action: {what}.")))
}

fn missing(kind: &str, id: &str) -> Answer {
    error(404, &format!("Could not find {kind}: {id}."))
}
