//! The OpenStack face: four services under path prefixes of one address, each with a table of its routes.
//!
//! A request is matched to a row of [`SERVICES`] first ([`find`]), which gives the operation's name, and run after that
//! ([`run`]), so that a fault can strike by name in between. The handlers turn requests into calls of the world and its
//! refusals into the status, shape and words that OpenStack's own services give.

mod answer;
mod glance;
mod keystone;
mod neutron;
mod nova;
mod query;
mod schema;

pub(crate) use answer::Answer;
use answer::{json, time};

use hyper::HeaderMap;
use serde_json::Value;

use super::world::{Asker, Token, World};

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

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What a handler gives: an answer, or an answer that refuses.
type Outcome = Result<Answer, Answer>;
type Run = fn(&mut World, &Call<'_>) -> Outcome;

/// One row of a service's table.
pub(crate) struct Route {
    method: &'static str,
    /// Segments, with `{}` for one that varies.
    path: &'static str,
    pub(crate) operation: &'static str,
    run: Run,
    /// The microversions it exists in (nova's `2.x`).
    since: u16,
    until: u16,
    /// A POST that changes nothing.
    asks: bool,
    /// The rows that the body's one key chooses from.
    acts: &'static [Act],
}

/// An action: the key of the body, its operation, and what runs it.
pub(crate) struct Act {
    key: &'static str,
    operation: &'static str,
    run: Run,
    since: u16,
    until: u16,
    asks: bool,
}

const fn act(key: &'static str, operation: &'static str, run: Run) -> Act {
    Act { key, operation, run, since: 1, until: u16::MAX, asks: false }
}

const fn on(method: &'static str, path: &'static str, operation: &'static str, run: Run) -> Route {
    Route { method, path, operation, run, since: 1, until: u16::MAX, asks: false, acts: &[] }
}

impl Route {
    const fn between(self, since: u16, until: u16) -> Self {
        Self { since, until, ..self }
    }

    const fn asking(self) -> Self {
        Self { asks: true, ..self }
    }
}

impl Act {
    const fn between(self, since: u16, until: u16) -> Self {
        Self { since, until, ..self }
    }

    const fn asking(self) -> Self {
        Self { asks: true, ..self }
    }
}

/// A service: its prefix, its tables, what stands before every row, and its own shape of errors.
pub(crate) struct Service {
    prefix: &'static str,
    routes: &'static [&'static [Route]],
    /// Splits a path below the prefix into the part that the table knows and what came before it.
    cut: fn(&str) -> Cut,
    /// Checks that hold for every row: versions, tokens. May refuse.
    enter: fn(&World, &mut Call<'_>) -> Result<(), Answer>,
    unknown: fn(&Call<'_>) -> Answer,
    error: fn(u16, &str) -> Answer,
    /// Headers that every answer of the service carries.
    stamp: fn(&Call<'_>, &mut Answer),
}

/// A path below a service's prefix.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    /// Such as `/v2.1`, with the project where the path names it.
    before: String,
    project: Option<String>,
    rest: String,
}

static SERVICES: [&Service; 4] = [&keystone::SERVICE, &nova::SERVICE, &glance::SERVICE, &neutron::SERVICE];

/// A request and the row it was matched to.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    service: Option<&'static Service>,
    route: Option<&'static Route>,
    act: Option<&'static Act>,
    params: Vec<String>,
    cut: Cut,
    /// Nova's `2.x`.
    version: u16,
    token: Option<Token>,
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

    fn user(&self) -> &str {
        self.token.as_ref().map_or("", |token| token.user.as_str())
    }

    fn admin(&self) -> bool {
        self.token.as_ref().is_some_and(Token::is_admin)
    }

    fn asker(&self) -> Asker {
        Asker {
            request: self.request.id.clone(),
            user: self.user().to_owned(),
            project: self.project().to_owned(),
            admin: self.admin(),
        }
    }

    fn param(&self, at: usize) -> &str {
        self.params.get(at).map_or("", String::as_str)
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The address of the service, such as `http://127.0.0.1:4321/compute`.
    fn home(&self) -> String {
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

/// The names and values of a query string.
pub(crate) fn read_query(query: &str) -> Vec<(String, String)> {
    query::read(query)
}

/// A proxy's page.
pub(crate) fn page(status: u16, message: &str) -> Answer {
    answer::page(status, message)
}
