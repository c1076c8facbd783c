//! Signing in with Keystone v3: passwords, tokens and application credentials, for a project, the domain, the system or
//! nothing; and the catalog that a scoped token carries.

use serde_json::{Value, json as v};

use super::{Answer, Call, Outcome, error, json, unauthorized};
use crate::openstack::time;
use crate::world::{Role, Scope, Token, World};

/// A service of the catalog.
pub(super) struct Entry {
    pub(super) id: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    /// `{}` is the project.
    pub(super) path: &'static str,
}

pub(super) const CATALOG: &[Entry] = &[
    Entry { id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0001", kind: "compute", name: "nova", path: "/compute/v2.1" },
    Entry { id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0002", kind: "image", name: "glance", path: "/image" },
    Entry {
        id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0003",
        kind: "identity",
        name: "keystone",
        path: "/identity/v3",
    },
    Entry { id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0004", kind: "network", name: "neutron", path: "/network" },
    Entry {
        id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0005",
        kind: "compute_legacy",
        name: "nova_legacy",
        path: "/compute/v2/{}",
    },
    Entry {
        id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0006",
        kind: "volumev3",
        name: "cinderv3",
        path: "/volume/v3/{}",
    },
    Entry {
        id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0007",
        kind: "orchestration",
        name: "heat",
        path: "/orchestration/v1/{}",
    },
    Entry { id: "5c0c4a3f1f0b4e0d8a0c2f6a6d1b0008", kind: "cloudformation", name: "heat-cfn", path: "/v1" },
];

pub(super) const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

pub(super) fn endpoint_id(entry: &Entry, interface: &str) -> String {
    let start = entry.id.len() - 4;
    let at = INTERFACES.iter().position(|name| *name == interface).unwrap_or_default();
    format!("{}e{at:03}{}", &entry.id[..start - 4], &entry.id[start..])
}

fn catalog(call: &Call<'_>, project: &str) -> Vec<Value> {
    let service = |entry: &Entry| {
        let url = format!("{}{}", call.request.base, entry.path.replace("{}", project));
        let endpoints = INTERFACES.map(|interface| {
            v!({"id": endpoint_id(entry, interface), "interface": interface, "region_id": "RegionOne", "url": url,
                "region": "RegionOne"})
        });
        v!({"endpoints": endpoints, "id": entry.id, "type": entry.kind, "name": entry.name})
    };
    CATALOG.iter().map(service).collect()
}

/// What a token is, as Keystone tells it.
fn token_value(world: &World, call: &Call<'_>, token: &Token) -> Value {
    let domain = || v!({"id": "default", "name": "Default"});
    let name = world.user(&token.user).map_or("", |user| user.name.as_str());
    let mut value = v!({
        "methods": token.methods,
        "user": {"domain": domain(), "id": token.user, "name": name, "password_expires_at": null},
        "audit_ids": token.audit,
        "expires_at": time::micro(token.expires),
        "issued_at": time::micro(token.issued),
    });
    match &token.scope {
        Scope::Unscoped => return value,
        Scope::Project(id) => {
            let name = world.project(id).map_or("", |project| project.name.as_str());
            value["project"] = v!({"domain": domain(), "id": id, "name": name});
            value["is_domain"] = false.into();
        }
        Scope::Domain => value["domain"] = domain(),
        Scope::System => value["system"] = v!({"all": true}),
    }
    value["roles"] = token.roles.iter().map(|role| v!({"id": role.id, "name": role.name})).collect();
    if call.query("nocatalog").is_none() {
        value["catalog"] = catalog(call, token.project()).into();
    }
    if let Some(credential) = token.credential.as_deref()
        && let Some(credential) = world.credentials.iter().find(|c| c.id == credential)
    {
        let restricted = !credential.unrestricted.unwrap_or_default();
        value["application_credential"] =
            v!({"id": credential.id, "name": credential.name, "restricted": restricted});
    }
    value
}

/// Whether a `domain` object, if there is one, is the only domain.
fn in_domain(holder: &Value) -> bool {
    let domain = &holder["domain"];
    domain.is_null() || domain["id"] == "default" || domain["name"] == "Default"
}

/// Whether something of this id and name is meant.
fn meant(asked: &Value, id: &str, name: &str) -> bool {
    match asked["id"].as_str() {
        Some(wanted) => wanted == id,
        None => asked["name"].as_str() == Some(name) && in_domain(asked) && !asked["domain"].is_null(),
    }
}

/// Who signed in, and how.
struct Known {
    user: String,
    from: Option<Token>,
    credential: Option<String>,
}

fn by_password(world: &World, asked: &Value) -> Option<Known> {
    let user = world.users.iter().find(|user| meant(asked, &user.id, &user.name))?;
    let right = asked["password"].as_str() == Some(user.password.as_str());
    right.then(|| Known { user: user.id.clone(), from: None, credential: None })
}

fn by_token(world: &World, asked: &Value) -> Option<Known> {
    let token = world.token(asked["id"].as_str()?)?;
    Some(Known { user: token.user.clone(), from: Some(token.clone()), credential: token.credential.clone() })
}

fn by_credential(world: &World, asked: &Value) -> Option<Known> {
    let credential = world.credentials.iter().find(|credential| match asked["id"].as_str() {
        Some(id) => credential.id == id,
        None => {
            let user = world.user(&credential.user);
            asked["name"].as_str() == Some(credential.name.as_str())
                && user.is_some_and(|user| meant(&asked["user"], &user.id, &user.name))
        }
    })?;
    let lasts = credential.expires.is_none_or(|expires| expires > world.now());
    let right = lasts && asked["secret"].as_str() == Some(credential.secret.as_str());
    right.then(|| Known {
        user: credential.user.clone(),
        from: None,
        credential: Some(credential.id.clone()),
    })
}

/// Scope and roles; nothing when the user has no role there.
fn scoped(world: &World, known: &Known, scope: &Value) -> Option<(Scope, Vec<Role>)> {
    if let Some(id) = &known.credential {
        let credential = world.credentials.iter().find(|credential| credential.id == *id)?;
        return Some((Scope::Project(credential.project.clone()), credential.roles.clone()));
    }
    let (scope, place) = if scope["project"].is_object() {
        let project = world.projects.iter().find(|p| meant(&scope["project"], &p.id, &p.name))?;
        (Scope::Project(project.id.clone()), project.id.clone())
    } else if scope["domain"].is_object() && in_domain(scope) {
        (Scope::Domain, "default".to_owned())
    } else if scope["system"]["all"] == true {
        (Scope::System, "system".to_owned())
    } else if scope.is_null() {
        return match &known.from {
            Some(token) => Some((token.scope.clone(), token.roles.clone())),
            None => Some((Scope::Unscoped, Vec::new())),
        };
    } else if scope == "unscoped" {
        return Some((Scope::Unscoped, Vec::new()));
    } else {
        return None;
    };
    let roles = world.roles_in(&known.user, &place);
    (!roles.is_empty()).then_some((scope, roles))
}

pub(super) fn issue(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = call.request.json().unwrap_or_default();
    let auth = &body["auth"];
    if !auth.is_object() {
        return Err(error(400, "'auth' is a required property"));
    }
    let identity = &auth["identity"];
    if !identity.is_object() {
        return Err(error(400, "'identity' is a required property"));
    }
    let Some(methods) = identity["methods"].as_array() else {
        return Err(error(400, "'methods' is a required property"));
    };
    let mut names: Vec<String> = methods.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
    let mut known: Option<Known> = None;
    for name in &names {
        known = match name.as_str() {
            "password" => by_password(world, &identity["password"]["user"]),
            "token" => by_token(world, &identity["token"]),
            "application_credential" => by_credential(world, &identity["application_credential"]),
            _ => None,
        };
        if known.is_none() {
            return Err(unauthorized(call));
        }
    }
    let Some(known) = known else { return Err(unauthorized(call)) };
    let Some((scope, roles)) = scoped(world, &known, &auth["scope"]) else { return Err(unauthorized(call)) };
    if let Some(from) = &known.from {
        names = from.methods.iter().cloned().chain(names).collect();
        names.dedup();
    }
    let (text, token) =
        world.issue(&known.user, scope, roles, names, known.from.as_ref(), known.credential.clone());
    let value = token_value(world, call, &token);
    Ok(json(201, &v!({"token": value})).with("X-Subject-Token", text))
}

fn subject<'a>(world: &World, call: &'a Call<'_>) -> Result<(&'a str, Token), Answer> {
    let text = call.request.header("x-subject-token").unwrap_or_default();
    let token = world.token(text).cloned();
    token.map(|token| (text, token)).ok_or_else(|| error(404, "Could not recognize Fernet token"))
}

pub(super) fn validate(world: &mut World, call: &Call<'_>) -> Outcome {
    let (text, token) = subject(world, call)?;
    if token.user != call.user() && !call.admin() {
        let what = "You are not authorized to perform the requested action: identity:validate_token.";
        return Err(error(403, what));
    }
    let answer = json(200, &v!({"token": token_value(world, call, &token)}));
    Ok(answer.with("X-Subject-Token", text))
}

pub(super) fn revoke(world: &mut World, call: &Call<'_>) -> Outcome {
    let (text, _) = subject(world, call)?;
    world.tokens.remove(text);
    Ok(Answer::empty(204))
}

pub(super) fn catalog_shown(_: &mut World, call: &Call<'_>) -> Outcome {
    let own = format!("{}/v3/auth/catalog", call.home());
    Ok(json(200, &v!({"catalog": catalog(call, call.project()), "links": {"self": own}})))
}
