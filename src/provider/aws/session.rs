//! A session with one AWS cloud: its endpoints, its keys, and every call's way out.
//!
//! Keys are fetched when the first call needs them and once more when the cloud says that they have expired. Each attempt is
//! signed anew by [`crate::wire`]. What an answer's status means is the driver's to say.

use super::call::Call;
use super::credentials::KeyRing;
use super::decode;
use super::fault;
use super::partition;
use super::service::Service;
use crate::cloud::{Error, Kind, Result};
use crate::provider::lost::{self, Place};
use crate::provider::request_line;
use crate::provider::words::code;
use crate::wire::auth::Version;
use crate::wire::auth::source::Hosts;
use crate::wire::{
    self, Answer, Body, Credentials, ErrorKind, Intent, Method, Request, Sent, Signer, Wire, xml,
};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a session is made of.
pub struct Settings {
    /// Where the cloud was found, for messages: file and line, or the environment.
    pub found: String,
    /// The region.
    pub region: String,
    /// Service name to URL, where it is not AWS's own.
    pub endpoints: BTreeMap<String, String>,
    /// The URL of every other service.
    pub any: Option<String>,
    /// Whether a service that neither names is AWS's own; a private cloud's keys are not sent there.
    pub amazon: bool,
    /// Which of AWS's own hosts.
    pub hosts: Hosts,
    /// How requests are signed.
    pub signature: Version,
    /// The keys.
    pub keys: KeyRing,
}

/// A session; cheap to clone, and all clones are one.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    name: Arc<str>,
    settings: Settings,
    wire: Wire,
    /// Whether the keys were taken once.
    taken: AtomicBool,
}

impl Session {
    /// Nothing is sent until the first call.
    pub fn new(name: Arc<str>, settings: Settings, wire: Wire) -> Session {
        let hosts = wire.hosts();
        settings.endpoints.values().chain(&settings.any).for_each(|url| hosts.allow(url));
        if settings.amazon {
            super::service::DOMAINS.iter().for_each(|domain| hosts.allow_domain(domain));
        }
        Session(Arc::new(Inner { name, settings, wire, taken: AtomicBool::new(false) }))
    }

    /// The cloud's name.
    pub fn name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.0.settings.region
    }

    /// Where the cloud was found.
    pub fn found(&self) -> &str {
        &self.0.settings.found
    }

    /// Where a service is; `None` where a private cloud names none.
    pub fn endpoint(&self, service: &Service) -> Option<String> {
        let settings = &self.0.settings;
        let own = settings.endpoints.get(service.name()).or(settings.any.as_ref()).cloned();
        let own = own.map(|mut url| {
            // As Heat's catalog has it; Heat itself answers behind the slash alone.
            if *service == Service::CloudFormation && url.ends_with("/v1") {
                url.push('/');
            }
            url
        });
        own.or_else(|| settings.amazon.then(|| service.address(&settings.region, settings.hosts)).flatten())
    }

    /// A text with the session's secrets hidden, for whatever quotes the cloud.
    pub fn hide(&self, text: &str) -> String {
        self.0.wire.known().hide(&wire::mask::text(text))
    }

    /// From now on a secret of this run.
    pub fn mask_secret(&self, secret: &str) {
        self.0.wire.known().add(secret);
    }

    /// The keys, or why there are none.
    pub async fn keys(&self) -> Result<Credentials> {
        self.0.settings.keys.keys().await.map_err(|error| self.own(error))
    }

    /// Send a call and read its answer.
    pub async fn ask(&self, call: &Call) -> Result<Json> {
        self.ask_counting(call).await.1
    }

    /// The same, and at which attempt the answer came.
    pub async fn ask_counting(&self, call: &Call) -> (u32, Result<Json>) {
        match self.send(call).await {
            Ok(answer) => (answer.attempts, self.read(call, &answer).await),
            Err(error) => (0, Err(error)),
        }
    }

    async fn read(&self, call: &Call, answer: &Answer) -> Result<Json> {
        if !answer.is_success() {
            return Err(self.refused(fault::refusal(self, call, answer)).await);
        }
        self.0.taken.store(true, Ordering::Relaxed);
        match xml::parse(&answer.body) {
            // A page for a browser may be well-formed, too.
            // Some servers refuse with a status that says that all is well.
            Ok(root) if root.name == "ErrorResponse" || root.child("Errors").is_some() => {
                Err(self.refused(fault::refusal(self, call, answer)).await)
            }
            Ok(root) if !decode::is_answer_to(&root.name, &call.action) => {
                let what = format!("it is `{}`, not `{}Response`", root.name, call.action);
                Err(fault::nonsense(self, call, answer, &what))
            }
            Ok(root) => {
                let body = decode::answer(&root);
                match body.get("return") == Some(&Json::Bool(false)) {
                    true => {
                        Err(self.error(Kind::Failed, format!("{} did not do `{}`", self.name(), call.action)))
                    }
                    false => Ok(body),
                }
            }
            Err(why) => Err(fault::nonsense(self, call, answer, &why)),
        }
    }

    /// A refusal of the first call of all is one of the login, of which there is no other sign.
    async fn refused(&self, mut error: Error) -> Error {
        match error.kind {
            Kind::Unauthorized if !self.0.taken.load(Ordering::Relaxed) => {
                if let Ok(keys) = self.keys().await {
                    error.message = format!("{} refuses the access key `{}`", self.name(), keys.access_key);
                }
                error.coded("config::credentials")
            }
            Kind::Unauthorized | Kind::Unavailable | Kind::RateLimited => error,
            _ => {
                self.0.taken.store(true, Ordering::Relaxed);
                error
            }
        }
    }

    /// Send a call and give the answer whatever its status; with other keys once, where the cloud says that these have expired.
    pub async fn send(&self, call: &Call) -> Result<Answer> {
        let keys = self.keys().await?;
        let answer = self.send_with(call, keys.clone()).await?;
        if !matches!(answer.status, 400 | 401 | 403) {
            return Ok(answer);
        }
        let refusal = fault::read(&answer.body);
        let stale = ["ExpiredToken", "ExpiredTokenException"].iter().any(|code| refusal.is(code))
            || (keys.expires.is_some() && refusal.is("RequestExpired"));
        if !stale {
            return Ok(answer);
        }
        match self.0.settings.keys.renewed(&keys).await.map_err(|error| self.own(error))? {
            Some(renewed) => self.send_with(call, renewed).await,
            None => Ok(answer),
        }
    }

    async fn send_with(&self, call: &Call, keys: Credentials) -> Result<Answer> {
        let endpoint = self.endpoint(&call.service).ok_or_else(|| self.nowhere(&call.service))?;
        let request = self.request(call, endpoint, keys);
        self.0.wire.send(&request).await.map_err(|error| self.lost(call, &error))
    }

    /// What is sent for a call.
    fn request(&self, call: &Call, endpoint: String, keys: Credentials) -> Request {
        let (name, region) = (call.service.name(), self.region());
        let signer = match self.0.settings.signature {
            Version::V2 => Signer::v2(keys),
            Version::V4 => Signer::v4(keys, partition::signing_region(name, region), name),
        };
        let mut request = Request::new(call.operation, Method::Post, endpoint)
            .intent(call.intent)
            .header("Accept", "text/xml")
            .signed(signer);
        request.body = Body::Form(call.pairs());
        request
    }

    /// The request line's path of a call: the action says more than the address.
    pub(super) fn path(&self, call: &Call) -> String {
        let endpoint = self.endpoint(&call.service).unwrap_or_default();
        format!("{} {}", request_line::path_of(&endpoint), call.action)
    }

    /// An error of this session.
    pub fn error(&self, kind: Kind, message: impl Into<String>) -> Error {
        self.own(Error::new(kind, self.hide(&message.into())).coded(code(kind)))
    }

    /// An error with whose it is.
    pub fn own(&self, mut error: Error) -> Error {
        error.cloud = Some(self.name().to_string());
        error.provider = Some("aws");
        error
    }

    /// The error for a service that a private cloud does not name.
    fn nowhere(&self, service: &Service) -> Error {
        let (name, service, settings) = (self.name(), service.name(), &self.0.settings);
        if settings.amazon && settings.hosts.dualstack {
            let message = format!("the region `{}` has no dual-stack hosts", settings.region);
            let help = "unset AWS_USE_DUALSTACK_ENDPOINT and `use_dualstack_endpoint`";
            return self.error(Kind::Unsupported, message).help(help);
        }
        self.error(Kind::Unsupported, format!("{name} names no address of `{service}`")).help(format!(
            "set AWS_ENDPOINT_URL_{}, or its `endpoint_url` in {}",
            service.to_uppercase(),
            self.found()
        ))
    }

    /// What became of a request that was not answered.
    fn lost(&self, call: &Call, error: &wire::Error) -> Error {
        // The overlay of a dry run goes on from here.
        if error.kind == ErrorKind::Pretended {
            return self.error(Kind::Denied, error.detail.clone()).kept();
        }
        let (region, found) = (self.region(), self.found());
        let own =
            self.0.settings.endpoints.contains_key(call.service.name()) || self.0.settings.any.is_some();
        let place = Place {
            cloud: self.name(),
            named: match own {
                true => format!("the endpoint in {found}"),
                false => format!("the region `{region}` in {found}"),
            },
            trust: format!("set `ca_bundle` (or AWS_CA_BUNDLE) in {found} to the authority's PEM file"),
        };
        let (kind, message, help) = lost::told(error, &place);
        let mut lost = self.error(kind, message).help(help);
        lost.service = call.service.word();
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
