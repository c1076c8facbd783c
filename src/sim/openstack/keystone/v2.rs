//! The old Keystone v2.0, as old clients and books have it: tenants, and a catalog with a row an endpoint.

use serde_json::{Value, json as v};

use super::auth::CATALOG;
use super::{Call, Outcome, error, json, unauthorized};
use crate::openstack::time;
use crate::world::{Scope, World};

pub(super) fn version_value(call: &Call<'_>) -> Value {
    v!({"id": "v2.0", "status": "deprecated", "updated": "2016-08-04T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/v2.0/", call.home())},
                  {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v2.0+json"}]})
}

pub(super) fn version(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(json(200, &v!({"version": version_value(call)})))
}

pub(super) fn issue(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let auth = &body["auth"];
    let (password, token) = (&auth["passwordCredentials"], &auth["token"]);
    let (user, from) = if password.is_object() {
        let user = world.users.iter().find(|user| match password["userId"].as_str() {
            Some(id) => user.id == id,
            None => password["username"].as_str() == Some(user.name.as_str()),
        });
        let right = user.filter(|user| password["password"].as_str() == Some(user.password.as_str()));
        (right.map(|user| user.id.clone()), None)
    } else if token.is_object() {
        let token = token["id"].as_str().and_then(|text| world.token(text)).cloned();
        (token.as_ref().map(|token| token.user.clone()), token)
    } else {
        let message = "Expecting to find auth in request body. The server could not comply with the request since \
                       it is either malformed or otherwise incorrect. The client is assumed to be in error.";
        return Err(error(400, message));
    };
    let Some(user) = user else { return Err(unauthorized(call)) };
    let asked = (auth["tenantId"].as_str(), auth["tenantName"].as_str());
    let (scope, roles) = match asked {
        (None, None) => (Scope::Unscoped, Vec::new()),
        (id, name) => {
            let meant = |id_: &str, name_: &str| id.map_or(name == Some(name_), |id| id == id_);
            let project = world.projects.iter().find(|project| meant(&project.id, &project.name));
            let Some(project) = project else { return Err(unauthorized(call)) };
            let roles = world.roles_in(&user, &project.id);
            if roles.is_empty() {
                return Err(unauthorized(call));
            }
            (Scope::Project(project.id.clone()), roles)
        }
    };
    let (text, token) = world.issue(&user, scope, roles, vec!["password".into()], from.as_ref(), None);
    let name = world.user(&user).map_or("", |user| user.name.as_str());
    let mut told = v!({"issued_at": time::micro(token.issued), "expires": time::second(token.expires), "id": text,
        "audit_ids": token.audit});
    let mut catalog = Vec::new();
    if let Scope::Project(id) = &token.scope {
        let project = world.project(id).map_or("", |project| project.name.as_str());
        told["tenant"] = v!({"id": id, "name": project, "enabled": true, "description": ""});
        for entry in CATALOG {
            let path = if entry.kind == "identity" { "/identity/v2.0" } else { entry.path };
            let url = format!("{}{}", call.request.base, path.replace("{}", id));
            catalog.push(v!({"endpoints": [{"adminURL": url, "region": "RegionOne", "internalURL": url,
                "id": entry.id, "publicURL": url}], "endpoints_links": [], "type": entry.kind, "name": entry.name}));
        }
    }
    let names: Vec<Value> = token.roles.iter().map(|role| v!({"name": role.name})).collect();
    let ids: Vec<&str> = token.roles.iter().map(|role| role.id.as_str()).collect();
    Ok(json(
        200,
        &v!({"access": {"token": told, "serviceCatalog": catalog,
            "user": {"username": name, "roles_links": [], "id": user, "roles": names, "name": name},
            "metadata": {"is_admin": 0, "roles": ids}}}),
    ))
}

pub(super) fn tenants(world: &mut World, call: &Call<'_>) -> Outcome {
    let mine = world.projects.iter().filter(|project| !world.roles_in(call.user(), &project.id).is_empty());
    let rows: Vec<Value> = mine
        .map(|project| v!({"id": project.id, "name": project.name, "enabled": true, "description": project.description}))
        .collect();
    Ok(json(200, &v!({"tenants": rows, "tenants_links": []})))
}
