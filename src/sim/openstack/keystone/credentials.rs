//! Application credentials: made by a user for a project, shown with their secret once.

use serde_json::{Value, json as v};

use super::people::named;
use super::{Answer, Call, Outcome, error, json, listed, may, missing, v3};
use crate::openstack::time;
use crate::world::{Credential, Role, World, fresh_hex, fresh_secret};

fn value(call: &Call<'_>, credential: &Credential) -> Value {
    let role = |role: &Role| {
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

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
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
    let mut told = value(call, &credential);
    told["secret"] = credential.secret.clone().into();
    let answer = json(201, &v!({"application_credential": told})).about(&credential.id, name);
    world.credentials.push(credential);
    Ok(answer)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:list_application_credentials")?;
    let rows = world.credentials.iter().filter(|c| c.user == call.param(0) && named(call, &c.name));
    Ok(listed(call, "application_credentials", rows.map(|c| value(call, c)).collect()))
}

fn at(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let id = call.param(1);
    let found = world.credentials.iter().position(|c| c.user == call.param(0) && c.id == id);
    found.ok_or_else(|| missing("Application Credential", id))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:get_application_credential")?;
    let at = at(world, call)?;
    Ok(json(200, &v!({"application_credential": value(call, &world.credentials[at])})))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:delete_application_credential")?;
    let at = at(world, call)?;
    let gone = world.credentials.remove(at);
    world.tokens.retain(|_, token| token.credential.as_deref() != Some(gone.id.as_str()));
    Ok(Answer::empty(204).about(&gone.id, &gone.name))
}
