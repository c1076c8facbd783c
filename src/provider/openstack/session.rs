//! A session with one OpenStack cloud: the token, the endpoints, the microversions, and every call's way out.
//!
//! One token a run: the first call asks for it while the others wait, and a 401 in the middle of a run has it asked for once
//! more. What an answer's status means is the driver's to say; here only a login, an endpoint or the network can go wrong.

pub use super::keystone::{Auth, Interface, Named, Scope, ServiceSettings, Settings};
pub use super::service::{Range, Service, Version};

use super::discovery;
use super::endpoint::document;
use super::keystone::{Token, v2, v3};
use super::login_cache::{Cached, LoginCache};
use crate::cloud::call_scope;
use crate::cloud::error::RequestLine;
use crate::cloud::{Error, Identity, Kind, Result};
use crate::provider::request_line;
use crate::wire::{self, Answer, Body, Intent, Method, Receiver, Request, Wire};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, RwLock};

/// One call of a service, below its versioned endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The operation's name for traces and faults: `server.create`.
    pub operation: &'static str,
    /// The service.
    pub service: Service,
    /// The method.
    pub method: Method,
    /// The path: `/servers/detail`.
    pub path: String,
    /// The query, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// The microversion to ask for; none is sent where `None`.
    pub microversion: Option<Version>,
    /// What it means to do; by the method where `None`.
    pub intent: Option<Intent>,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// Where the body of a good answer goes, in place of the answer.
    pub receiver: Option<Receiver>,
}

impl Call {
    /// A call without query, body, microversion or headers.
    pub fn new(operation: &'static str, service: Service, method: Method, path: impl Into<String>) -> Call {
        Call {
            operation,
            service,
            method,
            path: path.into(),
            query: Vec::new(),
            body: Body::Empty,
            microversion: None,
            intent: None,
            headers: Vec::new(),
            receiver: None,
        }
    }

    /// What it means to do: as it says, or by its method.
    pub fn meant(&self) -> Intent {
        self.intent.unwrap_or(Intent::of(self.method))
    }
}

/// A session; cheap to clone, and all clones are one.
#[derive(Clone)]
pub struct Session(pub(super) Arc<Inner>);

pub(super) struct Inner {
    name: Arc<str>,
    pub(super) settings: Settings,
    pub(super) wire: Wire,
    token: RwLock<Option<Arc<Token>>>,
    /// Held while a token is asked for; keeps a refusal, so that a bad password is sent once and locks nobody out.
    login: tokio::sync::Mutex<Option<Error>>,
    pub(super) keystone: Mutex<Option<(String, u8)>>,
    pub(super) endpoints: Mutex<HashMap<Service, String>>,
    pub(super) ranges: tokio::sync::Mutex<HashMap<Service, Range>>,
    pub(super) cached: Option<Cached>,
}

impl Session {
    /// Nothing is sent until the first call, and no login outlives the run.
    pub fn new(name: Arc<str>, settings: Settings, wire: Wire) -> Session {
        Session::keeping(name, settings, wire, None)
    }

    /// The same, with a login that is kept for the next run.
    pub fn keeping(
        name: Arc<str>,
        settings: Settings,
        wire: Wire,
        cache: Option<Arc<dyn LoginCache>>,
    ) -> Session {
        let (secret, shown) = match &settings.auth {
            Auth::Password { user, password } => (Some(password), user.shown()),
            Auth::Token(token) => (Some(token), ""),
            Auth::ApplicationCredential { credential, secret, .. } => (Some(secret), credential.shown()),
            Auth::Fixed { token, .. } => (token.as_ref(), ""),
        };
        // A password that is the user's name would mask the name in every line.
        if let Some(secret) = secret.filter(|secret| secret.reveal() != shown && !settings.public) {
            wire.known().add(secret.reveal());
        }
        let hosts = wire.hosts();
        hosts.allow(&settings.auth_url);
        if let Auth::Fixed { endpoint: Some(endpoint), .. } = &settings.auth {
            hosts.allow(endpoint);
        }
        settings.services.values().flat_map(|service| &service.endpoint).for_each(|url| hosts.allow(url));
        let cached = cache.and_then(|cache| Cached::of(&settings, cache));
        Session(Arc::new(Inner {
            cached,
            name,
            settings,
            wire,
            token: RwLock::default(),
            login: tokio::sync::Mutex::default(),
            keystone: Mutex::default(),
            endpoints: Mutex::default(),
            ranges: tokio::sync::Mutex::default(),
        }))
    }

    /// The cloud's name.
    pub fn name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// The region: the configured one, or after the login the only one there is.
    pub fn region(&self) -> Option<String> {
        self.0.settings.region.clone().or_else(|| self.current()?.catalog.region())
    }

    /// The way out.
    pub fn wire(&self) -> &Wire {
        &self.0.wire
    }

    /// The project's id, after the login.
    pub fn project_id(&self) -> Option<String> {
        self.current()?.project_id.clone()
    }

    /// The user's id, after the login.
    pub fn user_id(&self) -> Option<String> {
        self.current()?.user_id.clone()
    }

    /// A text with the session's secrets hidden, for whatever quotes the cloud.
    pub fn hide(&self, text: &str) -> String {
        self.0.wire.known().hide(&wire::mask::text(text))
    }

    /// Log in, unless that was done.
    pub async fn login(&self) -> Result<()> {
        self.token(None).await.map(drop)
    }

    /// Who the session is.
    pub async fn identity(&self) -> Result<Identity> {
        let token = self.token(None).await?;
        Ok(Identity {
            user: token.user.clone().or_else(|| token.user_id.clone()),
            project: token.project.clone().or_else(|| token.project_id.clone()),
            roles: token.roles.clone(),
            expires: token.expires,
        })
    }

    /// Service type to endpoint URL, for the session's region and interface; overrides win.
    pub async fn catalog(&self) -> Result<BTreeMap<String, String>> {
        let token = self.token(None).await?;
        let mut urls = token.catalog.urls(self.0.settings.region.as_deref(), self.interfaces(None));
        for (key, service) in &self.0.settings.services {
            if let Some(endpoint) = &service.endpoint {
                let service = Service::named(key);
                let kind = service.kinds().into_iter().find(|kind| urls.contains_key(*kind)).unwrap_or(key);
                urls.insert(kind.to_string(), endpoint.clone());
            }
        }
        Ok(urls)
    }

    /// The full URL of a path below a service's versioned endpoint.
    pub async fn url(&self, service: &Service, path: &str, query: &[(String, String)]) -> Result<String> {
        let token = self.token(None).await?;
        let base = self.endpoint(&token, service).await?;
        let path = path.trim_start_matches('/');
        let mut url = format!("{base}{}{path}", if path.is_empty() { "" } else { "/" });
        if !query.is_empty() {
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&query);
        }
        Ok(url)
    }

    /// Send a call and give the answer whatever its status. On a 401 a new token is asked for, once for all calls that met it,
    /// and the call goes out again: a 401 did nothing.
    pub async fn send(&self, call: &Call) -> Result<Answer> {
        let mut request = Request::new(
            call.operation,
            call.method,
            self.url(&call.service, &call.path, &call.query).await?,
        );
        request.headers = call.headers.clone();
        request.body = call.body.clone();
        request.intent = call.meant();
        request.receiver = call.receiver.clone();
        if let Some(version) = call.microversion {
            let name = call.service.header_name();
            request = request.header("OpenStack-API-Version", format!("{name} {version}"));
            if call.service == Service::Compute {
                // The name from before microversions were a thing of all services.
                request = request.header("X-OpenStack-Nova-API-Version", version.to_string());
            }
        }
        let answer = self.send_with_token(&request, &call.service).await?;
        if answer.status == 404 && call.operation.ends_with(".list") {
            // No list is missing where its service is: a catalog that was kept may have moved.
            self.forget_login();
        }
        Ok(answer)
    }

    async fn send_with_token(&self, request: &Request, service: &Service) -> Result<Answer> {
        let token = self.token(None).await?;
        let answer = self.ask(request, service, &token).await?;
        let answer = match answer.status {
            401 if !matches!(self.0.settings.auth, Auth::Fixed { .. }) => {
                let token = self.token(Some(&token)).await?;
                self.ask(request, service, &token).await?
            }
            _ => answer,
        };
        if matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            let target = wire::mask::url(answer.header("location").unwrap_or("elsewhere"));
            let help = "set the endpoint to the address it names; what changes something is not sent on";
            let message = format!("{} redirects `{}` to {target}", self.name(), request.operation);
            return Err(self.answered(Kind::Protocol, message, &answer, service).help(help));
        }
        Ok(answer)
    }

    pub(super) async fn ask(&self, request: &Request, service: &Service, token: &Token) -> Result<Answer> {
        let mut request = request.clone();
        if let Some(id) = &token.id {
            request = request.header("X-Auth-Token", id.reveal());
        }
        self.0.wire.send(&request).await.map_err(|error| {
            // A catalog may have moved since it was kept.
            self.forget_login();
            self.lost(&error, service)
        })
    }

    /// The microversions of a service, asked for once a run.
    pub async fn microversions(&self, service: &Service) -> Result<Range> {
        let token = self.token(None).await?;
        let endpoint = self.endpoint(&token, service).await?;
        let mut ranges = self.0.ranges.lock().await;
        let known = match ranges.get(service) {
            Some(known) => *known,
            None => {
                let cut = discovery::cut(&endpoint);
                let root = cut.version.map_or(String::new(), |version| format!("{version}/"));
                let url = format!("{}/{root}", cut.before);
                let request = Request::new("version.show", Method::Get, url);
                let read = format!("{}/discovery", self.name());
                let answer = call_scope::report(&read, self.ask(&request, service, &token)).await?;
                if answer.status >= 500 {
                    let message = format!("{} does not say which versions of {service} it has", self.name());
                    return Err(self.answered(Kind::Unavailable, message, &answer, service));
                }
                let offered = document(&answer);
                let own = offered.iter().find(|offered| Some(offered.path.as_str()) == cut.version);
                let found = own.or(offered.first()).map(discovery::Offered::range).unwrap_or_default();
                ranges.insert(service.clone(), found);
                self.keep_discovery(service, &endpoint, Some(found));
                found
            }
        };
        let wanted = self.0.settings.services.get(service.key()).and_then(|service| service.microversion);
        let default = wanted.and_then(|wanted| Some(if wanted.1 == u16::MAX { known.max? } else { wanted }));
        Ok(Range { default: default.filter(|_| known.max.is_some()), ..known })
    }

    /// Whether the user configured a microversion of this service.
    pub(super) fn wants_version(&self, service: &Service) -> bool {
        self.0.settings.services.get(service.key()).is_some_and(|service| service.microversion.is_some())
    }

    /// How an answered exchange reads in a report.
    pub fn request_line(answer: &Answer) -> RequestLine {
        request_line::answered(answer, request_line::path_of(&answer.url))
    }

    /// Its settings.
    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.0.token.read().ok()?.clone()
    }

    /// The run's token; another one than `stale`.
    async fn token(&self, stale: Option<&Arc<Token>>) -> Result<Arc<Token>> {
        let fresh = || self.current().filter(|token| stale.is_none_or(|stale| !Arc::ptr_eq(stale, token)));
        if let Some(token) = fresh() {
            return Ok(token);
        }
        let mut refused = self.0.login.lock().await;
        if let Some(token) = fresh() {
            return Ok(token);
        }
        if let Some(refused) = &*refused {
            return Err(refused.clone());
        }
        let read = format!("{}/auth", self.name());
        let asked = async {
            match self.kept_login(stale.map(Arc::as_ref)).await {
                Some(kept) => Ok(kept),
                None => self.authenticate().await,
            }
        };
        match call_scope::report(&read, asked).await {
            Ok(token) => {
                if let Some(id) = &token.id {
                    self.0.wire.known().add(id.reveal());
                }
                // The cloud's own word for where its services are.
                let endpoints = token.catalog.0.iter().flat_map(|entry| &entry.endpoints);
                endpoints.for_each(|endpoint| self.0.wire.hosts().allow(&endpoint.url));
                let token = Arc::new(token);
                if let Ok(mut current) = self.0.token.write() {
                    *current = Some(token.clone());
                }
                Ok(token)
            }
            Err(error) => {
                self.refuse_login(error.kind);
                if error.kind == Kind::Unauthorized {
                    *refused = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    /// Ask Keystone for a token.
    async fn authenticate(&self) -> Result<Token> {
        if let Auth::Fixed { token, .. } = &self.0.settings.auth {
            return Ok(Token::fixed(token.clone()));
        }
        let (base, version) = self.keystone().await?;
        let settings = &self.0.settings;
        let request = match version {
            2 => v2::request(&base, settings).map_err(|why| {
                self.error(Kind::InvalidArgument, format!("{} cannot be logged in to: {why}", self.name()))
                    .help(format!("set `auth_url` in {} to a Keystone v3", settings.found))
            })?,
            _ => v3::request(&base, settings),
        };
        let sent = self.0.wire.send(&request).await;
        let answer = sent.map_err(|error| {
            let mut lost = self.lost(&error, &Service::Identity);
            // A login that is lost has changed nothing.
            lost.maybe = false;
            lost
        })?;
        if !matches!(answer.status, 200 | 201 | 203) {
            return Err(self.refused(&base, &answer));
        }
        let token = if version == 2 { v2::token(&answer) } else { v3::token(&answer) };
        let token = token.map_err(|why| {
            let message = format!("the token that {} gave cannot be read: {why}", self.name());
            self.answered(Kind::Protocol, message, &answer, &Service::Identity)
                .help(format!("check that `auth_url` in {} is Keystone's", settings.found))
        })?;
        self.keep_login((base, version), &answer);
        Ok(token)
    }

    /// Keystone's URL with its version, and the version.
    pub(super) async fn keystone(&self) -> Result<(String, u8)> {
        if let Ok(known) = self.0.keystone.lock()
            && let Some(known) = &*known
        {
            return Ok(known.clone());
        }
        let settings = &self.0.settings;
        let url = settings.auth_url.trim().trim_end_matches('/').trim_end_matches("/auth/tokens");
        let url = url.strip_suffix("/tokens").unwrap_or(url);
        let cut = discovery::cut(url);
        let known = match cut.version {
            Some(version) => {
                (format!("{}/{version}", cut.before), if version.starts_with("v2") { 2 } else { 3 })
            }
            None => {
                let request = Request::new("version.list", Method::Get, format!("{}/", cut.before));
                let asked = async {
                    let sent = self.0.wire.send(&request).await;
                    sent.map_err(|error| self.lost(&error, &Service::Identity))
                };
                let answer = call_scope::report(&format!("{}/discovery", self.name()), asked).await?;
                let offered = document(&answer);
                let wanted = settings.identity_version;
                let v3 = discovery::best(&offered, 3).filter(|_| wanted != Some(2));
                let v2 = discovery::best(&offered, 2).filter(|_| wanted != Some(3));
                match (v3, v2) {
                    (Some(v3), _) => (format!("{}/{}", cut.before, v3.path), 3),
                    (None, Some(v2)) => (format!("{}/{}", cut.before, v2.path), 2),
                    (None, None) if offered.is_empty() && answer.status < 500 => {
                        let version = wanted.unwrap_or(3);
                        (format!("{}/{}", cut.before, if version == 2 { "v2.0" } else { "v3" }), version)
                    }
                    (None, None) => return Err(self.refused(cut.before, &answer)),
                }
            }
        };
        if let Ok(mut keep) = self.0.keystone.lock() {
            *keep = Some(known.clone());
        }
        Ok(known)
    }
}
