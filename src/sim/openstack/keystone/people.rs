//! Projects, users, domains and roles.

use serde_json::{Value, json as v};

use super::{Answer, Call, Outcome, error, json, listed, may, missing, v3};
use crate::world::{Project, Role, User, World, fresh_hex};

fn project_value(call: &Call<'_>, project: &Project) -> Value {
    v!({"id": project.id, "name": project.name, "domain_id": "default", "description": project.description,
        "enabled": true, "parent_id": "default", "is_domain": false, "tags": [], "options": {},
        "links": {"self": format!("{}/projects/{}", v3(call), project.id)}})
}

pub(super) fn named(call: &Call<'_>, name: &str) -> bool {
    call.query("name").is_none_or(|wanted| wanted == name)
}

fn projects_where(world: &World, call: &Call<'_>, keep: impl Fn(&Project) -> bool) -> Answer {
    let rows = world.projects.iter().filter(|project| keep(project) && named(call, &project.name));
    listed(call, "projects", rows.map(|project| project_value(call, project)).collect())
}

pub(super) fn auth_projects(world: &mut World, call: &Call<'_>) -> Outcome {
    Ok(projects_where(world, call, |project| !world.roles_in(call.user(), &project.id).is_empty()))
}

pub(super) fn user_projects(world: &mut World, call: &Call<'_>) -> Outcome {
    if call.param(0) != call.user() {
        may(call, "identity:list_user_projects")?;
    }
    Ok(projects_where(world, call, |project| !world.roles_in(call.param(0), &project.id).is_empty()))
}

pub(super) fn projects(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_projects")?;
    Ok(projects_where(world, call, |_| true))
}

pub(super) fn project_show(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.param(0);
    if id != call.project() {
        may(call, "identity:get_project")?;
    }
    let project = world.project(id).ok_or_else(|| missing("project", id))?;
    Ok(json(200, &v!({"project": project_value(call, project)})))
}

pub(super) fn project_create(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn project_update(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn project_delete(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn users(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_users")?;
    let rows = world.users.iter().filter(|user| named(call, &user.name));
    Ok(listed(call, "users", rows.map(|user| user_value(call, user)).collect()))
}

pub(super) fn user_show(world: &mut World, call: &Call<'_>) -> Outcome {
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

pub(super) fn domains(_: &mut World, call: &Call<'_>) -> Outcome {
    if call.cut.rest == "v3/domains" {
        may(call, "identity:list_domains")?;
    }
    let rows = if named(call, "Default") { vec![domain_value(call)] } else { Vec::new() };
    Ok(listed(call, "domains", rows))
}

pub(super) fn domain(_: &mut World, call: &Call<'_>) -> Outcome {
    match call.param(0) {
        "default" => Ok(json(200, &v!({"domain": domain_value(call)}))),
        id => Err(missing("domain", id)),
    }
}

pub(super) fn roles(world: &mut World, call: &Call<'_>) -> Outcome {
    may(call, "identity:list_roles")?;
    let role = |role: &Role| {
        v!({"id": role.id, "name": role.name, "domain_id": null, "description": null,
            "options": {"immutable": true}, "links": {"self": format!("{}/roles/{}", v3(call), role.id)}})
    };
    Ok(listed(call, "roles", world.roles.iter().filter(|r| named(call, &r.name)).map(role).collect()))
}
