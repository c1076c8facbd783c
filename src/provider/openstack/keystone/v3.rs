//! Keystone v3: `POST /auth/tokens` (Identity API reference, "Authentication and token management").

use super::credentials::{Auth, Named, Scope, Settings};
use super::token::{Token, names, text};
use crate::cloud::{Secret, Time};
use crate::provider::openstack::catalog::Catalog;
use crate::wire::{Answer, Intent, Method, Request};
use serde_json::{Map, Value, json};

/// The request for a token; `base` is Keystone's URL up to and with `/v3`.
pub fn request(base: &str, settings: &Settings) -> Request {
    let (name, proof) = match &settings.auth {
        Auth::Password { user, password } => {
            let mut user = described(user);
            user.insert("password".to_string(), password.reveal().into());
            ("password", json!({ "user": user }))
        }
        Auth::Token(token) => ("token", json!({ "id": token.reveal() })),
        Auth::ApplicationCredential { credential, user, secret } => {
            let mut proof = Map::new();
            match &credential.id {
                Some(id) => {
                    proof.insert("id".to_string(), id.as_str().into());
                }
                None => {
                    proof.insert("name".to_string(), credential.shown().into());
                    proof.insert("user".to_string(), described(user).into());
                }
            }
            proof.insert("secret".to_string(), secret.reveal().into());
            ("application_credential", proof.into())
        }
        Auth::Fixed { token, .. } => {
            ("token", json!({ "id": token.as_ref().map(Secret::reveal).unwrap_or_default() }))
        }
    };
    let mut auth = json!({ "identity": { "methods": [name], name: proof } });
    let scope = match (&settings.auth, &settings.scope) {
        // An application credential has the scope it was made in; asking for one is refused.
        (Auth::ApplicationCredential { .. }, _) | (_, Scope::Unscoped) => None,
        (_, Scope::Project(project)) => Some(json!({ "project": described(project) })),
        (_, Scope::Domain(domain)) => {
            Some(json!({ "domain": domain_of(domain.id.as_ref(), domain.name.as_ref()) }))
        }
        (_, Scope::System) => Some(json!({ "system": { "all": true } })),
        (_, Scope::Trust(id)) => Some(json!({ "OS-TRUST:trust": { "id": id } })),
    };
    if let Some(scope) = scope {
        auth["scope"] = scope;
    }
    Request::new("token.create", Method::Post, format!("{base}/auth/tokens"))
        .json(json!({ "auth": auth }))
        .intent(Intent::Login)
}

/// By id alone, or by name and domain; the domain of the first installation where none is said.
fn described(named: &Named) -> Map<String, Value> {
    let mut map = Map::new();
    match (&named.id, &named.name) {
        (Some(id), _) => map.insert("id".to_string(), id.as_str().into()),
        (None, name) => {
            map.insert("name".to_string(), name.clone().into());
            map.insert(
                "domain".to_string(),
                domain_of(named.domain_id.as_ref(), named.domain_name.as_ref()).into(),
            )
        }
    };
    map
}

fn domain_of(id: Option<&String>, name: Option<&String>) -> Map<String, Value> {
    let (key, value) = match (id, name) {
        (Some(id), _) => ("id", id.as_str()),
        (None, Some(name)) => ("name", name.as_str()),
        (None, None) => ("id", "default"),
    };
    Map::from_iter([(key.to_string(), value.into())])
}

/// The token in a 200 or 201; the text says what is missing.
pub fn token(answer: &Answer) -> Result<Token, String> {
    let id = answer.header("x-subject-token").filter(|id| !id.is_empty());
    let id = id.ok_or("it has no X-Subject-Token header")?;
    let body: Value =
        serde_json::from_slice(&answer.body).map_err(|error| format!("it is no JSON: {error}"))?;
    token_of(id, &body)
}

/// The token of this id, in an answer's body.
pub fn token_of(id: &str, body: &Value) -> Result<Token, String> {
    let token = body.get("token").filter(|token| token.is_object()).ok_or("it has no `token`")?;
    let part = |name: &str| token.get(name).cloned().unwrap_or_default();
    Ok(Token {
        id: Some(Secret::new(id)),
        user: text(&part("user"), "name"),
        user_id: text(&part("user"), "id"),
        project: text(&part("project"), "name"),
        project_id: text(&part("project"), "id"),
        roles: names(&part("roles")),
        expires: text(token, "expires_at").and_then(|time| Time::parse(&time)),
        catalog: Catalog::v3(&part("catalog")),
    })
}
