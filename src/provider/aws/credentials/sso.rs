//! Identity Center: the token that `aws sso login` left, and the keys of a role for it.

use super::{KeyRing, kind_of, time};
use crate::cloud::{Error, Kind, Result};
use crate::provider::aws::service::Service;
use crate::wire::auth::source::Sso;
use crate::wire::{Credentials, Intent, Method, Request};
use serde_json::Value;
use sha1::{Digest, Sha1};
use std::time::{Duration, SystemTime};

/// Ask the portal for the role's keys.
pub(super) async fn fetch(ring: &KeyRing, sso: &Sso) -> Result<Credentials> {
    let token = token(ring, sso)?;
    let base =
        sso.endpoint.clone().unwrap_or_else(|| Service::Other("portal.sso".to_string()).address(&sso.region));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("role_name", &sso.role_name)
        .append_pair("account_id", &sso.account_id)
        .finish();
    let url = format!("{}/federation/credentials?{query}", base.trim_end_matches('/'));
    ring.wire.known().add(&token);
    let request = Request::new("credentials.sso", Method::Get, url)
        .intent(Intent::Login)
        .header("x-amz-sso_bearer_token", token);
    let help = format!("run `{}`, and check the region of the session", sso.login);
    let answer = ring.ask(&ring.wire, &request, "Identity Center", &help).await?;
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words = json["message"].as_str().or(json["Message"].as_str());
    match answer.status {
        200 => {}
        401 => {
            let message =
                format!("`{}` has no keys: Identity Center does not take the login any more", ring.cloud);
            return Err(ring.refused(
                Kind::Unauthorized,
                message,
                &answer,
                words,
                &format!("run `{}`", sso.login),
            ));
        }
        status => {
            let message = format!(
                "`{}` has no keys: Identity Center does not give the role `{}` of account {}",
                ring.cloud, sso.role_name, sso.account_id
            );
            let help = "check `sso_role_name` and `sso_account_id`, and that the role is yours";
            return Err(ring.refused(kind_of(status), message, &answer, words, help));
        }
    }
    let keys = &json["roleCredentials"];
    match (keys["accessKeyId"].as_str(), keys["secretAccessKey"].as_str()) {
        (Some(access), Some(secret)) => {
            // Milliseconds since 1970.
            let expires =
                keys["expiration"].as_u64().map(|end| SystemTime::UNIX_EPOCH + Duration::from_millis(end));
            Ok(Credentials::new(access, secret).session_token(keys["sessionToken"].as_str()).expires(expires))
        }
        _ => {
            let message = format!("`{}` has no keys: Identity Center gives JSON without them", ring.cloud);
            Err(ring.refused(Kind::Protocol, message, &answer, None, "check `sso_region`"))
        }
    }
}

/// The token of the login, which the AWS CLI keeps in a file named after the session, or the start URL.
fn token(ring: &KeyRing, sso: &Sso) -> Result<String> {
    let key = sso.session.as_ref().unwrap_or(&sso.start_url);
    let name: String = Sha1::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = sso.cache.join(format!("{name}.json"));
    let wrong = |what: &str| -> Error {
        let message = format!("`{}` has no keys: {what}", ring.cloud);
        ring.none(Kind::Unauthorized, message, format!("run `{}`", sso.login))
            .fact("looked", path.display().to_string())
    };
    let text = std::fs::read(&path).map_err(|_| wrong("nobody is logged in to Identity Center"))?;
    let json: Value = serde_json::from_slice(&text).unwrap_or_default();
    let (Some(token), Some(end)) = (json["accessToken"].as_str(), json["expiresAt"].as_str().and_then(time))
    else {
        return Err(wrong("the login to Identity Center cannot be read"));
    };
    if end <= ring.wire.clock().now() {
        return Err(wrong("the login to Identity Center has ended"));
    }
    Ok(token.to_string())
}
