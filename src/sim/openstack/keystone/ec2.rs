//! Keys to sign requests with, which Keystone keeps for a user in a project.

use serde_json::{Value, json as v};

use super::{Answer, Call, Outcome, error, json, listed, may, v3};
use crate::world::{SigningKey, World, fresh_hex};

fn value(call: &Call<'_>, key: &SigningKey) -> Value {
    let own = format!("{}/users/{}/credentials/OS-EC2/{}", v3(call), key.user, key.access);
    v!({"user_id": key.user, "tenant_id": key.project, "access": key.access, "secret": key.secret,
        "trust_id": null, "links": {"self": own}})
}

fn own(call: &Call<'_>, what: &str) -> Result<(), Answer> {
    if call.param(0) == call.user() { Ok(()) } else { may(call, what) }
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:ec2_create_credential")?;
    let body = call.request.json().unwrap_or_default();
    let project = body["tenant_id"].as_str().unwrap_or(call.project()).to_owned();
    if world.project(&project).is_none() {
        return Err(error(404, &format!("Could not find project: {project}.")));
    }
    if world.roles_in(call.param(0), &project).is_empty() {
        return Err(error(
            403,
            "You are not authorized to perform the requested action: identity:ec2_create_credential.",
        ));
    }
    let key =
        SigningKey { access: fresh_hex(), secret: fresh_hex(), user: call.param(0).to_owned(), project };
    let answer = json(201, &v!({"credential": value(call, &key)})).about(&key.access, "");
    world.ec2_credentials.push(key);
    Ok(answer)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:ec2_list_credentials")?;
    let rows = world.ec2_credentials.iter().filter(|key| key.user == call.param(0));
    Ok(listed(call, "credentials", rows.map(|key| value(call, key)).collect()))
}

fn at(world: &World, call: &Call<'_>) -> Result<usize, Answer> {
    let access = call.param(1);
    let found =
        world.ec2_credentials.iter().position(|key| key.user == call.param(0) && key.access == access);
    found.ok_or_else(|| error(404, &format!("Could not find credential: {access}.")))
}

pub(super) fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:ec2_get_credential")?;
    let at = at(world, call)?;
    Ok(json(200, &v!({"credential": value(call, &world.ec2_credentials[at])})))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    own(call, "identity:ec2_delete_credential")?;
    let at = at(world, call)?;
    let gone = world.ec2_credentials.remove(at);
    Ok(Answer::empty(204).about(&gone.access, ""))
}
