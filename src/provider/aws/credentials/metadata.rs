//! The metadata service of an instance, version 2: a session's token first, then the role's name, then its keys.
//!
//! A service that knows no tokens (of private clouds) is asked without one.

use super::{KeyRing, keys_of, kind_of};
use crate::cloud::{Error, Kind, Result};
use crate::wire::auth::source::InstanceMetadata;
use crate::wire::{Answer, Credentials, Intent, Method, Request};
use serde_json::Value;

const ROLE: &str = "/latest/meta-data/iam/security-credentials/";
const HELP: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`";

/// Ask for the keys of the instance's role.
pub(super) async fn fetch(ring: &KeyRing, metadata: &InstanceMetadata) -> Result<Credentials> {
    let base = metadata.endpoint.trim_end_matches('/');
    if metadata.disabled {
        return Err(nowhere(
            ring,
            metadata,
            "the metadata service is switched off (AWS_EC2_METADATA_DISABLED)",
        ));
    }
    let token = Request::new("credentials.session", Method::Put, format!("{base}/latest/api/token"))
        .intent(Intent::Login)
        .header("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    let answer = match ring.near.send(&token).await {
        Ok(answer) => answer,
        Err(lost) => {
            let what = format!("the metadata service of an instance does not answer: {}", lost.detail);
            return Err(nowhere(ring, metadata, &what));
        }
    };
    let token = match answer.status {
        200 => Some(String::from_utf8_lossy(&answer.body).trim().to_string()),
        403..=405 => None,
        _ => return Err(refused(ring, &answer)),
    };
    if let Some(token) = &token {
        ring.wire.known().add(token);
    }
    let get = async |path: &str| {
        let request =
            Request::new("credentials.instance", Method::Get, format!("{base}{path}")).intent(Intent::Login);
        let request = match &token {
            Some(token) => request.header("X-aws-ec2-metadata-token", token),
            None => request,
        };
        ring.ask(&ring.near, &request, "the metadata service", HELP).await
    };
    let answer = get(ROLE).await?;
    let text = String::from_utf8_lossy(&answer.body);
    let role = text.lines().map(str::trim).find(|line| !line.is_empty());
    let role = match (answer.status, role) {
        (200, Some(role)) if !role.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '<' | '?')) => {
            role
        }
        (200 | 404, _) => return Err(nowhere(ring, metadata, "this instance has no role")),
        _ => return Err(refused(ring, &answer)),
    };
    let answer = get(&format!("{ROLE}{role}")).await?;
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != 200 || json["Code"].as_str().is_some_and(|code| code != "Success") {
        return Err(refused(ring, &answer));
    }
    keys_of(&json).map_err(|what| {
        let message = format!(
            "`{}` has no keys: the metadata service gives JSON for the role `{role}` that does not do: {what}",
            ring.cloud
        );
        ring.refused(Kind::Protocol, message, &answer, None, HELP)
    })
}

/// It was the last place to look at.
fn nowhere(ring: &KeyRing, metadata: &InstanceMetadata, what: &str) -> Error {
    let mut error = ring.none(Kind::Unauthorized, format!("`{}` has no keys", ring.cloud), HELP);
    let looked: Vec<&str> = metadata.looked.iter().map(String::as_str).chain([what]).collect();
    error.facts.push(("looked", looked.join("; ")));
    error
}

fn refused(ring: &KeyRing, answer: &Answer) -> Error {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words = json["Message"].as_str().or(json["Code"].as_str());
    let message = format!("`{}` has no keys: the metadata service refuses them", ring.cloud);
    ring.refused(kind_of(answer.status), message, answer, words, "check the role of the instance")
}
