//! EC2 credentials: key pairs for the query APIs, which Keystone checks.

use super::super::call::{get, json, segment};
use super::super::decode::{list, text};
use super::super::session::{Call, Service};
use crate::cloud::{Ec2Credential, Secret};
use crate::wire::Method;
use serde_json::{Value as Json, json as value};

fn path(user: &str) -> String {
    format!("/users/{}/credentials/OS-EC2", segment(user))
}

/// Ask for those of a user.
pub fn all(user: &str) -> Call {
    get("ec2_credential.list", Service::Identity, path(user))
}

/// Ask for a new one, for a project.
pub fn create(user: &str, project: &str) -> Call {
    let body = value!({ "tenant_id": project });
    json("ec2_credential.create", Service::Identity, Method::Post, path(user), body)
}

/// One from its description; `None` where a part of it is not told.
pub fn decode(body: &Json) -> Option<Ec2Credential> {
    Some(Ec2Credential {
        access: text(body, "access")?,
        secret: Secret::new(text(body, "secret")?),
        project: text(body, "tenant_id"),
    })
}

/// All of an answer.
pub fn decode_all(body: &Json) -> Option<Vec<Ec2Credential>> {
    list(body, "credentials")?.iter().map(decode).collect()
}
