//! Identity Center: the token that `aws sso login` left, and the keys of a role for it.
//!
//! A session's token lives for an hour and is renewed with what stands beside it, as the AWS CLI does it; the new one is kept in
//! the same file for whoever comes next.

use super::{KeyRing, MARGIN, kind_of, time};
use crate::cloud::{Error, Kind, Result};
use crate::provider::aws::service::Service;
use crate::wire::auth::source::Sso;
use crate::wire::{Credentials, Intent, Method, Request};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Where AWS serves Identity Center.
fn address(service: &str, sso: &Sso) -> Option<String> {
    Service::Other(service.to_string()).address(&sso.region, sso.hosts)
}

/// Ask the portal for the role's keys.
pub(super) async fn fetch(ring: &KeyRing, sso: &Sso) -> Result<Credentials> {
    let token = token(ring, sso).await?;
    let base = sso.endpoint.clone().or_else(|| address("portal.sso", sso)).unwrap_or_default();
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
            let expires = keys["expiration"]
                .as_u64()
                .and_then(|end| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(end)));
            Ok(Credentials::new(access, secret).session_token(keys["sessionToken"].as_str()).expires(expires))
        }
        _ => {
            let message = format!("`{}` has no keys: Identity Center gives JSON without them", ring.cloud);
            Err(ring.refused(Kind::Protocol, message, &answer, None, "check `sso_region`"))
        }
    }
}

/// The token of the login, which the AWS CLI keeps in a file named after the session, or the start URL.
async fn token(ring: &KeyRing, sso: &Sso) -> Result<String> {
    let key = sso.session.as_ref().unwrap_or(&sso.start_url);
    let name: String = Sha1::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
    let path = sso.cache.join(format!("{name}.json"));
    let wrong = |what: &str| -> Error {
        let message = format!("`{}` has no keys: {what}", ring.cloud);
        let error = ring.none(Kind::Unauthorized, message, format!("run `{}`", sso.login));
        error.fact("looked", path.display().to_string())
    };
    let text = std::fs::read(&path).map_err(|_| wrong("nobody is logged in to Identity Center"))?;
    let json: Value = serde_json::from_slice(&text).unwrap_or_default();
    let end = json["expiresAt"].as_str().and_then(time);
    let (Some(token), Some(end)) = (json["accessToken"].as_str(), end) else {
        return Err(wrong("the login to Identity Center cannot be read"));
    };
    let now = ring.wire.clock().now();
    if now.checked_add(MARGIN).is_some_and(|soon| end > soon) {
        return Ok(token.to_string());
    }
    match renew(ring, sso, &json, &path, now).await {
        Some(renewed) => Ok(renewed),
        None if end > now => Ok(token.to_string()),
        None => Err(wrong("the login to Identity Center has ended")),
    }
}

/// Another token for the one that ends, where the login can be renewed and is.
async fn renew(ring: &KeyRing, sso: &Sso, json: &Value, path: &Path, now: SystemTime) -> Option<String> {
    let text = |key: &str| json[key].as_str().filter(|text| !text.is_empty());
    let (id, secret, refresh) = (text("clientId")?, text("clientSecret")?, text("refreshToken")?);
    let registered = text("registrationExpiresAt").and_then(time).is_none_or(|end| end > now);
    if sso.session.is_none() || !registered {
        return None;
    }
    [secret, refresh].iter().for_each(|text| ring.wire.known().add(text));
    let base = sso.oidc.clone().or_else(|| address("oidc", sso)).unwrap_or_default();
    let asked = json!({ "grantType": "refresh_token", "clientId": id, "clientSecret": secret, "refreshToken": refresh });
    let request =
        Request::new("credentials.renew", Method::Post, format!("{}/token", base.trim_end_matches('/')))
            .intent(Intent::Login)
            .json(asked);
    let answer = ring.wire.send(&request).await.ok().filter(|answer| answer.status == 200)?;
    let given: Value = serde_json::from_slice(&answer.body).ok()?;
    let token = given["accessToken"].as_str()?;
    let end = now.checked_add(Duration::from_secs(given["expiresIn"].as_u64()?))?;
    let mut kept = json.clone();
    kept["accessToken"] = token.into();
    kept["expiresAt"] =
        jiff::Timestamp::try_from(end).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into();
    if let Some(refresh) = given["refreshToken"].as_str() {
        kept["refreshToken"] = refresh.into();
    }
    // Where it cannot be kept, the token is good for this run, and the next one asks again.
    let _ = keep(path, &kept.to_string());
    Some(token.to_string())
}

/// Put a new text in the place of a file at once, for its owner alone.
fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    let part = path.with_extension(format!("{}.part", uuid::Uuid::new_v4()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part)?.write_all(text.as_bytes())?;
    std::fs::rename(&part, path)
}
