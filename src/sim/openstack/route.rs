//! Routes and calls: a request, the row of a service's table that it fits, and what a handler may ask of both.

use hyper::HeaderMap;
use serde_json::Value;

use super::{Answer, SERVICES, answer, query};
use crate::world::{Asker, Token, World};

/// A request as it came over the wire.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Such as `http://127.0.0.1:4321`.
    pub(crate) base: String,
    /// Such as `req-…`.
    pub(crate) id: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a handler gives: an answer, or an answer that refuses.
pub(super) type Outcome = Result<Answer, Answer>;
pub(super) type Run = fn(&mut World, &Call<'_>) -> Outcome;

/// One row of a service's table.
pub(crate) struct Route {
    pub(super) method: &'static str,
    /// Segments, with `{}` for one that varies.
    pub(super) path: &'static str,
    pub(crate) operation: &'static str,
    pub(super) run: Run,
    /// The microversions it exists in (nova's `2.x`).
    pub(super) since: u16,
    pub(super) until: u16,
    /// A POST that changes nothing.
    pub(super) asks: bool,
    /// The rows that the body's one key chooses from.
    pub(super) acts: &'static [Act],
}

/// An action: the key of the body, its operation, and what runs it.
pub(crate) struct Act {
    pub(super) key: &'static str,
    pub(super) operation: &'static str,
    pub(super) run: Run,
    pub(super) since: u16,
    pub(super) until: u16,
    pub(super) asks: bool,
}

pub(super) const fn act(key: &'static str, operation: &'static str, run: Run) -> Act {
    Act { key, operation, run, since: 0, until: u16::MAX, asks: false }
}

pub(super) const fn on(method: &'static str, path: &'static str, operation: &'static str, run: Run) -> Route {
    Route { method, path, operation, run, since: 0, until: u16::MAX, asks: false, acts: &[] }
}

impl Route {
    pub(super) const fn between(self, since: u16, until: u16) -> Self {
        Self { since, until, ..self }
    }

    pub(super) const fn asking(self) -> Self {
        Self { asks: true, ..self }
    }
}

impl Act {
    pub(super) const fn between(self, since: u16, until: u16) -> Self {
        Self { since, until, ..self }
    }

    pub(super) const fn asking(self) -> Self {
        Self { asks: true, ..self }
    }
}

/// A service: its prefix, its tables, what stands before every row, and its own shape of errors.
pub(crate) struct Service {
    pub(super) prefix: &'static str,
    pub(super) routes: &'static [&'static [Route]],
    /// Splits a path below the prefix into the part that the table knows and what came before it.
    pub(super) cut: fn(&str) -> Cut,
    /// Checks that hold for every row: versions, tokens. May refuse.
    pub(super) enter: fn(&World, &mut Call<'_>) -> Result<(), Answer>,
    pub(super) unknown: fn(&Call<'_>) -> Answer,
    pub(super) error: fn(u16, &str) -> Answer,
    /// Headers that every answer of the service carries.
    pub(super) stamp: fn(&Call<'_>, &mut Answer),
}

/// A path below a service's prefix.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    /// Such as `/v2.1`, with the project where the path names it.
    pub(super) before: String,
    pub(super) project: Option<String>,
    pub(super) rest: String,
}

impl Cut {
    /// Splits `/v2.1/PROJECT/servers/ID` into what names the version and project and `+/servers/ID`.
    pub(super) fn versioned(path: &str, versions: &[&str]) -> Self {
        let path = path.trim_end_matches('/');
        let mut parts = path.trim_start_matches('/').splitn(2, '/');
        let (first, rest) = (parts.next().unwrap_or_default(), parts.next());
        if !versions.contains(&first) {
            return Self { rest: path.trim_start_matches('/').to_owned(), ..Self::default() };
        }
        let before = format!("/{first}");
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
            return Self { before, rest: first.to_owned(), project: None };
        };
        let (second, after) = rest.split_once('/').unwrap_or((rest, ""));
        let like_id = matches!(second.len(), 32 | 36)
            && second.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if like_id {
            let (before, rest) = (format!("{before}/{second}"), format!("+/{after}"));
            return Self { before, project: Some(second.to_owned()), rest };
        }
        Self { before, project: None, rest: format!("+/{rest}") }
    }
}

/// A request and the row it was matched to.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(super) service: Option<&'static Service>,
    pub(super) route: Option<&'static Route>,
    pub(super) act: Option<&'static Act>,
    pub(super) params: Vec<String>,
    pub(super) cut: Cut,
    /// Nova's `2.x`.
    pub(super) version: u16,
    pub(super) token: Option<Token>,
}

impl Call<'_> {
    /// The name of what is asked, as faults and the journal know it.
    pub(crate) fn operation(&self) -> &'static str {
        match (self.act, self.route) {
            (Some(act), _) => act.operation,
            (None, Some(route)) => route.operation,
            _ => "unknown",
        }
    }

    /// Whether it is meant to change the world. Signing in is not.
    pub(crate) fn writes(&self) -> bool {
        let asks = self.act.map_or_else(|| self.route.is_none_or(|route| route.asks), |act| act.asks);
        self.request.method != "GET" && self.request.method != "HEAD" && !asks
    }

    /// An error of the service's own shape.
    pub(crate) fn error(&self, code: u16, message: &str) -> Answer {
        let accept = self.request.header("accept").unwrap_or_default();
        let error = |service: &Service| (service.error)(code, message).shaped(accept);
        self.service.map_or_else(|| answer::page(code, message), error)
    }

    /// The project of the caller, or nothing.
    pub(crate) fn project(&self) -> &str {
        self.token.as_ref().map_or("", Token::project)
    }

    pub(super) fn user(&self) -> &str {
        self.token.as_ref().map_or("", |token| token.user.as_str())
    }

    pub(super) fn admin(&self) -> bool {
        self.token.as_ref().is_some_and(Token::is_admin)
    }

    pub(super) fn asker(&self) -> Asker {
        Asker {
            request: self.request.id.clone(),
            user: self.user().to_owned(),
            project: self.project().to_owned(),
            admin: self.admin(),
        }
    }

    pub(super) fn param(&self, at: usize) -> &str {
        self.params.get(at).map_or("", String::as_str)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The address of the service, such as `http://127.0.0.1:4321/compute`.
    pub(super) fn home(&self) -> String {
        format!("{}{}", self.request.base, self.service.map_or("", |service| service.prefix))
    }
}

/// The row of the tables that a request means.
pub(crate) fn find(request: &Request) -> Call<'_> {
    let mut call = Call {
        request,
        service: None,
        route: None,
        act: None,
        params: Vec::new(),
        cut: Cut::default(),
        version: 1,
        token: None,
    };
    let path = request.path.as_str();
    let below = |service: &&&Service| {
        path.strip_prefix(service.prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let Some(service) = SERVICES.iter().find(below) else { return call };
    call.service = Some(service);
    call.cut = (service.cut)(&path[service.prefix.len()..]);
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    for route in service.routes.iter().copied().flatten().filter(|route| route.method == method) {
        if let Some(params) = fit(route.path, &call.cut.rest) {
            call.route = Some(route);
            call.params = params;
            break;
        }
    }
    if let Some(route) = call.route.filter(|route| !route.acts.is_empty()) {
        let body = request.json();
        let key = body.as_ref().and_then(Value::as_object).filter(|body| body.len() == 1);
        let key = key.and_then(|body| body.keys().next());
        call.act = key.and_then(|key| route.acts.iter().find(|act| act.key == *key));
    }
    call
}

fn fit(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut params = Vec::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some("{}"), Some(segment)) if !segment.is_empty() => params.push(query::decode(segment, false)),
            (Some(name), Some(segment)) if name == segment => {}
            _ => return None,
        }
    }
}

/// Answers a request that was matched. The project of the caller, once known, is left in the call.
pub(crate) fn run(world: &mut World, call: &mut Call<'_>) -> Answer {
    let Some(service) = call.service else { return answer::page(404, "There is no such service here.") };
    let outcome = (service.enter)(world, call).and_then(|()| match (call.route, call.act) {
        (Some(route), act) => {
            let (since, until) = act.map_or((route.since, route.until), |act| (act.since, act.until));
            if !(since..=until).contains(&call.version) {
                return Err((service.error)(404, "The resource could not be found."));
            }
            (act.map_or(route.run, |act| act.run))(world, call)
        }
        (None, _) => Err((service.unknown)(call)),
    });
    let mut answer = outcome.unwrap_or_else(|refusal| refusal);
    (service.stamp)(call, &mut answer);
    answer.shaped(call.request.header("accept").unwrap_or_default())
}
