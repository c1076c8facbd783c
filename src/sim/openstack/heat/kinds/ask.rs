//! Calls of the other services, made inside.

use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::openstack::{Request, find, read_query, run};
use crate::world::stack::Site;
use crate::world::{Scope, Token, fresh_hex};

/// Why a service does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) message: String,
}

impl Refused {
    /// The error's class and sentence, as the service's own client tells it.
    pub(super) fn told(&self, request: &str) -> String {
        let class = match self.status {
            400 => "BadRequest",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            409 => "Conflict",
            413 | 429 => "OverLimit",
            _ => "ClientException",
        };
        format!("{class}: {} (HTTP {}) (Request-ID: {request})", self.message, self.status)
    }
}

/// The first `message` in an error body.
fn message(body: &Value) -> Option<String> {
    match body {
        Value::Object(map) => {
            let own = map.get("message").and_then(Value::as_str).map(str::to_owned);
            own.or_else(|| map.values().find_map(message))
        }
        _ => None,
    }
}

/// Asks a service in the name of who made the stack.
pub(super) fn ask(
    site: &mut Site<'_>,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Result<Value, Refused> {
    let world = &mut *site.world;
    let now = world.now();
    let roles = world.roles_in(&site.asker.user, &site.asker.project);
    let text = format!("stack-{}", fresh_hex());
    let token = Token {
        user: site.asker.user.clone(),
        scope: Scope::Project(site.asker.project.clone()),
        roles,
        methods: vec!["password".to_owned()],
        audit: Vec::new(),
        issued: now,
        expires: now + Duration::from_secs(3600),
        credential: None,
    };
    world.tokens.insert(text.clone(), token);
    let mut headers = HeaderMap::new();
    headers.insert("accept", HeaderValue::from_static("application/json"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert("x-auth-token", value);
    }
    let (path, raw_query) = path.split_once('?').unwrap_or((path, ""));
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: read_query(raw_query),
        raw_query: raw_query.to_owned(),
        headers,
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        base: String::new(),
        id: site.asker.request.clone(),
    };
    let mut call = find(&request);
    let answer = run(world, &mut call);
    world.tokens.remove(&text);
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status < 300 {
        return Ok(body);
    }
    let told = message(&body).unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
    Err(Refused { status: answer.status, message: told })
}

/// The id of what has this id or name in a list; the text itself where nothing has.
pub(super) fn named<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>, text: &str) -> String {
    let rows: Vec<_> = rows.collect();
    let found =
        rows.iter().find(|(id, _)| *id == text).or_else(|| rows.iter().find(|(_, name)| *name == text));
    found.map_or_else(|| text.to_owned(), |(id, _)| (*id).to_owned())
}
