//! Keys that must be fetched: from STS, Identity Center, a program, a container's agent, the instance's metadata service.
//!
//! A [`KeyRing`] fetches when keys are first needed and again before they end; what configuration found is a
//! [`Source`]. Every source has its file, which builds its request, reads its answer, and says in its errors which source it is
//! and what to do. An error in one of them has the code `config::credentials`, whatever went wrong with it.

mod container;
mod metadata;
mod process;
mod sso;
mod sts;

use crate::cloud::call_scope;
use crate::cloud::error::RequestLine;
use crate::cloud::{Error, Kind, Result};
use crate::wire::{self, Answer, Credentials, ErrorKind, Request, Sent, Source, Wire};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Keys are fetched anew this long before they end: as long as all tries at one request may take.
const MARGIN: Duration = Duration::from_secs(300);
/// A failure to fetch keys is told to all who ask within this time, and not met by each.
const AGAIN: Duration = Duration::from_secs(10);
/// The longest that an address of this machine may take: it is there, or it is not.
const NEAR: Duration = Duration::from_secs(1);

/// The keys of one cloud.
pub struct KeyRing {
    cloud: Arc<str>,
    source: Source,
    wire: Wire,
    /// Without proxies: for the addresses of this machine.
    near: Wire,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    keys: Option<(Credentials, SystemTime)>,
    failed: Option<(Error, SystemTime)>,
}

impl KeyRing {
    /// Nothing is fetched until keys are asked for. `wire` is the cloud's way out.
    pub fn new(cloud: Arc<str>, source: Source, wire: Wire) -> KeyRing {
        let near = wire.near(NEAR);
        mask_secret(&source, &wire);
        sts::endpoints(&source, &mut |url| wire.hosts().allow(url));
        KeyRing { cloud, source, wire, near, held: Mutex::default() }
    }

    /// The keys; fetched when there are none yet or they end soon.
    ///
    /// # Errors
    /// When the source gives none: which one it is, why, and what to do.
    pub async fn keys(&self) -> Result<Credentials> {
        if let Source::Static(keys) = &self.source {
            return Ok(keys.clone());
        }
        let mut held = self.held.lock().await;
        let now = self.wire.clock().now();
        if let Some((keys, fetched)) = &held.keys
            && is_fresh(keys, *fetched, now)
        {
            return Ok(keys.clone());
        }
        self.fetch_into(&mut held, now).await
    }

    /// Other keys than these, which the cloud does not take any more; `None` where there are no others.
    ///
    /// # Errors
    /// When the source gives none.
    pub async fn renewed(&self, stale: &Credentials) -> Result<Option<Credentials>> {
        if matches!(self.source, Source::Static(_)) {
            return Ok(None);
        }
        let mut held = self.held.lock().await;
        if held.keys.as_ref().is_none_or(|(keys, _)| keys == stale) {
            held.keys = None;
            let now = self.wire.clock().now();
            self.fetch_into(&mut held, now).await?;
        }
        Ok(held.keys.as_ref().map(|(keys, _)| keys.clone()).filter(|keys| keys != stale))
    }

    async fn fetch_into(&self, held: &mut Held, now: SystemTime) -> Result<Credentials> {
        let recent = |at: &SystemTime| now.duration_since(*at).is_ok_and(|since| since < AGAIN);
        let read = format!("{}/auth", self.cloud);
        let error = match held.failed.take().filter(|(_, at)| recent(at)) {
            Some(told) => held.failed.insert(told).0.clone(),
            None => match call_scope::report(&read, self.fetch(&self.source)).await {
                Ok(keys) => {
                    for secret in [Some(keys.secret()), keys.token()].into_iter().flatten() {
                        self.wire.known().add(secret);
                    }
                    held.keys = Some((keys.clone(), now));
                    return Ok(keys);
                }
                Err(error) => held.failed.insert((error, self.wire.clock().now())).0.clone(),
            },
        };
        // What was fetched before is used to its end.
        let old = held.keys.as_ref().map(|(keys, _)| keys);
        old.filter(|keys| keys.expires.is_some_and(|end| end > now)).cloned().ok_or(error)
    }

    /// Ask a source; a role asks the source of its keys first.
    fn fetch<'a>(
        &'a self,
        source: &'a Source,
    ) -> Pin<Box<dyn Future<Output = Result<Credentials>> + Send + 'a>> {
        Box::pin(async move {
            match source {
                Source::Static(keys) => Ok(keys.clone()),
                Source::AssumeRole(role) => {
                    let keys = self.fetch(&role.source).await?;
                    sts::assume(self, role, keys).await
                }
                Source::WebIdentity(identity) => sts::identify(self, identity).await,
                Source::Sso(sso) => sso::fetch(self, sso).await,
                Source::Process(process) => process::run(self, process).await,
                Source::Container(container) => container::fetch(self, container).await,
                Source::InstanceMetadata(metadata) => metadata::fetch(self, metadata).await,
            }
        })
    }

    /// Why there are no keys.
    fn none(&self, kind: Kind, message: String, help: impl Into<String>) -> Error {
        let hide = |text: &str| self.wire.known().hide(&wire::mask::text(text));
        let mut error =
            Error::new(kind, hide(&message)).coded("config::credentials").help(hide(&help.into()));
        error.cloud = Some(self.cloud.to_string());
        error.provider = Some("aws");
        error
    }

    /// Send a request of a source that is called `what`; whatever is answered is given.
    async fn ask(&self, wire: &Wire, request: &Request, what: &str, help: &str) -> Result<Answer> {
        wire.send(request).await.map_err(|lost| {
            let kind = match lost.kind {
                ErrorKind::Timeout => Kind::Timeout,
                ErrorKind::Form => Kind::InvalidArgument,
                ErrorKind::Withheld => Kind::Denied,
                ErrorKind::TooLarge | ErrorKind::Malformed => Kind::Protocol,
                _ => Kind::Network,
            };
            let message = format!("`{}` has no keys: {what} does not answer: {}", self.cloud, lost.detail);
            let mut error = self.none(kind, message, help);
            let after = wire::send::seconds(lost.elapsed);
            let outcome = match lost.sent {
                Sent::No => format!("{}; not sent", lost.detail),
                _ => format!("{} after {after}", lost.detail),
            };
            error.request = Some(RequestLine {
                method: lost.method.as_str(),
                path: lost.url,
                outcome,
                elapsed: lost.elapsed,
            });
            error
        })
    }

    /// A source that answered with something else than keys; `words` are its own.
    fn refused(
        &self,
        kind: Kind,
        message: String,
        answer: &Answer,
        words: Option<&str>,
        help: &str,
    ) -> Error {
        let help = match kind {
            Kind::Unavailable | Kind::RateLimited => "try again later; nothing was changed",
            _ => help,
        };
        let mut error = self.none(kind, message, help);
        error.status = Some(answer.status);
        error.answer = words.map(|words| self.wire.known().hide(&wire::mask::text(words)));
        error.request_id = answer.request_id().map(str::to_string);
        error.request = Some(RequestLine {
            method: answer.method.as_str(),
            path: answer.url.clone(),
            outcome: format!("{} in {}", answer.status, wire::send::seconds(answer.elapsed)),
            elapsed: answer.elapsed,
        });
        error
    }
}

/// Whether keys are good for some time yet. Keys that live shorter than the margin are used for most of their life.
fn is_fresh(keys: &Credentials, fetched: SystemTime, now: SystemTime) -> bool {
    let Some(end) = keys.expires else { return true };
    let life = end.duration_since(fetched).unwrap_or_default();
    now.checked_add(MARGIN.min(life / 4)).is_some_and(|soon| soon < end)
}

/// What is written down is a secret before it is first used.
fn mask_secret(source: &Source, wire: &Wire) {
    match source {
        Source::Static(keys) => {
            [Some(keys.secret()), keys.token()].into_iter().flatten().for_each(|text| wire.known().add(text));
        }
        Source::AssumeRole(role) => mask_secret(&role.source, wire),
        Source::Container(container) => {
            if let Some(token) = &container.token {
                wire.known().add(&token.0);
            }
        }
        _ => {}
    }
}

/// What kind of error a source's status means.
fn kind_of(status: u16) -> Kind {
    match status {
        429 => Kind::RateLimited,
        500.. => Kind::Unavailable,
        _ => Kind::Unauthorized,
    }
}

/// Keys in the JSON that programs, containers and instances print: `AccessKeyId`, `SecretAccessKey`, the token under one of two
/// names, and `Expiration`.
///
/// # Errors
/// What is missing, in words.
fn keys_of(json: &Value) -> std::result::Result<Credentials, String> {
    let text = |key: &str| json[key].as_str().filter(|text| !text.is_empty());
    let need = |key: &str| text(key).ok_or_else(|| format!("it has no `{key}`"));
    let expires = match text("Expiration") {
        Some(text) => Some(time(text).ok_or("its `Expiration` is no time")?),
        None => None,
    };
    Ok(Credentials::new(need("AccessKeyId")?, need("SecretAccessKey")?)
        .session_token(text("SessionToken").or_else(|| text("Token")))
        .expires(expires))
}

/// A time as AWS's tools write it: `2026-01-01T00:00:00Z`, with an offset, or with `UTC` as older ones do.
fn time(text: &str) -> Option<SystemTime> {
    let text = text.strip_suffix("UTC").map_or(text.to_string(), |text| format!("{text}Z"));
    text.parse::<jiff::Timestamp>().ok().map(SystemTime::from)
}
