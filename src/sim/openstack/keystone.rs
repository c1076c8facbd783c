//! Keystone's table, and the calls about projects, users, roles, services and credentials. Signing in is in
//! [`keystone_auth`](super::keystone_auth); the old v2.0 in [`keystone_v2`](super::keystone_v2).

use serde_json::{Value, json as v};

use super::answer::page;
use super::{Answer, Call, Cut, Outcome, Route, Service, json, keystone_auth as auth, keystone_v2, on, time};
use crate::sim::world::{Credential, Project, User, World, fresh_hex, fresh_secret};

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
    on("GET", "v2.0", "identity.version", keystone_v2::version),
    on("POST", "v2.0/tokens", "token.issue", keystone_v2::issue).asking(),
    on("GET", "v2.0/tenants", "project.list", keystone_v2::tenants),
    on("POST", "v3/auth/tokens", "token.issue", auth::issue).asking(),
    on("GET", "v3/auth/tokens", "token.show", auth::validate),
    on("DELETE", "v3/auth/tokens", "token.revoke", auth::revoke).asking(),
    on("GET", "v3/auth/projects", "project.list", auth_projects),
    on("GET", "v3/auth/domains", "domain.list", domains),
    on("GET", "v3/auth/catalog", "catalog.show", auth::catalog_shown),
    on("GET", "v3/domains", "domain.list", domains),
    on("GET", "v3/domains/{}", "domain.show", domain),
    on("GET", "v3/projects", "project.list", projects),
    on("POST", "v3/projects", "project.create", project_create),
    on("GET", "v3/projects/{}", "project.show", project_show),
    on("PATCH", "v3/projects/{}", "project.update", project_update),
    on("DELETE", "v3/projects/{}", "project.delete", project_delete),
    on("GET", "v3/users", "user.list", users),
    on("GET", "v3/users/{}", "user.show", user_show),
    on("GET", "v3/users/{}/projects", "project.list", user_projects),
    on("GET", "v3/roles", "role.list", roles),
    on("GET", "v3/regions", "region.list", regions),
    on("GET", "v3/services", "service.list", services),
    on("GET", "v3/endpoints", "endpoint.list", endpoints),
    on("POST", "v3/users/{}/application_credentials", "credential.create", credential_create),
    on("GET", "v3/users/{}/application_credentials", "credential.list", credential_list),
    on("GET", "v3/users/{}/application_credentials/{}", "credential.show", credential_show),
    on("DELETE", "v3/users/{}/application_credentials/{}", "credential.delete", credential_delete),
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
    let body = v!({"versions": {"values": [version_value(call), keystone_v2::version_value(call)]}});
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

fn project_value(call: &Call<'_>, project: &Project) -> Value {
    v!({"id": project.id, "name": project.name, "domain_id": "default", "description": project.description,
        "enabled": true, "parent_id": "default", "is_domain": false, "tags": [], "options": {},
        "links": {"self": format!("{}/projects/{}", v3(call), project.id)}})
}

fn named(call: &Call<'_>, name: &str) -> bool {
    call.query("name").is_none_or(|wanted| wanted == name)
}

fn projects_where(world: &World, call: &Call<'_>, keep: impl Fn(&Project) -> bool) -> Answer {
    let rows = world.projects.iter().filter(|project| keep(project) && named(call, &project.name));
    listed(call, "projects", rows.map(|project| project_value(call, project)).collect())
}

fn auth_projects(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(projects_where(world, call, |project| !world.roles_in(call.user(), &project.id).is_empty()))
}

fn user_projects(world: &mut World, call: &Call<'_>) -> Outcome {
    if call.param(0) != call.user() {
        may(call, "identity:list_user_projects")?;
    }
    Ok(projects_where(world, call, |project| !world.roles_in(call.param(0), &project.id).is_empty()))
}

fn projects(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_projects")?;
    Ok(projects_where(world, call, |_| true))
}

fn project_show(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    if id != call.project() {
        may(call, "identity:get_project")?;
    }
    let project = world.project(id).ok_or_else(|| missing("project", id))?;
    Ok(json(200, &v!({"project": project_value(call, project)})))
}

fn project_create(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:create_project")?;
    let body = call.request.json().unwrap_or_default();
    let Some(name) = body["project"]["name"].as_str() else {
        return Err(error(400, "'name' is a required property"));
    };
    if let Some(same) = world.projects.iter().find(|project| project.name == name) {
        return Err(error(
            409,
            &format!(
                "Conflict occurred attempting to store project - it is not permitted to have two projects with \
                 either the same name or same id in the same domain: name is {name}, project id {}.",
                same.id
            ),
        ));
    }
    let description = body["project"]["description"].as_str().unwrap_or_default().to_owned();
    let project = Project { id: fresh_hex(), name: name.to_owned(), description };
    let answer = json(201, &v!({"project": project_value(call, &project)})).about(&project.id, name);
    world.projects.push(project);
    Ok(answer)
}

fn project_update(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:update_project")?;
    let body = call.request.json().unwrap_or_default();
    let id = call.param(0);
    let Some(project) = world.projects.iter_mut().find(|project| project.id == id) else {
        return Err(missing("project", id));
    };
    if let Some(name) = body["project"]["name"].as_str() {
        name.clone_into(&mut project.name);
    }
    if let Some(description) = body["project"]["description"].as_str() {
        description.clone_into(&mut project.description);
    }
    let mut value = project_value(call, project);
    value["extra"] = v!({});
    Ok(json(200, &v!({"project": value})).about(&project.id, &project.name))
}

fn project_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:delete_project")?;
    let id = call.param(0);
    let at = world.projects.iter().position(|project| project.id == id);
    let project = world.projects.remove(at.ok_or_else(|| missing("project", id))?);
    Ok(Answer::empty(204).about(&project.id, &project.name))
}

fn user_value(call: &Call<'_>, user: &User) -> Value {
    v!({"id": user.id, "name": user.name, "domain_id": "default", "enabled": true, "password_expires_at": null,
        "options": {}, "links": {"self": format!("{}/users/{}", v3(call), user.id)}})
}

fn users(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_users")?;
    let rows = world.users.iter().filter(|user| named(call, &user.name));
    Ok(listed(call, "users", rows.map(|user| user_value(call, user)).collect()))
}

fn user_show(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    if id != call.user() {
        may(call, "identity:get_user")?;
    }
    let user = world.user(id).ok_or_else(|| missing("user", id))?;
    Ok(json(200, &v!({"user": user_value(call, user)})))
}

fn domain_value(call: &Call<'_>) -> Value {
    v!({"id": "default", "name": "Default", "description": "The default domain", "enabled": true, "tags": [],
        "options": {}, "links": {"self": format!("{}/domains/default", v3(call))}})
}

fn domains(_: &mut World, call: &Call<'_>) -> Outcome {
    if call.cut.rest == "v3/domains" {
        may(call, "identity:list_domains")?;
    }
    let rows = if named(call, "Default") { vec![domain_value(call)] } else { Vec::new() };
    Ok(listed(call, "domains", rows))
}

fn domain(_: &mut World, call: &Call<'_>) -> Outcome {
    match call.param(0) {
        "default" => Ok(json(200, &v!({"domain": domain_value(call)}))),
        id => Err(missing("domain", id)),
    }
}

fn roles(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_roles")?;
    let role = |role: &crate::sim::world::Role| {
        v!({"id": role.id, "name": role.name, "domain_id": null, "description": null,
            "options": {"immutable": true}, "links": {"self": format!("{}/roles/{}", v3(call), role.id)}})
    };
    Ok(listed(call, "roles", world.roles.iter().filter(|r| named(call, &r.name)).map(role).collect()))
}

fn regions(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/regions/RegionOne", v3(call));
    let row = v!({"id": "RegionOne", "description": "", "parent_region_id": null, "links": {"self": own}});
    Ok(listed(call, "regions", vec![row]))
}

fn services(_: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_services")?;
    let rows = auth::CATALOG.iter().map(|entry| {
        v!({"name": entry.name, "id": entry.id, "type": entry.kind, "enabled": true,
            "links": {"self": format!("{}/services/{}", v3(call), entry.id)}})
    });
    Ok(listed(call, "services", rows.collect()))
}

fn endpoints(_: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_endpoints")?;
    let mut rows = Vec::new();
    for entry in auth::CATALOG {
        for interface in auth::INTERFACES {
            let id = auth::endpoint_id(entry, interface);
            let own = format!("{}/endpoints/{id}", v3(call));
            rows.push(
                v!({"id": id, "interface": interface, "region_id": "RegionOne", "service_id": entry.id,
                "url": format!("{}{}", call.request.base, entry.path.replace("{}", "$(project_id)s")),
                "enabled": true, "region": "RegionOne", "links": {"self": own}}),
            );
        }
    }
    Ok(listed(call, "endpoints", rows))
}

fn credential_value(call: &Call<'_>, credential: &Credential) -> Value {
    let role = |role: &crate::sim::world::Role| {
        let mut value = v!({"id": role.id, "name": role.name, "domain_id": null, "description": null,
            "options": {"immutable": true}});
        // Only the roles that Keystone itself makes are immutable.
        if role.name == "heat_stack_owner" {
            value["options"] = v!({});
            value["links"] = v!({"self": format!("{}/roles/{}", v3(call), role.id)});
        }
        value
    };
    v!({"id": credential.id, "name": credential.name, "description": credential.description,
        "user_id": credential.user, "project_id": credential.project, "system": null,
        "expires_at": credential.expires.map(time::micro), "unrestricted": credential.unrestricted,
        "roles": credential.roles.iter().map(role).collect::<Vec<_>>(),
        "links": {"self": format!("{}/application_credentials/{}", v3(call), credential.id)}})
}

fn own(call: &Call<'_>, what: &str) -> Result<(), Answer> {
    if call.param(0) == call.user() { Ok(()) } else { may(call, what) }
}

fn credential_create(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:create_application_credential")?;
    let body = call.request.json().unwrap_or_default();
    let asked = &body["application_credential"];
    let Some(name) = asked["name"].as_str() else {
        return Err(error(400, "'name' is a required property"));
    };
    if world.credentials.iter().any(|c| c.user == call.user() && c.name == name) {
        return Err(error(
            409,
            &format!(
                "Conflict occurred attempting to store application_credential - Duplicate entry found with name \
                 {name}."
            ),
        ));
    }
    let secret = asked["secret"].as_str().map_or_else(|| fresh_secret(86), str::to_owned);
    let credential = Credential {
        id: fresh_hex(),
        name: name.to_owned(),
        description: asked["description"].as_str().map(str::to_owned),
        secret,
        user: call.user().to_owned(),
        project: call.project().to_owned(),
        roles: call.token.as_ref().map(|token| token.roles.clone()).unwrap_or_default(),
        unrestricted: asked["unrestricted"].as_bool(),
        expires: asked["expires_at"].as_str().and_then(time::read),
    };
    let mut value = credential_value(call, &credential);
    value["secret"] = credential.secret.clone().into();
    let answer = json(201, &v!({"application_credential": value})).about(&credential.id, name);
    world.credentials.push(credential);
    Ok(answer)
}

fn credential_list(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:list_application_credentials")?;
    let rows = world.credentials.iter().filter(|c| c.user == call.param(0) && named(call, &c.name));
    Ok(listed(call, "application_credentials", rows.map(|c| credential_value(call, c)).collect()))
}

fn credential_at(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let id = call.param(1);
    let found = world.credentials.iter().position(|c| c.user == call.param(0) && c.id == id);
    found.ok_or_else(|| missing("Application Credential", id))
}

fn credential_show(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:get_application_credential")?;
    let at = credential_at(world, call)?;
    Ok(json(200, &v!({"application_credential": credential_value(call, &world.credentials[at])})))
}

fn credential_delete(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:delete_application_credential")?;
    let at = credential_at(world, call)?;
    let gone = world.credentials.remove(at);
    world.tokens.retain(|_, token| token.credential.as_deref() != Some(gone.id.as_str()));
    Ok(Answer::empty(204).about(&gone.id, &gone.name))
}
