//! A session with one CloudStack cloud: its address, its keys or its login, and every call's way out.
//!
//! With keys each attempt is signed anew by [`crate::wire`]; with a password [`super::login`] says what goes along, and a login that
//! has ended is made anew once: a refused call has done nothing. What an answer's status means is [`super::fault`]'s to say.

use super::call::{Call, LONGEST_QUERY};
use super::login::{Login, Password};
use super::{commands, decode, fault};
use crate::cloud::{Error, Kind, Result};
use crate::provider::lost::{self, Place};
use crate::provider::request_line;
use crate::provider::words::code;
use crate::wire::{self, Answer, Body, Credentials, ErrorKind, Intent, Method, Request, Sent, Signer, Wire};
use serde_json::Value as Json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How the session proves who it is.
#[derive(Debug, Clone)]
pub enum Auth {
    /// An API key and its secret.
    Keys(Credentials),
    /// A name, a password and a domain.
    Password(Password),
}

/// What a session is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the cloud was found, for messages: file and line, or the environment.
    pub found: String,
    /// The API's URL: `https://cloud.example/client/api`.
    pub endpoint: String,
    /// Who asks.
    pub auth: Auth,
    /// The project that everything is about, by id or name; `None` is what is ours outside projects.
    pub project: Option<String>,
    /// The zone of what is made where none is named, by id or name.
    pub zone: Option<String>,
    /// How long a signed request is good for.
    pub lifetime: Duration,
    /// Headers that go with every request.
    pub headers: Vec<(String, String)>,
}

/// A session; cheap to clone, and all clones are one.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    name: Arc<str>,
    settings: Settings,
    wire: Wire,
    login: Login,
    /// The id of the session's project, once it is known.
    project: tokio::sync::OnceCell<Option<String>>,
    /// Whether the cloud has taken a call.
    taken: AtomicBool,
}

impl Session {
    /// Nothing is sent until the first call.
    pub fn new(name: Arc<str>, settings: Settings, wire: Wire) -> Session {
        wire.hosts().allow(&settings.endpoint);
        if let Auth::Password(password) = &settings.auth {
            wire.known().add(password.password.reveal());
        }
        Session(Arc::new(Inner {
            name,
            settings,
            wire,
            login: Login::default(),
            project: tokio::sync::OnceCell::new(),
            taken: AtomicBool::new(false),
        }))
    }

    /// The cloud's name.
    pub fn name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// What it is made of.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where the cloud was found.
    pub fn found(&self) -> &str {
        &self.0.settings.found
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.0.wire
    }

    pub(super) fn project_cell(&self) -> &tokio::sync::OnceCell<Option<String>> {
        &self.0.project
    }

    pub(super) fn login_state(&self) -> &Login {
        &self.0.login
    }

    /// Whether the cloud has taken a call of this session.
    pub(super) fn was_taken(&self) -> bool {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// A text with the session's secrets hidden, for whatever quotes the cloud.
    pub fn hide(&self, text: &str) -> String {
        self.0.wire.known().hide(&wire::mask::text(text))
    }

    /// From now on a secret of this run.
    pub fn mask_secret(&self, secret: &str) {
        self.0.wire.known().add(secret);
    }

    /// Send a call and read its answer: what stands under its only key.
    pub async fn ask(&self, call: &Call) -> Result<Json> {
        self.ask_counting(call).await.1
    }

    /// The same, and at which attempt the answer came.
    pub async fn ask_counting(&self, call: &Call) -> (u32, Result<Json>) {
        let call = match self.in_project(call).await {
            Ok(call) => call,
            Err(error) => return (0, Err(error)),
        };
        match self.send(&call).await {
            Ok(answer) => (answer.attempts, self.read(&call, &answer)),
            Err(error) => (0, Err(error)),
        }
    }

    pub(super) fn read(&self, call: &Call, answer: &Answer) -> Result<Json> {
        if !answer.is_success() {
            return Err(fault::refusal(self, call, answer));
        }
        let body =
            decode::unwrapped(&answer.body).map_err(|why| fault::nonsense(self, call, answer, &why))?;
        // Very old releases refuse with a status that says that all is well.
        if body.get("errorcode").is_some() && body.get("errortext").is_some() {
            return Err(fault::refusal(self, call, answer));
        }
        self.0.taken.store(true, Ordering::Relaxed);
        match decode::truth(&body, "success") {
            Some(false) => Err(fault::undone(self, call, answer, &body)),
            _ => Ok(body),
        }
    }

    /// A call of the session's project, where it is one that knows projects.
    async fn in_project<'a>(&self, call: &'a Call) -> Result<std::borrow::Cow<'a, Call>> {
        let takes = || commands::named(&call.command).is_some_and(|command| command.takes("projectid"));
        if self.0.settings.project.is_none() {
            return Ok(std::borrow::Cow::Borrowed(call));
        }
        if !call.of_project || call.get("projectid").is_some() || call.get("account").is_some() || !takes() {
            return Ok(std::borrow::Cow::Borrowed(call));
        }
        let id = self.project().await?;
        Ok(std::borrow::Cow::Owned(call.clone().with("projectid", id.as_deref())))
    }

    /// Send a call and give the answer whatever its status; a login that has ended is made anew once.
    pub async fn send(&self, call: &Call) -> Result<Answer> {
        let request = match &self.0.settings.auth {
            Auth::Keys(keys) => {
                let signer = Signer::cloudstack(keys.clone(), self.0.settings.lifetime);
                self.request(call, call.pairs()).signed(signer)
            }
            Auth::Password(password) => {
                let held = self.logged_in(password, None).await?;
                let answer = self.send_request(call, &held.prove(self, call)).await?;
                if answer.status != 401 {
                    return Ok(answer);
                }
                // The refused call has ended the login, and has done nothing else.
                let held = self.logged_in(password, Some(&held)).await?;
                held.prove(self, call)
            }
        };
        self.send_request(call, &request).await
    }

    async fn send_request(&self, call: &Call, request: &Request) -> Result<Answer> {
        self.0.wire.send(request).await.map_err(|error| self.lost(call, &error))
    }

    /// What is sent for a call: short reads in the query, all else in a form.
    pub(super) fn request(&self, call: &Call, pairs: Vec<(String, String)>) -> Request {
        let endpoint = &self.0.settings.endpoint;
        let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let short = call.intent == Intent::Read && length <= LONGEST_QUERY;
        let mut request = match short {
            true => {
                let query = wire::auth::cloudstack::written(&pairs);
                let joint = if endpoint.contains('?') { '&' } else { '?' };
                Request::new(call.operation, Method::Get, format!("{endpoint}{joint}{query}"))
            }
            false => Request::new(call.operation, Method::Post, endpoint.clone()),
        };
        request = request.intent(call.intent).header("Accept", "application/json");
        for (name, value) in &self.0.settings.headers {
            request = request.header(name, value.clone());
        }
        if !short {
            request.body = Body::Form(pairs);
        }
        request
    }

    /// The request line's path of a call: the command says more than the address.
    pub(super) fn path(&self, call: &Call) -> String {
        let endpoint = request_line::path_of(&self.0.settings.endpoint);
        format!("{} {}", endpoint.split('?').next().unwrap_or_default(), call.command)
    }

    /// An error of this session.
    pub fn error(&self, kind: Kind, message: impl Into<String>) -> Error {
        self.own(Error::new(kind, self.hide(&message.into())).coded(code(kind)))
    }

    /// An error with whose it is.
    pub fn own(&self, mut error: Error) -> Error {
        error.cloud = Some(self.name().to_string());
        error.provider = Some("cloudstack");
        error
    }

    /// What became of a request that was not answered.
    pub(super) fn lost(&self, call: &Call, error: &wire::Error) -> Error {
        // The overlay of a dry run goes on from here.
        if error.kind == ErrorKind::Pretended {
            return self.error(Kind::Denied, error.detail.clone()).kept();
        }
        let found = self.found();
        let place = Place {
            cloud: self.name(),
            named: format!("the endpoint in {found}"),
            trust: format!("set `cacert` in {found} to the authority's PEM file"),
        };
        let (kind, message, help) = lost::told(error, &place);
        let mut lost = self.error(kind, message).help(help);
        lost.maybe = error.sent != Sent::No && call.intent.writes();
        if lost.maybe && call.intent == Intent::Once {
            lost.help = Some(fault::LOOK_FIRST.to_string());
        }
        let mut line = request_line::lost(error, self.path(call));
        line.outcome = self.hide(&line.outcome);
        lost.request = Some(line);
        lost
    }
}
