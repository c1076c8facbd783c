//! Keystone v2.0: `POST /tokens`, tenants for projects, no domains. What clouds of the Compute book's time speak.

use super::credentials::{Auth, Scope, Settings};
use super::token::{Token, names, text};
use crate::cloud::{Secret, Time};
use crate::provider::openstack::catalog::Catalog;
use crate::wire::{Answer, Intent, Method, Request};
use serde_json::{Value, json};

/// The request for a token; `base` is Keystone's URL up to and with `/v2.0`. The text says what v2.0 has no word for.
pub fn request(base: &str, settings: &Settings) -> Result<Request, String> {
    let mut auth = match &settings.auth {
        Auth::Password { user, password } => {
            let (key, value) = match (&user.name, &user.id) {
                (Some(name), _) => ("username", name),
                (None, Some(id)) => ("userId", id),
                (None, None) => return Err("no user is named".to_string()),
            };
            json!({ "passwordCredentials": { key: value, "password": password.reveal() } })
        }
        Auth::Token(token) => json!({ "token": { "id": token.reveal() } }),
        Auth::ApplicationCredential { .. } => {
            return Err("Keystone v2.0 has no application credentials".to_string());
        }
        Auth::Fixed { .. } => return Err("there is no Keystone".to_string()),
    };
    match &settings.scope {
        Scope::Unscoped => {}
        Scope::Project(project) => match (&project.id, &project.name) {
            (Some(id), _) => auth["tenantId"] = id.as_str().into(),
            (None, Some(name)) => auth["tenantName"] = name.as_str().into(),
            (None, None) => {}
        },
        Scope::Trust(id) => auth["trust_id"] = id.as_str().into(),
        Scope::Domain(_) => return Err("Keystone v2.0 has no domains".to_string()),
        Scope::System => return Err("Keystone v2.0 has no system scope".to_string()),
    }
    Ok(Request::new("token.create", Method::Post, format!("{base}/tokens"))
        .json(json!({ "auth": auth }))
        .intent(Intent::Login))
}

/// The token in a 200; the text says what is missing.
pub fn token(answer: &Answer) -> Result<Token, String> {
    let body: Value =
        serde_json::from_slice(&answer.body).map_err(|error| format!("it is no JSON: {error}"))?;
    token_of(&body)
}

/// The token in an answer's body.
pub fn token_of(body: &Value) -> Result<Token, String> {
    // The first releases of Keystone called it `auth`, and listed the endpoints by the names of services.
    let access = body.get("access").or(body.get("auth")).ok_or("it has no `access`")?;
    let part = |name: &str| access.get(name).cloned().unwrap_or_default();
    let (token, user) = (part("token"), part("user"));
    let tenant = token.get("tenant").cloned().unwrap_or_default();
    let id = text(&token, "id").ok_or("it has no token id")?;
    Ok(Token {
        id: Some(Secret::new(id)),
        user: text(&user, "name").or_else(|| text(&user, "username")),
        user_id: text(&user, "id"),
        project: text(&tenant, "name"),
        project_id: text(&tenant, "id"),
        roles: names(&user.get("roles").cloned().unwrap_or_default()),
        expires: text(&token, "expires").and_then(|time| Time::parse(&time)),
        catalog: Catalog::v2(&part("serviceCatalog")),
    })
}
